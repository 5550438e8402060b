"""The mails of a ticket's thread: what they say, and that nobody's text becomes anything but text."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from responders import thread_samples as samples
from responders.compose import AutoSubmitted
from responders.facts import MissingLine
from responders.plain import plain
from responders.templates import LANGUAGES, Templates
from responders.thread_facts import AnswerLine, CommandLine, FileLine, ReplyFacts, StillMissingFacts
from responders.writing import paragraphs, quoted, size
from rules.notices import BY_CUSTOMER
from rules.words import REPLY_ABOVE
from tests.readings import LATAM, read_text, texts
from tests.test_compose import PAYLOADS, assert_sound, composed, parsed

TEMPLATES = Templates()
REPLY = ReplyFacts("Mesa de Ayuda", "INC-1", "Re: [INC-1] Incidente", "answered", "Hola, Ana:\n\nYa está.")
HOSTILE = [
    *PAYLOADS,
    '<script>alert(1)</script><img src=x onerror=alert(1)>" onmouseover="x',
    "{{ 7*7 }} {% include '/etc/passwd' %} {{ ''.__class__ }}",
    "javascript:alert(1) data:text/html,<script>alert(1)</script>",
    "]]> --> <!-- </blockquote></div></body></html>",
    "\u202eelpmaxe.live\u202c \u2066x\u2069",
]


class Shown(HTMLParser):
    """What a browser would show and do: the text in its order, the elements and their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.elements, self._silent = "", [], 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._silent += tag in ("style", "title")

    def handle_endtag(self, tag):
        self._silent -= tag in ("style", "title")

    def handle_data(self, data):
        self.text += "" if self._silent else data


def rendered(name, facts, language="es"):
    made = TEMPLATES.render(name, "", language, facts)
    assert made.failed == ""
    return made


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_has_a_sentence_in_every_language(language):
    words = TEMPLATES._environment.get_template(f"{language}/words.j2").module
    assert set(words.happened) == set(samples.EVENTS)
    assert set(words.linked) == set(samples.LINKS)
    assert set(words.state) == set(samples.STATES)
    assert set(words.remark) >= {remark.partition(": ")[0] for remark in samples.REMARKS}
    assert set(BY_CUSTOMER) <= set(samples.EVENTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_without_a_sentence_is_shown_as_it_is(language):
    facts = samples.notice("a_new_event", "a_new_state", "x", ("a_new_remark",))
    made = rendered("notice", facts, language)
    for shown in (made.text, made.html):
        for word in ("a_new_event", "a_new_state", "a_new_remark"):
            assert word in shown
    lines = (CommandLine("#x", done=False, what="a_new_word"),)
    assert "✗ #x: a_new_word" in rendered("transcript", replace(samples.transcript(), lines=lines), language).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["notice", "transcript"])
def test_the_line_to_answer_above_comes_first(name, language):
    above = f"— {REPLY_ABOVE[language]} —"
    sample = samples.transcript() if name == "transcript" else samples.notice("replied", "new", "Hola")
    made = rendered(name, replace(sample, reply_above=above), language)
    assert made.text.startswith(f"{above}\n")
    assert Shown(made.html).text.strip().startswith(above)
    assert "display:none" not in made.html


@pytest.mark.parametrize("event", samples.EVENTS)
def test_a_notice_quotes_the_customer_and_nobody_else(event):
    facts = samples.notice(event, "new", "Primera línea\n\n# resolve", ())
    made = rendered("notice", facts)
    by_customer = event in BY_CUSTOMER
    assert ("> Primera línea\n>\n> # resolve\n" in made.text) is by_customer
    assert ("<blockquote" in made.html) is by_customer
    assert len(re.findall(r"^>", made.text, re.MULTILINE)) == (3 if by_customer else 0)


