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
from responders.thread_facts import (
    DigestFacts,
    FileLine,
    NoticeFacts,
    ReplyFacts,
    StillMissingFacts,
    ThreadFacts,
    TranscriptFacts,
)
from responders.writing import quoted

InThread = NoticeFacts | ReplyFacts | StillMissingFacts | TranscriptFacts

_WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "registered": "Su reporte quedó registrado con este número",
        "opened": "Sus reportes quedaron registrados con estos números",
        "missing": "Por favor, responda a este correo y complete:",
        "phones": "Si prefiere llamarnos:",
        "not_reached": "Un mensaje no pudo entregarse a este cliente; por favor, llámele",
        "alarm": "Alarma",
        "happened": "Novedad en el caso",
        "resolved": "Damos este caso por resuelto; si algo sigue pendiente, responda a este correo.",
        "asked": "Su caso queda a la espera de su respuesta.",
        "commands": "Resultado de su correo",
        "sent": "Se envió un correo a",
        "unsent": "No se envió nada al cliente. Su texto:",
        "digest": "Novedades en estos casos",
    },
    "pt": {
        "registered": "Seu caso foi registrado com este número",
        "opened": "Seus casos foram registrados com estes números",
        "missing": "Por favor, responda a este e-mail e complete:",
        "phones": "Se preferir ligar para nós:",
        "not_reached": "Uma mensagem não pôde ser entregue a este cliente; por favor, ligue para ele",
        "alarm": "Alarme",
        "happened": "Novidade no caso",
        "resolved": "Damos este caso por resolvido; se algo continuar pendente, responda a este e-mail.",
        "asked": "Seu caso aguarda sua resposta.",
        "commands": "Resultado do seu e-mail",
        "sent": "Um e-mail saiu para",
        "unsent": "Nada saiu para o cliente. Seu texto:",
        "digest": "Novidades nestes casos",
    },
    "en": {
        "registered": "Your report has been registered under this number",
        "opened": "Your reports have been registered under these numbers",
        "missing": "Please reply to this email and fill in:",
        "phones": "If you prefer to call us:",
        "not_reached": "A message could not be delivered to this customer; please call",
        "alarm": "Alarm",
        "happened": "News in the case",
        "resolved": "We consider this case solved; if anything is still open, reply to this email.",
        "asked": "Your case now waits for your answer.",
        "commands": "What became of your email",
        "sent": "An email was sent to",
        "unsent": "Nothing was sent to the customer. Your text:",
        "digest": "News in these cases",
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
    elif isinstance(facts, DigestFacts):
        lines = [f"{words['digest']}:", "", *(f"{one.reference}  {one.about}".rstrip() for one in facts.tickets)]
        subject = f"{words['digest']} ({len(facts.tickets) + facts.more})"
    elif not isinstance(facts, AlarmFacts):
        lines, subject = _thread_lines(facts, words), facts.subject
    else:
        lines = [facts.what, "", facts.cure, "", facts.host, facts.since_local.isoformat(), *facts.details]
        subject = f"{words['alarm']}: {facts.what}"
    return subject, "\n".join(lines) + "\n"


def _thread_lines(facts: InThread, words: Mapping[str, str]) -> list[str]:
    match facts:
        case ReplyFacts():
            closing = words.get(facts.event, "")
            return [facts.text, "", *_files(facts.files), closing, "", f"{facts.desk_name} · {facts.reference}"]
        case StillMissingFacts():
            form = [f"{line.label}: " for line in facts.missing]
            return [facts.reference, "", words["missing"], "", *form, *_phones(words, facts.phones)]
        case TranscriptFacts():
            done = [f"{'+' if line.done else '-'} {line.command} ({line.what} {line.value})" for line in facts.lines]
            left = [f"{words['sent']} {facts.sent_to}"] if facts.sent_to else [words["unsent"], "", facts.text]
            return [facts.reply_above, f"{words['commands']}: {facts.reference}", "", *done, "", *left]
    text = quoted(facts.text) if facts.quotes else facts.text
    lines = [facts.reply_above, f"{words['happened']} {facts.reference}: {facts.event}"]
    lines += [f"{facts.actor_name} <{facts.actor_address}>".strip(), "", text, "", *_files(facts.files)]
    return lines + [f"{line.label}: {line.text}" for line in facts.answers]


def _files(files: tuple[FileLine, ...]) -> list[str]:
    return [f"{file.filename} ({file.size_bytes})" for file in files]


def _phones(words: Mapping[str, str], phones: tuple[PhoneLine, ...]) -> list[str]:
    return ["", words["phones"], *(f"{line.label}: {line.number}" for line in phones)] if phones else []
