"""Our messages as bytes: whatever strangers wrote, they hold exactly the fields that we wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.clean import clean_header, echo
from responders.compose import AutoSubmitted, compose
from responders.facts import AcknowledgementFacts, AnsweredLine
from responders.fields import sendable, thread
from responders.templates import Rendered, Templates
from rules.model import Kind, Mailbox

DESK = Mailbox("mesa@desk.example", "Mesa de Ayuda, Región Norte")
ANA = Mailbox("ana@norte.example", "Ana Ñuñez")
DATE = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
TEXTS = Rendered("es", "[INC-1] Incidente registrado: Peñón", "Hola, señora:\nÑ\n", "<p>Hola, señora:</p>")
TEMPLATES = Templates()
FIELDS = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Loop",
    "MIME-Version",
    "Content-Language",
    "Content-Type",
]
PAYLOADS = [
    "x\r\nBcc: victim@other.example",
    "x\nBcc: victim@other.example",
    "x\rBcc: victim@other.example",
    "x\r\n\r\n<script>alert(1)</script>",
    "=?utf-8?q?x=0D=0ABcc:_victim@other.example?=",
    "=?utf-8?b?eA0KQmNjOiB2aWN0aW1Ab3RoZXIuZXhhbXBsZQ==?=",
    "x\u2028Bcc: victim@other.example",
    "x\u2029Bcc: victim@other.example",
    "x\x85Bcc: victim@other.example",
    "x\x0bBcc: victim@other.example\x0c\x1c\x1d",
    "x\x00\x7f\x9b\ud800Bcc: victim@other.example",
    "\r\n",
    "x" * 5000 + "\r\nBcc: victim@other.example",
    '"\\" <victim@other.example>, "',
    "ñ" * 5000 + "\r\n.\r\nMAIL FROM:<victim@other.example>",
    "\u202eelpmaxe.rehto@mitciv\u202c\r\n Bcc: victim@other.example",
]


def composed(rendered: Rendered = TEXTS, **changes: object) -> bytes:
    arguments: dict[str, object] = {
        "sender": DESK,
        "to": ANA,
        "message_id": "ack.1.1.k1.abcdefghijklmnop@desk.example",
        "date": DATE,
        "auto_submitted": AutoSubmitted.REPLIED,
        "x_loop": "mesa@desk.example",
        "in_reply_to": "parent@norte.example",
    }
    return compose(rendered, **(arguments | changes))  # type: ignore[arg-type]


def parsed(raw: bytes):
    return message_from_bytes(raw, policy=policy.default)


def assert_sound(raw: bytes) -> None:
    raw.decode("ascii")
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", raw)
    assert raw.endswith(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_an_acknowledgement_has_our_fields_and_both_texts():
    raw = composed()
    assert_sound(raw)
    message = parsed(raw)
    assert message.keys() == FIELDS
    assert message["Subject"] == "[INC-1] Incidente registrado: Peñón"
    assert message["From"].addresses[0].display_name == DESK.name
    assert message["To"].addresses[0].display_name == ANA.name
    assert message["To"].addresses[0].addr_spec == ANA.address
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["In-Reply-To"] == "<parent@norte.example>"
    assert message["References"] == "<parent@norte.example>"
    assert message["Date"].datetime == DATE
    assert message["Content-Language"] == "es"
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == TEXTS.text
    assert html.get_content().strip() == TEXTS.html
    assert not message.defects
    assert not text.defects


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_value_begins_a_field(payload):
    raw = composed(
        replace(TEXTS, subject=payload, text=payload, html=payload),
        sender=Mailbox("mesa@desk.example", payload),
        to=Mailbox("ana@norte.example", payload),
        x_loop=payload,
        in_reply_to=payload,
        references=[payload, "<known@norte.example>"],
    )
    assert_sound(raw)
    message = parsed(raw)
    assert set(message.keys()) <= set(FIELDS)
    assert len(message.keys()) == len(set(message.keys()))
    assert message["References"] == "<known@norte.example>"
    assert [a.addr_spec for a in message["To"].addresses] == ["ana@norte.example"]
    assert [part.keys() for part in message.iter_parts()] == [["Content-Type", "Content-Transfer-Encoding"]] * 2


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_answer_begins_a_field(payload):
    facts = AcknowledgementFacts(
        "Mesa", "INC-1", Kind.INCIDENT, DATE, payload, payload, payload, payload, (AnsweredLine("Problema", payload),)
    )
    rendered = TEMPLATES.render("acknowledgement", "", "es", facts)
    assert rendered.failed == ""
    raw = composed(rendered)
    assert_sound(raw)
    assert parsed(raw).keys() == FIELDS
    assert parsed(raw)["Subject"].startswith("[INC-1]")


@given(st.text(), st.text(), st.text())
def test_any_text_gives_a_sound_message(subject, name, text):
    raw = composed(Rendered("es", subject, text, f"<p>{text}"), to=Mailbox("ana@norte.example", name))
    assert_sound(raw)
    message = parsed(raw)
    assert message.keys() == FIELDS
    assert message["Subject"] == clean_header(subject)


def test_the_same_arguments_give_the_same_bytes():
    assert composed() == composed()
    assert composed() != composed(message_id="ack.1.2.k1.abcdefghijklmnop@desk.example")


def test_a_text_cannot_forge_the_end_of_its_part():
    boundary = parsed(composed()).get_boundary()
    raw = composed(replace(TEXTS, text=f"a\n--{boundary}--\nb"))
    assert [p.get_content_type() for p in parsed(raw).iter_parts()] == ["text/plain", "text/html"]


def test_lines_that_relays_treat_specially_survive():
    text = "From the start\n.\n..\ntrailing  \n" + "ñ" * 2000 + "\nend"
    raw = composed(replace(TEXTS, text=text))
    assert_sound(raw)
    assert b"\r\n.\r\n" not in raw
    assert next(parsed(raw).iter_parts()).get_content().replace("\r\n", "\n") == text + "\n"


def test_a_mail_without_html_is_plain():
    message = parsed(composed(replace(TEXTS, html="")))
    assert message.get_content_type() == "text/plain"
    assert "señora" in message.get_content()


def test_a_person_s_reply_is_not_marked_automatic():
    names = parsed(composed(auto_submitted=AutoSubmitted.NO)).keys()
    assert "Auto-Submitted" not in names
    assert "X-Auto-Response-Suppress" not in names
    assert "X-Loop" in names


def test_long_ids_are_never_encoded_words():
    long = "a" * 400 + "@mail.example"
    raw = composed(in_reply_to=long, references=[long.replace("a", str(n)) for n in range(9)])
    assert_sound(raw)
    assert b"=?" not in raw.partition(b"In-Reply-To")[2].partition(b"Auto-Submitted")[0]
    assert f"In-Reply-To: <{long}>\r\n".encode() in raw


@pytest.mark.parametrize(
    "text", ["", "   ", "no-at-sign", "a b@c", "a@b>\r\nBcc: x", "<a@b> <c@d>", "é@b", "a@" + "b" * 999]
)
def test_ids_that_are_none_are_left_out(text):  # pain 24
    names = parsed(composed(in_reply_to=text, references=[text])).keys()
    assert "In-Reply-To" not in names
    assert "References" not in names


def test_references_keep_the_first_and_the_last_twenty():
    ids = [f"{n}@a.example" for n in range(50)]
    assert thread("parent@a.example", ids) == ("0@a.example", *ids[31:], "parent@a.example")
    assert thread("<3@a.example>", ["<3@a.example>", "<4@a.example>"]) == ("4@a.example", "3@a.example")


@pytest.mark.parametrize("name", ["boss@corp.example", "Boss <boss@corp.example>", "boss＠corp.example"])
def test_a_name_that_could_pass_for_an_address_is_left_out(name):
    assert b"boss" not in composed(to=Mailbox("ana@norte.example", name))


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@", "@x", "a b@x.example", "a@x.example\r\nBcc: b@y", "añ@x.example", "a@b@c", "a@x,b@y"]
)
def test_addresses_that_cannot_be_written_to_are_refused(address):
    assert not sendable(address)
    with pytest.raises(ValueError, match="address"):
        composed(to=Mailbox(address))


def test_own_errors_are_refused():
    with pytest.raises(ValueError, match="message id"):
        composed(message_id="no id")
    with pytest.raises(ValueError, match="time zone"):
        composed(date=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("see http://evil.example/x?y=1 now", "see evil[.]example/x?y=1 now"),
        ("HTTPS://WWW.EVIL.EXAMPLE", "WWW[.]EVIL[.]EXAMPLE"),
        ("www.evil.example", "www[.]evil[.]example"),
        ("hthttp://tp://evil.example", "evil[.]example"),
        ("http:/mailto:/evil.example", "evil[.]example"),
        ("evil\u3002example", "evil[.]example"),
        ("evil\u200b.exa\u00admple", "evil[.]example"),
        ("xn--80ak.xn--p1ai", "xn--80ak[.]xn--p1ai"),
        ("mailto:spam@evil.example", "spam@evil[.]example"),
        (r"\\evil\share", r"\evil\share"),
        ("10.1.2.3 y 10.1.2.0/24", "10.1.2.3 y 10.1.2.0/24"),
        ("Caído desde las 10.30; tel. +57 601 555 0123", "Caído desde las 10.30; tel. +57 601 555 0123"),
        ("línea 1\r\n  línea 2", "línea 1 línea 2"),
        ("ñ" * 300, "ñ" * 119 + "…"),
    ],
)
def test_an_answer_is_repeated_short_and_without_links(text, repeated):
    assert echo(text) == repeated
    assert AnsweredLine("x", text).text == repeated


@given(st.text(alphabet="ab./:@\\ \u3002-ñ1[]", max_size=300))
def test_repeating_twice_changes_nothing_and_no_link_is_left(text):
    once = echo(text)
    assert echo(once) == once
    assert len(once) <= 120
    assert "://" not in once
    assert not re.search(r"\w\.[^\W\d_]\w", once)