def test_a_notice_tells_who_when_and_where_it_stands():
    made = rendered("notice", samples.notice("reopened", "in_progress", "Sigue igual.", ("changed_subject",)))
    for line in (
        "El cliente respondió y el caso quedó reabierto: INC-2026-000123, Sucursal Norte",
        "Ana Ruiz <ana@norte.example>, 9 de marzo de 2026, 14:05 (UTC-5)",
        "Cliente: Café Ñandú · Su referencia: RQ-4711",
        "Prioridad: P2 · Estado: en curso · Asignado a: eva@mesa.example",
        "* El cliente cambió el asunto: puede tratarse de otro caso.",
        "* El correo llegó como respuesta en el caso INC-2026-000100, pero trata de otro asunto.",
        "* a_new_kind INC-2026-000100",
        "> Sigue igual.",
        "contrato ñ.pdf (340 KB)",
        "registro.zip (30 MB, queda guardado en el caso)",
        "Sitio: Sucursal Norte (antes: Sucursal Sur)",
        "- Contacto",
    ):
        assert line in made.text.split("\n")
    shown = folded(Shown(made.html).text)
    for words in (
        "El cliente respondió y el caso quedó reabierto INC-2026-000123 · Sucursal Norte Ana Ruiz <ana@norte.example>",
        "Prioridad: P2 · Estado: en curso · Asignado a: eva@mesa.example Avisos Continúa el caso INC-2026-000100.",
        "Sigue igual.",
        "registro.zip (30 MB, queda guardado en el caso)",
        "Sitio Sucursal Norte (antes: Sucursal Sur)",
        "– Contacto",
    ):
        assert words in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reply_is_the_agent_s_text_and_a_line_below(language):
    made = rendered("reply", REPLY, language)
    assert made.text == "Hola, Ana:\n\nYa está.\n\n-- \nMesa de Ayuda\nINC-1"
    assert folded(Shown(made.html).text) == "Hola, Ana: Ya está. Mesa de Ayuda · INC-1"
    assert made.subject == "Re: [INC-1] Incidente"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("answered", ""),
        ("asked", "Su caso queda a la espera de su respuesta: basta con responder a este correo."),
        ("resolved", "Damos este caso por resuelto. Si algo sigue pendiente, responda a este correo y lo reabrimos."),
    ],
)
@pytest.mark.parametrize("text", ["Ya está.", ""])
def test_a_reply_says_what_follows_from_it(event, said, text):
    made = rendered("reply", replace(REPLY, event=event, text=text))
    body = "\n\n".join(filter(None, (text, said)))
    assert made.text == (f"{body}\n\n" if body else "") + "-- \nMesa de Ayuda\nINC-1"
    assert said in Shown(made.html).text


def test_an_agent_s_links_can_be_followed_and_lead_nowhere_else():
    text = 'Vea https://a.example/x?y=1&z="q" y <a href="javascript:alert(1)">x</a> javascript:alert(1) o eva@a.example'
    shown = Shown(rendered("reply", replace(REPLY, text=text)).html)
    links = [attributes["href"] for tag, attributes in shown.elements if tag == "a"]
    assert links[0].startswith("https://a.example/x?y=1&z=")
    assert {link.partition(":")[0] for link in links} == {"https", "mailto"}
    assert text in shown.text


def test_what_a_customer_writes_to_agents_makes_no_link():
    made = rendered("notice", samples.notice("replied", "new", "http://evil.example/ www.evil.example"))
    assert not [tag for tag, _ in Shown(made.html).elements if tag == "a"]


