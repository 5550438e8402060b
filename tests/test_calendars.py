"""Invitations: read where the mail says nothing else, kept as files, told where a calendar program answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mime.calendars import read_calendar
from intake.parse import parse
from rules.model import Message

HEAD = b"From: Ana <ana@x.example>\r\nTo: mesa@y.example\r\nSubject: Ventana\r\nMIME-Version: 1.0\r\n"
EVENT = """BEGIN:VCALENDAR\r
METHOD:REQUEST\r
BEGIN:VTIMEZONE\r
TZID:America/Bogota\r
BEGIN:STANDARD\r
DTSTART:16010101T000000\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
ORGANIZER;CN="Ruiz, Ana":mailto:ana@x.example\r
ATTENDEE;CN=Mesa:mailto:mesa@y.example\r
SUMMARY;LANGUAGE=es:Ventana de mantenimiento\\, sede\r
  Norte\r
DTSTART;TZID="America/Bogota":20261110T220000\r
DTEND;TZID="America/Bogota":20261110T233000\r
LOCATION:Calle 9\r
DESCRIPTION:Cambiar el equipo.\\nSitio: Almacén\r
BEGIN:VALARM\r
DESCRIPTION:Reminder\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""
SHOWN = """Ventana de mantenimiento, sede Norte
2026-11-10 22:00 (America/Bogota) – 2026-11-10 23:30 (America/Bogota)
Calle 9
Ruiz, Ana <ana@x.example>
Cambiar el equipo.
Sitio: Almacén"""


def invitation(event: str, text: bytes = b"", fields: bytes = b"text/calendar; charset=utf-8; method=REQUEST") -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/alternative; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\n"
        + text
        + b"\r\n--B\r\nContent-Type: "
        + fields
        + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + event.encode()
        + b"\r\n--B--\r\n"
    )


def said(message: Message) -> list[str]:
    return [body.text for body in message.bodies if body.text.strip()]


def test_it_is_the_text_of_a_mail_that_has_no_other() -> None:
    message = parse(invitation(EVENT))
    assert said(message) == [SHOWN]
    assert [one.content_type for one in message.attachments] == ["text/calendar"]
    assert message.notes == ()


def test_beside_a_text_it_is_a_file() -> None:
    message = parse(invitation(EVENT, "¿Pueden ese día?".encode("latin-1")))
    assert [text.strip() for text in said(message)] == ["¿Pueden ese día?"]
    assert [one.content_type for one in message.attachments] == ["text/calendar"]


def test_the_whole_mail_may_be_one() -> None:
    raw = (
        HEAD + b"Content-Type: text/calendar; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + EVENT.encode()
    )
    assert said(parse(raw)) == [SHOWN]


def test_as_an_attached_file_of_any_type() -> None:
    fields = b"application/octet-stream; name=invite.ics"
    message = parse(invitation(EVENT, fields=fields))
    assert said(message) == [SHOWN]
    assert [one.filename for one in message.attachments] == ["invite.ics"]


@pytest.mark.parametrize(("method", "note"), [("REPLY", "calendar_reply"), ("CANCEL", "calendar_cancel")])
def test_what_a_calendar_program_answers_is_told(method: str, note: str) -> None:
    assert parse(invitation(EVENT.replace("REQUEST", method), b"Aceptada")).notes == (note,)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("DTSTART:20261110T220000Z", "2026-11-10 22:00 (UTC)"),
        ("DTSTART;VALUE=DATE:20261110", "2026-11-10"),
        ("DTSTART:20261110T2200", "2026-11-10 22:00"),
        ("DTSTART:mañana", ""),
        ("DTSTART", ""),
        ("DUE:20261110", "2026-11-10"),
    ],
)
def test_moments(written: str, shown: str) -> None:
    assert read_calendar(f"BEGIN:VEVENT\n{written}\nEND:VEVENT".encode(), "").text == shown


def test_of_several_events_the_first_counts() -> None:
    data = b"BEGIN:VEVENT\nSUMMARY:uno\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:dos\nLOCATION:x\nEND:VEVENT"
    assert read_calendar(data, "").text == "uno"


def test_an_alarm_s_words_are_not_the_writer_s() -> None:
    alarm = "BEGIN:VALARM\nDESCRIPTION:Reminder\nEND:VALARM\n"
    data = f"BEGIN:VEVENT\nSUMMARY:uno\n{alarm}LOCATION:Norte\nEND:VEVENT"
    assert read_calendar(data.encode(), "").text == "uno\nNorte"


def test_a_name_of_a_file_is_never_opened() -> None:
    assert read_calendar(b"/etc/passwd", "").text == ""


@given(st.binary(max_size=300))
def test_any_bytes_are_a_calendar(data: bytes) -> None:
    read_calendar(b"BEGIN:VEVENT\nDESCRIPTION:" + data + b"\nORGANIZER;CN=" + data, "utf-8").text.encode()
    read_calendar(data, "utf-16")


def test_hostile_lines() -> None:
    for line in (
        b"SUMMARY" + b";" * 200_000,
        b'SUMMARY;A="' * 20_000,
        b"DESCRIPTION:" + b"\\" * 200_000,
        b"\r\n " * 70_000,
    ):
        read_calendar(b"BEGIN:VEVENT\n" + line, "")
