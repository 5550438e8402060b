"""The commands of agents: their words in three languages, what each does, and what refuses a whole mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from acuse.commands_doc import FILE, render
from intake.text.commands import split
from responders.templates import LANGUAGES, builtin_directory
from rules.commands import COMMANDS, MOST, What, agents_of, event_word, level_of, understood
from rules.lifecycle import TRANSITIONS
from storage.schema import party
from tests.colleagues import EVA, LUZ, ROOM, answer
from tests.conftest import StillClock
from tests.daemon import ROOT
from tests.office import ANA, FORM, Office, mail, office, text
from tests.readings import DESKS, read_text

ANNE, ANNA = "anne@desk.example", "anna.paz@desk.example"
TEAM = replace(ROOM, agents=(EVA, LUZ, ANNE, ANNA))


# Words ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "commands", "message"),
    [
        ("#note\nhola", ("#note",), "hola"),
        ("\n\n  #note\n\n\n#priority 2\n\nhola\n", ("#note", "#priority 2"), "hola"),
        ("# note  hola", ("#note hola",), ""),
        ("\\#note\nhola", ("#note",), "hola"),
        ("＃Note\nhola", ("#Note",), "hola"),
        ("*#note*\nhola", ("#note",), "hola"),
        ("\u200b#priority\xa02\nhola", ("#priority 2",), "hola"),
        ("hola\n#note", (), "hola\n#note"),
        ("#note\nhola\n#resolve", ("#note",), "hola\n#resolve"),
        ("> #note\nhola", (), "> #note\nhola"),
        ("## Título\nhola", ("## Título",), "hola"),
        ("##- Escriba arriba -##\nhola", (), "##- Escriba arriba -##\nhola"),
        ("", (), ""),
    ],
)
def test_the_lines_at_the_top_are_commands(written: str, commands: tuple[str, ...], message: str) -> None:
    assert split(written) == (commands, message)


@pytest.mark.parametrize(
    ("written", "is_html"),
    [
        ("#Note\n\nEl técnico va.\n", False),
        ("<p class=MsoNormal>#Note<o:p></o:p></p><p class=MsoNormal>&nbsp;</p><p>El técnico va.</p>", True),
        ('<div dir="ltr">#Note<div><br></div><div>El técnico va.</div></div>', True),
        ("<div>#Note<br>El técnico va.</div>", True),
        ("<p><b>#Note</b></p><p>El técnico va.</p>", True),
    ],
)
def test_mail_programs_write_commands_in_their_ways(written: str, is_html: bool) -> None:
    reading = read_text(written, html=is_html, in_reply_to=("x@y",))
    assert (reading.commands, reading.message) == (("#Note",), "El técnico va.")


@pytest.mark.parametrize("quote", ["> #resolve\n> hola\n", "El mar, 3 nov 2026, Mesa escribió:\n> #resolve\n"])
def test_a_quoted_command_is_none(quote: str) -> None:
    assert read_text(quote, in_reply_to=("x@y",)).commands == ()
    assert read_text(f"hola\n\n{quote}", in_reply_to=("x@y",)).commands == ()


def test_a_mail_of_nothing_but_signs_is_read_fast() -> None:
    reading = read_text("#x\n" * 60_000)
    assert len(reading.commands) == MOST + 1


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_every_word_means_its_command_in_any_spelling(command: object) -> None:
    assert isinstance(command, type(COMMANDS[0]))
    for words in command.words.values():
        for word in words:
            for line in (f"#{word}", f"#{word.upper()}", f"#{word.capitalize()}:", f"# {word}"):
                assert understood(line) == (command, "")
    assert set(command.words) == set(command.does) == set(LANGUAGES)


def test_a_word_means_one_command() -> None:
    meant = {(word, command.name) for command in COMMANDS for words in command.words.values() for word in words}
    assert len({word for word, _ in meant}) == len(meant)


@pytest.mark.parametrize(
    "line", ["#", "##", "#1", "#INC-2026-000001", "# ", "#resolv", "#resolverlo", "#¿nota", "#note2x"]
)
def test_other_lines_are_unknown(line: str) -> None:
    assert understood(line)[0] is None


def test_what_stands_behind_a_command() -> None:
    for line in ("#priority 2", "#prioridad: 2", "#Prioridade = 2", "#PRIORITY - 2"):
        assert understood(line)[1] == "2"
    assert understood("#nota El cliente llamó: no hay luz")[1] == "El cliente llamó: no hay luz"


@pytest.mark.parametrize(
    ("desk", "argument", "level"),
    [
        ("bt-latam", "2", "2"),
        ("bt-latam", "P2", "2"),
        ("bt-latam", "alta", "2"),
        ("bt-latam", "CRÍTICA.", "1"),
        ("bt-latam", "prioridad 3", "3"),
        ("bt-latam", "5", None),
        ("bt-latam", "", None),
        ("bt-latam", "2 por favor", None),
        ("smartcloud", "2", "P2"),
        ("smartcloud", "p1", "P1"),
        ("neotel", "High", "high"),
        ("neotel", "2", None),
        ("bt-latam-ssr", "4", "4"),  # names none: 1 to 4
        ("bt-latam-ssr", "alta", None),
    ],
)
def test_levels_are_those_of_the_desk(desk: str, argument: str, level: str | None) -> None:
    assert level_of(DESKS[desk], argument) == level


@pytest.mark.parametrize(
    ("argument", "agents"),
    [
        ("eva", (EVA,)),
        ("EVA@desk.example", (EVA,)),
        ("@eva", (EVA,)),
        ("Eva Díaz <eva@desk.example>", (EVA,)),
        ("eva@desk.example<mailto:eva@desk.example>", (EVA,)),
        ("me", (EVA,)),
        ("yo", (EVA,)),
        ("mí", (EVA,)),
        ("eu", (EVA,)),
        ("l", (LUZ,)),
        ("anne", (ANNE,)),
        ("anna", (ANNA,)),
        ("ann", (ANNE, ANNA)),
        ("eva@otra.example", ()),
        ("pedro", ()),
        ("", ()),
        ("nadie", None),
        ("Ninguém", None),
        ("nobody", None),
    ],
)
def test_agents_are_named_in_short(argument: str, agents: tuple[str, ...] | None) -> None:
    assert agents_of(TEAM, argument, EVA) == agents


def test_two_agents_of_one_name_are_told_apart() -> None:
    twins = replace(ROOM, agents=("eva@a.example", "eva@b.example", "evaristo@a.example"))
    assert agents_of(twins, "eva", LUZ) == ("eva@a.example", "eva@b.example")
    assert agents_of(twins, "eva@b.example", LUZ) == ("eva@b.example",)


def test_every_outcome_and_every_event_has_a_sentence() -> None:
    from jinja2 import Environment, FileSystemLoader

    templates = Environment(loader=FileSystemLoader(builtin_directory()), autoescape=True)
    wanted = {*What, *map(event_word, TRANSITIONS), event_word("held")}
    for language in LANGUAGES:
        sentences = templates.get_template(f"{language}/commands.j2").module.sentence
        assert wanted - set(sentences) == set()
        assert all(sentence.endswith((".", ":", "{}")) for what, sentence in sentences.items() if what in set(What))


def test_the_page_about_commands_is_that_of_the_vocabulary() -> None:
    assert (ROOT / FILE).read_text() == render()


# In a desk -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, clock: StillClock) -> Iterator[Office]:
    with office(tmp_path, f"sqlite:///{tmp_path}/acuse.db", clock, desks=(TEAM,)) as opened:
        opened.take(mail())
        yield opened


@pytest.fixture
def desk_anywhere(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    with office(tmp_path, database_url, clock, desks=(TEAM,)) as opened:
        opened.take(mail())
        yield opened


def act(desk: Office, body: str, sender: str = EVA) -> str:
    """An agent answers their first notice; the transcript that they get, "" for none."""
    before = len(desk.queued("transcript"))
    notice = next(message for _, to, message in desk.queued("notice") if to == sender)
    row = desk.take(answer(notice, body, sender=sender), sender=sender)
    assert row["disposition"] == "update", row
    found = desk.queued("transcript")[before:]
    assert [to for _, to, _ in found] == [sender] * len(found)
    return text(found[-1][2]).replace("\r\n", "\n") if found else ""


def replies(desk: Office) -> list[EmailMessage]:
    return [message for _, to, message in desk.queued("reply") if to == ANA]


def stands(desk: Office) -> tuple[str, str, str | None, str]:
    """State, who is awaited, priority and assignee of the ticket, which is the fold of its events."""
    (ticket,) = desk.tickets()
    shown = desk.ticket(ticket["reference"])
    assert shown["history_agrees"]  # I10
    people = {one["id"]: one["address"] for one in desk.rows(select(party))}
    return ticket["state"], ticket["awaiting"], ticket["priority"], people.get(ticket["assignee"], "")


def test_a_note_stays_inside(desk: Office) -> None:
    transcript = act(desk, "#note\nNo ha pagado.")
    assert "✓ #note" in transcript
    assert replies(desk) == []
    assert desk.events()[-1] == "noted"
    notes = [(to, message) for _, to, message in desk.queued("notice") if "No ha pagado" in text(message)]
    assert sorted(to for to, _ in notes) == sorted({LUZ, ANNE, ANNA})


def test_a_text_may_stand_behind_its_command(desk: Office) -> None:
    act(desk, "#ask ¿Hay energía?\nEs urgente.")
    assert "¿Hay energía?\n\nEs urgente." in text(replies(desk)[0]).replace("\r\n", "\n")
    assert stands(desk)[:2] == ("pending", "customer")


def test_a_question_waits_for_the_customer(desk_anywhere: Office) -> None:
    desk = desk_anywhere
    act(desk, "#preguntar\n¿Hay energía?")
    assert stands(desk)[:2] == ("pending", "customer")
    # A plain reply asks nothing new: the question is still open.
    act(desk, "El técnico va.")
    assert stands(desk)[:2] == ("pending", "customer")
    raw = mail("Re: su caso", "Sí.", In_Reply_To=f"<{replies(desk)[0]['Message-ID'].strip('<>')}>")
    desk.take(raw)
    assert stands(desk)[:2] == ("in_progress", "")


def test_a_resolved_ticket_stays_so_after_a_plain_reply(desk: Office) -> None:
    act(desk, "#resolve")
    assert len(replies(desk)) == 1  # the customer is told even without a word of the agent's
    act(desk, "Saludos a todos.")
    assert stands(desk)[0] == "resolved"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("#ask", "Falta el texto"),
        ("#note", "Falta el texto"),
        ("#prioridad urgentísima", "No es una prioridad"),
        ("#prioridad", "No es una prioridad"),
        ("#assign pedro", "No es un agente"),
        ("#assign", "No es un agente"),
        ("#assign ann", "más de un agente: anne, anna.paz"),
        ("#status ya", "solo en su línea"),
        ("#resolv", "No existe ese comando"),
        ("#1", "No existe ese comando"),
        ("## Título", "No existe ese comando"),
    ],
)
def test_one_line_that_cannot_be_done_stops_the_whole_mail(desk: Office, line: str, what: str) -> None:
    before, sent = stands(desk), len(desk.queued())
    text_below = "" if line in ("#ask", "#note") else "\n\nHola, Ana."
    transcript = act(desk, f"#assign luz\n{line}\n#priority 1{text_below}")
    assert f"✗ {line}: " in transcript
    assert what in transcript
    assert "✗ #assign luz: No se hizo" in transcript
    assert "✗ #priority 1: No se hizo" in transcript
    assert "✓" not in transcript
    if text_below:
        assert "Hola, Ana." in transcript  # nothing is lost
    assert stands(desk) == before
    assert len(desk.queued()) == sent + 1
    assert desk.events()[-1] == "refused"


@pytest.mark.parametrize(
    "lines", ["#note\n#ask", "#ask\n#resolve", "#resolve\n#note", "#undo\n#priority 1", "#undo\n#note"]
)
def test_a_contradiction_stops_the_whole_mail(desk: Office, lines: str) -> None:
    before = stands(desk)
    transcript = act(desk, f"{lines}\nHola.")
    assert "No va junto con otro comando" in transcript
    assert (stands(desk), replies(desk)) == (before, [])


def test_too_many_commands_stop_the_whole_mail(desk: Office) -> None:
    assert f"máximo por correo es {MOST}" in act(desk, "#status\n" * (MOST + 5))
    assert "✓" in act(desk, "#status\n" * MOST)


def test_priority_and_assignment_go_with_a_reply(desk: Office) -> None:
    transcript = act(desk, "#prioridad alta\n#asignar luz\n\nHola, Ana.")
    assert "✓ #prioridad alta: La prioridad es ahora 2." in transcript
    assert f"✓ #asignar luz: Asignado a {LUZ}." in transcript
    assert f"Se envió un correo a {ANA}." in transcript
    assert "Hola, Ana." not in transcript
    assert stands(desk) == ("in_progress", "", "2", LUZ)
    assert desk.events()[-3:] == ["prioritized", "assigned", "agent_replied"]
    # Of the others only she hears of it.
    assert [to for _, to, message in desk.queued("notice") if "Hola, Ana" in text(message)] == [LUZ]
    assert "Ya estaba así" in act(desk, "#asignar luz")


def test_who_is_assigned_hears_of_it(desk: Office) -> None:
    before = len(desk.queued("notice"))
    act(desk, "#assign luz")
    assert [to for _, to, _ in desk.queued("notice")[before:]] == [LUZ]
    act(desk, "#assign me")
    assert len(desk.queued("notice")) == before + 1
    act(desk, "#assign nobody")
    assert stands(desk)[3] == ""
    assert replies(desk) == []


def test_status_shows_and_sends_nothing(desk: Office) -> None:
    act(desk, "#assign me\n#priority 1")
    before = (desk.events(), len(desk.queued()))
    transcript = act(desk, "#estado\n\nEva")
    for words in ("Datos que faltan: ", f"Personas del caso: {ANA}", "03/11 10:20: caso abierto", "Prioridad: 1", EVA):
        assert words in transcript
    assert desk.events() == before[0]
    assert len(desk.queued()) == before[1] + 1
    assert "En curso" not in transcript


def test_undo_takes_back_the_last_commands(desk_anywhere: Office) -> None:
    desk = desk_anywhere
    act(desk, "#priority 3\n#assign luz")
    act(desk, "#priority 1\n#assign me\n#resolve\nListo.")
    assert stands(desk) == ("resolved", "", "1", EVA)
    transcript = act(desk, "#undo")
    assert stands(desk) == ("new", "", "3", LUZ)
    assert "no se puede deshacer" in transcript  # the mail that told the customer
    for words in ("volvió al estado anterior", "La prioridad volvió a ser 3", f"asignado a {LUZ}"):
        assert words in transcript
    transcript = act(desk, "#deshacer", LUZ)
    assert stands(desk) == ("new", "", None, "")
    assert "no se puede deshacer" not in transcript
    assert "no tener prioridad" in transcript
    assert "ningún comando que deshacer" in act(desk, "#desfazer")
    act(desk, "#priority 2")
    act(desk, "#undo")
    assert stands(desk) == ("new", "", None, "")


def test_undo_leaves_what_changed_since(desk: Office) -> None:
    act(desk, "#priority 2\n#ask\n¿Hay energía?")
    desk.take(mail("Re: su caso", "Sí.", In_Reply_To=str(replies(desk)[0]["Message-ID"])))
    assert stands(desk)[0] == "in_progress"
    transcript = act(desk, "#undo")
    assert stands(desk) == ("in_progress", "", None, "")
    assert "volvió al estado anterior" not in transcript
    act(desk, "#resolve")
    desk.take(mail("Re: su caso", "Sigue caído el enlace.", In_Reply_To=str(replies(desk)[-1]["Message-ID"])))
    assert "El caso cambió después" in act(desk, "#undo")
    assert stands(desk)[0] == "in_progress"


def test_undo_takes_back_a_question_and_says_that_it_was_sent(desk: Office) -> None:
    act(desk, "#ask\n¿Hay energía?")
    act(desk, "#ask\n¿Y luz?")
    transcript = act(desk, "#undo\nPerdón.")
    assert stands(desk)[:2] == ("new", "")
    assert "no se puede deshacer" in transcript
    assert len(replies(desk)) == 2  # the text of the mail with #undo is no reply
    assert "Perdón." in transcript


def test_a_transcript_is_read_as_a_mail_to_agents_in_a_thread(desk: Office) -> None:
    act(desk, "#status")
    transcript = desk.queued("transcript")[-1][2]
    notice = next(message for _, to, message in desk.queued("notice") if to == EVA)
    assert transcript["Auto-Submitted"] == "auto-replied"
    assert notice["References"].split()[0] in transcript["References"]
    # It may be answered, as a notice.
    desk.take(answer(transcript, "#priority 1"), sender=EVA)
    assert stands(desk)[2] == "1"


def test_a_form_in_an_agents_reply_changes_no_answer(desk: Office) -> None:
    act(desk, FORM.replace("Sucursal 9", "Sucursal 7"))
    assert desk.ticket(desk.tickets()[0]["reference"])["answers"]["site_name"]["text"] == "Sucursal 9"
