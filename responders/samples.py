"""Invented facts with which templates are tried out: one rich, one with nothing that may be absent, and awkward
values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from responders import thread_samples
from responders.facts import (
    AcknowledgementFacts,
    AlarmFacts,
    AnsweredLine,
    ContactLine,
    CustomerNotReachedFacts,
    Facts,
    Missed,
    MissingLine,
    OpenedLine,
    PhoneLine,
    Refusal,
    SummaryFacts,
)
from responders.thread_facts import ThreadFacts
from rules.model import Kind

_LOCAL = datetime(2026, 3, 9, 14, 5, tzinfo=timezone(timedelta(hours=-5)))
_PHONES = (PhoneLine("Colombia", "+57 601 555 0100"), PhoneLine("México", "+52 55 5555 0100"))
_AWKWARD = '<b>"Ñandú" & Cía</b> {{ 7 * 7 }} http://a.example/?q=%s'


def mails() -> Iterator[tuple[str, Facts | ThreadFacts]]:
    """Pairs of a mail's name and facts for it."""
    yield from _alone()
    yield from thread_samples.mails()


def _alone() -> Iterator[tuple[str, Facts]]:
    for kind in Kind:
        yield "acknowledgement", _acknowledgement(kind)
    yield "acknowledgement", AcknowledgementFacts("Mesa", "INC-1", Kind.INCIDENT, datetime(2026, 1, 1, tzinfo=UTC))
    for missing in ((), (MissingLine("Sitio"),)):
        yield (
            "acknowledgement",
            AcknowledgementFacts("Mesa", "INC-1", Kind.INCIDENT, _LOCAL, missing=missing, encrypted=True),
        )
    yield "summary", SummaryFacts("Mesa", (OpenedLine("INC-1"),))
    many = tuple(OpenedLine(f"INC-{n}", _AWKWARD) for n in range(1, 41))
    yield "summary", SummaryFacts("Mesa", many, "Ana", _PHONES, "https://portal.example/")
    ana = ContactLine("Ana Ruiz", "+57 601 555 0123", "ana@norte.example")
    for refusal in Refusal:
        yield "customer_not_reached", _not_reached(refusal, "550 5.1.1 unknown", (ana,))
    for missed in Missed:
        yield "customer_not_reached", _not_reached(Refusal.OTHER, "", (), missed)
    yield "alarm", AlarmFacts("mail.example", "x", _LOCAL, "y")
    yield "alarm", AlarmFacts("mail.example", _AWKWARD, _LOCAL, _AWKWARD, (_AWKWARD, "INC-1"))


def _acknowledgement(kind: Kind) -> AcknowledgementFacts:
    return AcknowledgementFacts(
        desk_name="Mesa de Ayuda",
        reference="INC-2026-000123",
        kind=kind,
        received_at_local=_LOCAL,
        about="Sucursal Norte",
        customer_reference="RQ-4711",
        customer_name="Café Ñandú",
        greeting="Ana Ruiz",
        answers=(AnsweredLine("Sitio", "Sucursal Norte"), AnsweredLine("Problema", _AWKWARD)),
        missing=(MissingLine("Horarios", "L-V 8-18"), MissingLine("¿Hay energía?")),
        phones=_PHONES,
        portal="https://portal.example/",
        promise_minutes=15,
        texts={"acknowledgement": "Gracias.", "escalation": "Llame."},
    )


def _not_reached(
    refusal: Refusal, reply: str, callback: tuple[ContactLine, ...], missed: Missed = Missed.ACKNOWLEDGEMENT
) -> CustomerNotReachedFacts:
    return CustomerNotReachedFacts(
        desk_name="Mesa de Ayuda",
        reference="INC-1",
        address="ana@norte.example",
        refusal=refusal,
        failed_at_local=_LOCAL,
        about="Sucursal Norte",
        reply=reply,
        callback=callback,
        missed=missed,
        doubtful=missed is Missed.REPLY,
    )