@pytest.mark.parametrize("evil", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_value_becomes_a_field_or_an_element(evil, language):
    plain_name, plain_facts = "notice", samples.notice("held", "new", "x", ())
    tags = {tag for tag, _ in Shown(rendered(plain_name, plain_facts, language).html).elements} | {"br", "blockquote"}
    line = AnswerLine(evil, evil, evil)
    notice = replace(
        plain_facts, subject=f"[INC-2026-000123] {evil}", actor_name=evil, actor_address=evil, about=evil,
        customer_name=evil, customer_reference=evil, assignee=evil, priority=evil, state=evil, text=evil,
        answers=(line,), missing=(MissingLine(evil, evil),), files=(FileLine(evil, 1, goes_along=True),),
        remarks=(evil,),
    )  # fmt: skip
    reply = replace(REPLY, text=evil, subject=f"Re: [INC-1] {evil}", files=(FileLine(evil, 1, goes_along=False),))
    commands = (CommandLine(f"#{evil}", done=False, what=evil, value=evil),)
    transcript = replace(samples.transcript(), lines=commands, text=evil, sent_to=evil, assignee=evil)
    missing = StillMissingFacts("Mesa", "INC-1", f"Re: [INC-1] {evil}", (MissingLine("Sitio"),), evil)
    mails = (("notice", notice), ("reply", reply), ("transcript", transcript), ("still_missing", missing))
    for name, facts in mails:
        made = rendered(name, facts, language)
        raw = composed(made, auto_submitted=AutoSubmitted.NO)
        assert_sound(raw)
        message = parsed(raw)
        assert message["Bcc"] is None
        assert "=?" not in str(message["Subject"]).replace(evil, "")
        if name == "still_missing":
            continue
        shown = Shown(made.html)
        allowed = tags | ({"a"} if name == "reply" else set()) | {"strong"}
        assert {tag for tag, _ in shown.elements} <= allowed
        assert not [key for _, attributes in shown.elements for key in attributes if key.startswith("on")]
        assert "49" not in shown.text
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", made.subject)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("html", [False, True])
def test_the_form_of_what_is_missing_is_read_when_it_is_filled_in(language, html):
    keys = ("site_name", "problem_description")
    questions = [question for question in LATAM.questions if question.key in keys] or list(LATAM.questions[:2])
    missing = tuple(MissingLine(question.labels[language]) for question in questions)
    made = rendered("still_missing", StillMissingFacts("Mesa", "INC-1", "Re: [INC-1] x", missing), language)
    form = made.html if html else made.text
    for number, line in enumerate(missing):
        form = form.replace(f"{line.label}:&nbsp;" if html else f"{line.label}: ", f"{line.label}: Valor {number}", 1)
    found = texts(read_text(form, html=html, subject="Re: [INC-1] x"))
    assert found == {question.key: f"Valor {number}" for number, question in enumerate(questions)}


@pytest.mark.parametrize("name", ["reply", "notice"])
def test_a_long_text_is_written_in_no_time(name):
    text = "a.example/" * 2500 + " www." * 3000 + "@" * 3000 + "\n\n" * 3000 + "(" * 3000
    facts = replace(REPLY, text=text) if name == "reply" else samples.notice("replied", "new", text)
    began = time.process_time()
    rendered(name, facts)
    # Minutes, if anything grew with the square of the length.
    assert time.process_time() - began < 20


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "facts"), list(samples.mails()))
def test_the_plain_mail_says_the_same_without_a_template(name, facts, language):
    subject, text = plain(language, facts)
    assert name == "digest" or subject == facts.subject
    assert all(number in text for number in facts.numbers)
    assert getattr(facts, "text", "").split("\n")[0] in text


def test_paragraphs_keep_what_was_aligned():
    assert paragraphs("uno\ndos\n\n\n \n\ttres") == (("uno", "dos"), ("\u00a0\u00a0\u00a0\u00a0tres",))
    assert paragraphs("  a   b c ") == (("\u00a0\u00a0a\u00a0\u00a0 b c",),)
    assert paragraphs("") == ()


def test_quotations_and_sizes():
    assert quoted("a\n\n > b") == "> a\n>\n>  > b"
    assert [size(n, "es") for n in (0, 1, 1024, 1025, 1 << 20, 1_300_000, 30 << 20)] == [
        *("0 KB", "1 KB", "1 KB", "2 KB", "1 MB", "1,2 MB", "30 MB")
    ]
    assert size(1_300_000, "en") == "1.2 MB"
