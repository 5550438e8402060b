"""Invented facts of a ticket's thread, with which templates are tried out; see `samples`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from responders.facts import AnsweredLine, MissingLine, PhoneLine
from responders.thread_facts import (
    AnswerLine,
    CommandLine,
    DigestFacts,
    DigestLine,
    EventLine,
    FileLine,
    LinkLine,
    NoticeFacts,
    ReplyFacts,
    StillMissingFacts,
    ThreadFacts,
    TranscriptFacts,
)
from rules.model import Kind

EVENTS = ("opened", "replied", "reopened", "answered", "asked", "resolved", "noted", "assigned", "held")
"""What notices tell of."""
REMARKS = (
    *("several_sites", "unreadable", "encrypted", "calendar_reply", "calendar_cancel"),
    *("attachment_unreadable: pedido ñ.pdf", "changed_subject", "complete"),
    *("acknowledgement_withheld", "acknowledgement_deferred"),
)
"""What notices remark."""
LINKS = ("continues", "mentions", "beside")
"""How a new ticket may be linked to another."""
STATES = ("new", "in_progress", "pending", "resolved", "closed", "abandoned", "cancelled", "transferred")
"""Where a ticket may stand."""

_LOCAL = datetime(2026, 3, 9, 14, 5, tzinfo=timezone(timedelta(hours=-5)))
_REFERENCE = "INC-2026-000123"
_SUBJECT = f"Re: [{_REFERENCE}] Incidente registrado: Sucursal Norte"
_AWKWARD = '<b>"Ñandú" & Cía</b>\n\n{{ 7 * 7 }} http://a.example/?q=%s\n  # a list\n\t- of things'
_FILES = (FileLine("contrato ñ.pdf", 348_160, goes_along=True), FileLine("registro.zip", 30 << 20, goes_along=False))
_ABOVE = "— Escriba su respuesta encima de esta línea —"


def mails() -> Iterator[tuple[str, ThreadFacts]]:
    """Pairs of a mail's name and facts for it."""
    for number, event in enumerate(EVENTS):
        yield "notice", notice(event, STATES[number % len(STATES)], _AWKWARD)
    yield "notice", NoticeFacts("Mesa", "INC-1", "[INC-1] x", "replied", Kind.QUESTION, _LOCAL, "ana@norte.example")
    yield "notice", notice("something_new", "a_new_state", "x", ("a_new_remark",))
    for event in ("answered", "asked", "resolved"):
        yield "reply", ReplyFacts("Mesa de Ayuda", _REFERENCE, _SUBJECT, event, _AWKWARD, _FILES)
    yield "reply", ReplyFacts("Mesa", "INC-1", "Re: [INC-1] x", "resolved", "")
    yield "still_missing", still_missing()
    yield "still_missing", StillMissingFacts("Mesa", "INC-1", "Re: [INC-1] x", (MissingLine("Sitio"),))
    for missing in ((), (MissingLine("Sitio"),)):
        yield "still_missing", StillMissingFacts("Mesa", "INC-1", "Re: [INC-1] x", missing, encrypted=True)
    yield "digest", digest(1, 0)
    yield "digest", digest(40, 7)
    yield "transcript", transcript()
    yield "transcript", TranscriptFacts("Mesa", "INC-1", "Re: [INC-1] x", (), sent_to="ana@norte.example")


def notice(event: str, state: str, text: str, remarks: tuple[str, ...] = REMARKS) -> NoticeFacts:
    """A notice with all that one may hold."""
    return NoticeFacts(
        desk_name="Mesa de Ayuda",
        reference=_REFERENCE,
        subject=_SUBJECT,
        event=event,
        kind=Kind.INCIDENT,
        at_local=_LOCAL,
        actor_address="ana@norte.example",
        actor_name="Ana Ruiz",
        about="Sucursal Norte",
        customer_name="Café Ñandú",
        customer_reference="RQ-4711",
        priority="P2",
        state=state,
        assignee="eva@mesa.example",
        text=text,
        cut=True,
        answers=(AnswerLine("Sitio", "Sucursal Norte", "Sucursal Sur"), AnswerLine("¿Hay energía?", "sí")),
        missing=(MissingLine("Horarios", "L-V 8-18"), MissingLine("Contacto")),
        files=_FILES,
        remarks=remarks,
        links=tuple(LinkLine(kind, "INC-2026-000100") for kind in (*LINKS, "a_new_kind")),
        reply_above=_ABOVE,
        quotes=event in ("opened", "replied", "reopened"),
    )


def still_missing() -> StillMissingFacts:
    """What a reply brought, and what is still to answer."""
    return StillMissingFacts(
        "Mesa de Ayuda",
        _REFERENCE,
        _SUBJECT,
        (MissingLine("Horarios", "L-V 8-18"), MissingLine("¿Hay energía?")),
        "Ana Ruiz",
        (AnsweredLine("Sitio", "Sucursal Norte"), AnsweredLine("Problema", _AWKWARD)),
        (PhoneLine("Colombia", "+57 601 555 0100"),),
    )


def digest(tickets: int, more: int) -> DigestFacts:
    """Several tickets with some events each."""
    events = tuple(EventLine(_LOCAL, name) for name in ("opened", "customer_replied", "a_new_event"))
    lines = (DigestLine(f"INC-{n}", _AWKWARD, "in_progress", events) for n in range(1, tickets + 1))
    return DigestFacts("Mesa de Ayuda", _LOCAL, tuple(lines), more)


def transcript() -> TranscriptFacts:
    """A mail of commands of which one was refused."""
    return TranscriptFacts(
        "Mesa de Ayuda",
        _REFERENCE,
        _SUBJECT,
        (
            CommandLine("#prioridad 2", done=True, what="prioritized", value="P2"),
            CommandLine("", done=True, what="missing", value="Horarios"),
            CommandLine("#asignar <b>x", done=False, what="no_agent", value="eva, raúl"),
            CommandLine("#baila", done=False, what="a_new_word"),
        ),
        text=_AWKWARD,
        cut=True,
        state="in_progress",
        priority="P2",
        assignee="eva@mesa.example",
        reply_above=_ABOVE,
    )
