"""Templates: three languages, an operator's overrides, and a mail that leaves whatever a template does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path

import pytest

from responders import samples
from responders.facts import AcknowledgementFacts, AnsweredLine, MissingLine, PhoneLine, Refusal, refusal_of
from responders.moments import moment
from responders.templates import LANGUAGES, Templates, builtin_directory
from rules.model import Kind

LOCAL = datetime(2026, 3, 9, 14, 5, tzinfo=timezone(timedelta(hours=-5)))
FACTS = AcknowledgementFacts(
    desk_name="Mesa de Ayuda",
    reference="INC-2026-000123",
    kind=Kind.INCIDENT,
    received_at_local=LOCAL,
    about="Sucursal Norte",
    customer_reference="RQ-4711",
    greeting="Ana Ruiz",
    answers=(AnsweredLine("Sitio", "Sucursal Norte"),),
    missing=(MissingLine("Horarios de apertura del lugar:"), MissingLine("¿Hay energía?", "sí o no")),
    phones=(PhoneLine("Colombia", "+57 (601) 555-0100"),),
    portal="https://portal.example/",
    promise_minutes=15,
    texts={"escalation": "Para escalar, llame."},
)
BUILTIN = Templates()


def acknowledgement(templates: Templates = BUILTIN, language: str = "es", desk: str = "mesa", facts=FACTS):
    return templates.render("acknowledgement", desk, language, facts)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "(entendido como 3 de noviembre de 2026, 09:05 (UTC-5); 4 de noviembre de 2026, 10:00 (UTC-5))"),
        ("pt", "(entendido como 3 de novembro de 2026, 09:05 (UTC-5); 4 de novembro de 2026, 10:00 (UTC-5))"),
        ("en", "(understood as 3 November 2026, 09:05 (UTC-5); 4 November 2026, 10:00 (UTC-5))"),
    ],
)
def test_the_acknowledgement_says_how_dates_were_understood(language: str, words: str) -> None:
    zone = timezone(timedelta(hours=-5))
    times = (datetime(2026, 11, 3, 9, 5, tzinfo=zone), datetime(2026, 11, 4, 10, 0, tzinfo=zone))
    facts = replace(FACTS, answers=(AnsweredLine("Inicio", "el 3/11", times), AnsweredLine("Fin", "pronto")))
    rendered = acknowledgement(language=language, facts=facts)
    assert f"\nInicio: el 3/11 {words}\nFin: pronto\n" in rendered.text
    assert f"el 3/11 {words}" in rendered.html


def override(folder: Path, path: str, text: str) -> Templates:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return Templates([folder])


def test_every_built_in_template_renders():
    assert BUILTIN.check() == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "facts"), list(samples.mails()))
def test_every_mail_is_complete_in_every_language(language, name, facts):
    rendered = BUILTIN.render(name, "", language, facts)
    assert rendered.failed == ""
    assert rendered.language == language
    for number in facts.numbers:
        assert number in rendered.text
        assert number in rendered.html
    assert "\n" not in rendered.subject
    assert not re.search(r"\n{4}", rendered.text)
    assert "None" not in rendered.text
    # Nothing is fetched and nothing runs when a mail is opened.
    assert not re.search(r"<(img|script|link|iframe|form)\b|url\(|@import|src=", rendered.html)
    assert f'<html lang="{language}">' in rendered.html
    Balanced().check(rendered.html)


class Balanced(HTMLParser):
    """Fails where an element is closed that was not open."""

    def check(self, html: str) -> None:
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_number_comes_first():
    rendered = acknowledgement()
    assert rendered.subject == "[INC-2026-000123] [Ref. RQ-4711] Incidente registrado: Sucursal Norte"
    assert rendered.text.startswith("INC-2026-000123\n")
    bare = replace(FACTS, about="", customer_reference="", kind=Kind.QUESTION)
    assert acknowledgement(facts=bare).subject == "[INC-2026-000123] Consulta registrada"


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("es", "Datos que faltan"),
        ("pt", "Dados que faltam"),
        ("en", "What we still need"),
        ("fr", "What we still need"),
    ],
)
def test_the_language_is_the_one_asked_for(language, word):
    assert word in acknowledgement(language=language).html


def test_what_is_missing_is_a_form_to_fill_in():  # pain 64
    lines = acknowledgement().text.split("\n")
    assert "Horarios de apertura del lugar: " in lines
    assert "¿Hay energía? (sí o no): " in lines
    nothing = acknowledgement(facts=replace(FACTS, missing=()))
    assert "No falta ningún dato" in nothing.text
    assert "No falta ningún dato" in nothing.html
    assert "DATOS QUE FALTAN" not in nothing.text


def test_phones_portal_and_escalation_are_shown():
    rendered = acknowledgement()
    assert "en 15 minutos, llámenos" in rendered.text
    assert "Colombia: +57 (601) 555-0100" in rendered.text
    assert 'href="tel:+576015550100"' in rendered.html
    for text in ("https://portal.example/", "Para escalar, llame."):
        assert text in rendered.text
        assert text in rendered.html
    assert "15 minutos" not in acknowledgement(facts=replace(FACTS, promise_minutes=None)).text


def test_html_shows_what_was_written_as_text():
    evil = '<img src=x onerror=alert(1)> {{ 7 * 7 }} " onmouseover="x'
    rendered = acknowledgement(facts=replace(FACTS, answers=(AnsweredLine("Sitio", evil),), greeting=evil, about=evil))
    assert rendered.failed == ""
    assert "<img" not in rendered.html
    assert "&lt;img" in rendered.html
    assert "49" not in rendered.html
    assert '" onmouseover="' not in rendered.html
    assert "{{ 7 * 7 }}" in rendered.text


def test_a_sender_s_name_carries_no_advertisement():
    facts = replace(FACTS, greeting="WIN at http://evil.example/win " + "now " * 50, about="www.evil.example")
    rendered = acknowledgement(facts=facts)
    for text in (rendered.subject, rendered.text, rendered.html):
        assert "evil.example" not in text
        assert "now " * 20 not in text


def test_an_operator_s_file_wins_by_desk_then_by_language(tmp_path):
    override(tmp_path, "es/acknowledgement.subject.j2", "[{{ reference }}] language")
    templates = override(tmp_path, "mesa/es/acknowledgement.subject.j2", "[{{ reference }}] desk")
    assert acknowledgement(templates).subject == "[INC-2026-000123] desk"
    assert acknowledgement(templates, desk="otra").subject == "[INC-2026-000123] language"
    assert acknowledgement(templates, language="pt").subject == acknowledgement(language="pt").subject
    assert acknowledgement(templates).html == acknowledgement().html
    assert templates.check() == []


def test_the_first_of_two_directories_wins(tmp_path):
    for name in ("a", "b"):
        override(tmp_path / name, "es/acknowledgement.subject.j2", "[{{ reference }}] " + name)
    assert acknowledgement(Templates([tmp_path / "b", tmp_path / "a"])).subject == "[INC-2026-000123] b"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{{ refrence }}", "UndefinedError"),
        ("{{ reference.nothing }}", "UndefinedError"),
        ("{% if %}", "TemplateSyntaxError"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{{ reference.__class__.__mro__ }}", "SecurityError"),
        ("{{ ''['__class__'] }}", "SecurityError"),
        ("{{ moment.__globals__ }}", "UndefinedError"),
        ("{{ answers.append(1) }}", "UndefinedError"),
        ("{{ '{0.__class__}'.format(reference) }}", "SecurityError"),
        ("{{ cycler.__init__.__globals__.os.system('true') }}", "SecurityError"),
        ("{% include '../../../../etc/passwd' %}", "there is no such template"),
        ("{% for i in range(10 ** 9) %}x{% endfor %}", "OverflowError"),
        ("Sin el dato principal", "does not show the number INC-2026-000123"),
        ("", "does not show the number INC-2026-000123"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_that_fails_gives_the_plain_mail_and_the_reason(tmp_path, text, error, language):
    templates = override(tmp_path, f"mesa/{language}/acknowledgement.txt.j2", text)
    rendered = acknowledgement(templates, language)
    assert error in rendered.failed
    assert "acknowledgement" in rendered.failed
    assert rendered.html == ""
    assert "[INC-2026-000123]" in rendered.subject
    assert "INC-2026-000123" in rendered.text
    assert "\nHorarios de apertura del lugar: \n" in rendered.text
    assert "Colombia: +57 (601) 555-0100" in rendered.text
    assert acknowledgement(templates, language, desk="otra").failed == ""


def test_a_failure_names_file_and_line(tmp_path):
    file = tmp_path / "es" / "acknowledgement.html.j2"
    templates = override(tmp_path, "es/acknowledgement.html.j2", "one\ntwo {{ nothing }}\n")
    assert acknowledgement(templates).failed.startswith(f"{file}:2: UndefinedError")
    assert templates.check() == [(f"{file}:2", "UndefinedError: 'nothing' is undefined")]
    templates = override(tmp_path, "es/acknowledgement.html.j2", "one\n\n{% endif %}\n")
    assert acknowledgement(templates).failed.startswith(f"{file}:3: TemplateSyntaxError")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "facts"), list(samples.mails()))
def test_the_plain_mail_is_complete_for_every_kind(tmp_path, language, name, facts):
    templates = override(tmp_path, f"{language}/{name}.html.j2", "{{ nothing }}")
    rendered = templates.render(name, "", language, facts)
    assert rendered.failed
    assert rendered.subject
    assert all(number in rendered.text for number in facts.numbers)


def test_templates_that_are_not_there_are_found_by_check():
    missing = BUILTIN.render("no_such_mail", "", "es", FACTS)
    assert missing.failed == "es/no_such_mail.subject.j2: there is no such template"
    assert "INC-2026-000123" in missing.text


def test_the_built_in_templates_lie_beside_the_packages_or_where_a_wheel_puts_them(tmp_path):
    tree = builtin_directory().parent
    site, prefix = tmp_path / "site-packages", tmp_path / "prefix"
    for package in ("responders", "rules"):
        shutil.copytree(tree / package, site / package)
    (site / "templates").mkdir()  # another project's
    shutil.copytree(tree / "templates", prefix / "share" / "acuse" / "templates")
    program = (
        "import sys; sys.prefix = sys.argv[1]; from responders import templates as t;"
        "print(t.builtin_directory(), t.Templates().check())"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(prefix)], cwd=site, capture_output=True, text=True, check=True
    ).stdout
    assert said == f"{prefix}/share/acuse/templates []\n"


def test_facts_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        FACTS.reference = "INC-1"


@pytest.mark.parametrize(
    ("value", "language", "written"),
    [
        (LOCAL, "es", "9 de marzo de 2026, 14:05 (UTC-5)"),
        (LOCAL, "pt", "9 de março de 2026, 14:05 (UTC-5)"),
        (LOCAL, "en", "9 March 2026, 14:05 (UTC-5)"),
        (LOCAL.astimezone(UTC), "en", "9 March 2026, 19:05 (UTC)"),
        (LOCAL.astimezone(timezone(-timedelta(hours=3, minutes=30))), "es", "9 de marzo de 2026, 15:35 (UTC-3:30)"),
        (LOCAL.astimezone(timezone(timedelta(hours=5, minutes=45))), "es", "10 de marzo de 2026, 00:50 (UTC+5:45)"),
    ],
)
def test_times_are_written_as_people_write_them(value, language, written):
    assert moment(value, language) == written


@pytest.mark.parametrize(
    ("enhanced", "refusal"),
    [
        ("5.1.1", Refusal.UNKNOWN_ADDRESS),
        ("5.1.10", Refusal.UNKNOWN_ADDRESS),
        ("5.2.1", Refusal.UNKNOWN_ADDRESS),
        ("5.2.2", Refusal.MAILBOX_FULL),
        ("4.2.2", Refusal.MAILBOX_FULL),
        ("5.7.1", Refusal.REFUSED),
        ("5.7.26", Refusal.REFUSED),
        ("4.4.1", Refusal.EXPIRED),
        ("5.4.7", Refusal.EXPIRED),
        ("5.0.0", Refusal.OTHER),
        ("", Refusal.OTHER),
    ],
)
def test_refusals_are_told_apart(enhanced, refusal):  # pain 36
    assert refusal_of(enhanced) == refusal


def test_files_that_are_written_later_are_not_seen(tmp_path):
    """Nobody has checked them: a text is in force from a start or a reload on, and not from the moment it is saved."""
    before = override(tmp_path, "es/acknowledgement.subject.j2", "Uno {{ reference }}")
    override(tmp_path, "es/acknowledgement.subject.j2", "Dos {{ reference }}")
    after = override(tmp_path, "mesa/es/acknowledgement.txt.j2", "Texto de la mesa {{ reference }}")
    assert acknowledgement(before).subject == "Uno INC-2026-000123"
    assert "Texto de la mesa" not in acknowledgement(before).text
    assert acknowledgement(after).subject == "Dos INC-2026-000123"
    assert "Texto de la mesa" in acknowledgement(after).text


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "acknowledgement.txt.j2").write_bytes(b"\xff\xfe")
    assert "es/acknowledgement.txt.j2" in acknowledgement(Templates([tmp_path])).failed
