"""Mails without a template: what leaves when a template fails. Plain, complete, and without anything that could
fail."""

from __future__ import annotations

from collections.abc import Mapping

from responders.facts import (
    AcknowledgementFacts,
    AlarmFacts,
    CustomerNotReachedFacts,
    Facts,
    PhoneLine,
    SummaryFacts,
)
from responders.thread_facts import ReplyFacts, StillMissingFacts, ThreadFacts, TranscriptFacts

_WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "registered": "Su reporte quedó registrado con este número",
        "opened": "Sus reportes quedaron registrados con estos números",
        "missing": "Por favor, responda a este correo y complete:",
        "phones": "Si prefiere llamarnos:",
        "not_reached": "El acuse no pudo entregarse a este cliente; por favor, llámele",
        "alarm": "Alarma",
    },
    "pt": {
        "registered": "Seu chamado foi registrado com este número",
        "opened": "Seus chamados foram registrados com estes números",
        "missing": "Por favor, responda a este e-mail e complete:",
        "phones": "Se preferir ligar para nós:",
        "not_reached": "A confirmação não pôde ser entregue a este cliente; por favor, ligue para ele",
        "alarm": "Alarme",
    },
    "en": {
        "registered": "Your report has been registered under this number",
        "opened": "Your reports have been registered under these numbers",
        "missing": "Please reply to this email and fill in:",
        "phones": "If you prefer to call us:",
        "not_reached": "The acknowledgement could not be delivered to this customer; please call",
        "alarm": "Alarm",
    },
}


def plain(language: str, facts: Facts | ThreadFacts) -> tuple[str, str]:
    """Subject and text of the mail that `facts` are about; `language` is one of es, pt, en."""
    words = _WORDS[language]
    if isinstance(facts, AcknowledgementFacts):
        lines = [facts.reference, "", f"{words['registered']}: {facts.reference}", ""]
        lines += [f"{line.label}: {line.text}" for line in facts.answers]
        if facts.missing:
            lines += ["", words["missing"], "", *(f"{line.label}: " for line in facts.missing)]
        lines += _phones(words, facts.phones)
        subject = f"[{facts.reference}] {words['registered']}"
    elif isinstance(facts, SummaryFacts):
        lines = [f"{words['opened']}:", "", *(f"{line.reference}  {line.about}".rstrip() for line in facts.opened)]
        lines += _phones(words, facts.phones)
        subject = f"{words['opened']} ({len(facts.opened)})"
    elif isinstance(facts, CustomerNotReachedFacts):
        lines = [facts.reference, "", f"{words['not_reached']}: {facts.address}", facts.reply, ""]
        lines += [", ".join(filter(None, (c.name, c.phone, c.email))) for c in facts.callback]
        subject = f"[{facts.reference}] {words['not_reached']}"
    elif not isinstance(facts, AlarmFacts):
        lines, subject = _thread_lines(facts, words), facts.subject
    else:
        lines = [facts.what, "", facts.cure, "", facts.host, facts.since_local.isoformat(), *facts.details]
        subject = f"{words['alarm']}: {facts.what}"
    return subject, "\n".join(lines) + "\n"


def _thread_lines(facts: ThreadFacts, words: Mapping[str, str]) -> list[str]:
    match facts:
        case ReplyFacts():
            return [facts.text, "", f"{facts.desk_name} · {facts.reference}"]
        case StillMissingFacts():
            return [facts.reference, "", words["missing"], "", *(f"{line.label}: " for line in facts.missing)]
        case TranscriptFacts():
            done = [f"{'+' if line.done else '-'} {line.command} ({line.what} {line.value})" for line in facts.lines]
            return [facts.reference, "", *done, "", facts.text]
    lines = [facts.reference, facts.event, f"{facts.actor_name} {facts.actor_address}", "", facts.text, ""]
    return lines + [f"{line.label}: {line.text}" for line in facts.answers]


def _phones(words: Mapping[str, str], phones: tuple[PhoneLine, ...]) -> list[str]:
    return ["", words["phones"], *(f"{line.label}: {line.number}" for line in phones)] if phones else []
