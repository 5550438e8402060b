"""What the writer typed into our own mail while quoting it: answers behind or below its questions, in the cells of its
table, at the end of lines that keep their quote mark.

Nothing marks such words. They are told by what our mail had there: where it asks, it prints labels with nothing behind
them. Below anything else ("What we understood") the words behind a label are old.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from intake.questionnaire.answers import fold_space, is_blank
from intake.questionnaire.blocks import Bound, Form
from intake.questionnaire.labels import Labels, split_bullet
from intake.questionnaire.triage import named_ticket
from intake.text.headings import heading_at
from intake.text.lines import Line
from intake.text.quoting import Part, Role
from rules.model import Mailbox
from rules.policy import Desk, Question
from rules.words import fold

_ASKS = re.compile(
    r"\b(?:faltan?|faltantes|necesit(?:amos|o|aria(?:mos)?)|requerimos|pendientes?|respond(?:a|an|er|iendo)|contest(?:e|ar)"
    r"|complet(?:e|en|ar)|llen(?:e|en|ar)|rellen(?:e|ar)|diligenci(?:e|ar)|indi(?:que|quenos|car|carnos)"
    r"|escriba|envi(?:e|enos|arnos)|proporcion(?:e|ar)|facilit(?:e|enos)"
    r"|faltam|faltando|precisamos|necessitamos|preench(?:a|am|er)|pendencias|inform(?:e|em|ar|arnos)"
    r"|envie(?:m|nos)?|escreva"
    r"|need|needed|missing|require|required|complete|fill(?: in| out)?|answer|provide|send us|let us know)\b"
)
_KNOWN = re.compile(
    r"\b(?:ente?ndimos|entendemos|comprend\w{2,4}|understood|understand|recib(?:idos?|imos|ida)|receb(?:idos?|emos|ida)"
    r"|received|ten(?:emos|iamos)|temos|tinhamos|we have|on record|recorded|registrad\w{1,2}|registered|registro"
    r"|resumen|resumo|summary|confirm\w{0,4}|verifi\w{1,4}|valid\w{1,4}|revis\w{1,4}|check|review|verify|correct[oa]?s?"
    r"|corretos?|coinciden?|nos (?:dijo|indico|informo|dio)|(?:you|ustedes?|usted) (?:told|reporto|reported|informo)"
    r"|historial|historico|history|details of|detalles? del?|datos de su|dados do seu)\b"
)
_FILLED = re.compile(
    r"\b(?:complet\w{1,4}|llen\w{1,4}|rellen\w{1,4}|diligenci\w{1,4}|respond\w{1,5}|contest\w{1,4}|respuestas?"
    r"|preench\w{1,5}|respostas?|filled|completed|answer(?:s|ed)?|repl(?:y|ies|ied)|respon(?:se|ses|ded))\b"
)
_PLACE = re.compile(
    r"\b(?:abajo|debajo|abaixo|below|inline|in line|entre (?:as )?linhas|entre (?:las )?lineas|mism[oa]|mesm[oa]"
    r"|propri[oa]|propi[oa]|same|cuadro|quadro|tabla|tabela|table|formulario|form|cuerpo|corpo|body|cada|each|azul|rojo|verde"
    r"|vermelho|red|blue|green|color|cor|colour)\b"
)
_SILENT_WORDS = 30
"""Who answers in the quotation says little above it."""
_HEADING_LINES = 24
_PARAGRAPH_CHARACTERS = 1_000


def with_typed(parts: Sequence[Part], form: Form, desk: Desk, sender: Mailbox | None) -> tuple[list[Part], Form]:
    """The parts and their form once the words that were typed into the desk's quoted questions count as new.

    `form` is what was read from `parts`. The words become lines of their own, in their place. Linear in the lines.
    """
    places = {bound.where: bound.text for bound in form.quoted.values()}
    block = _latest(parts) if places else range(0)
    if not block or _answered_apart(parts, block) or not _is_ours(parts, block, desk, sender):
        return list(parts), form
    asked = _asked(parts, block, form.labelled, places, _announced(parts))
    typed = {key: bound for key, bound in form.quoted.items() if bound.where in asked}
    if not typed:
        return list(parts), form
    quoted = {key: bound for key, bound in form.quoted.items() if key not in typed}
    return _apart(parts, block, form.labelled, typed), replace(form, answers={**typed, **form.answers}, quoted=quoted)


def open_questions(
    parts: Sequence[Part], form: Form, labels: Labels, desk: Desk, sender: Mailbox | None
) -> list[Question]:
    """The questions that the latest quoted mail asks, if it is the desk's, in their order; [] where one of them cannot
    be told."""
    block = _latest(parts) if form.labelled else range(0)
    if not block or not _is_ours(parts, block, desk, sender):
        return []
    asked = _asked(parts, block, form.labelled, {bound.where: bound.text for bound in form.quoted.values()}, False)
    found: list[Question] = []
    for at in block:
        line = parts[at].line
        if line.where not in asked or line.where not in form.labelled:
            continue
        label = labels.find(line.cells[0] if line.cells else line.text)
        question = desk.question(label.key) if label else None
        if label is None or question is None or not is_blank(label.answer):
            return []
        found.append(question)
    return found if len({question.key for question in found}) == len(found) else []


def _latest(parts: Sequence[Part]) -> range:
    """The latest of the quoted mails: from its first line to the heading of an older one."""
    start = next((at for at, part in enumerate(parts) if part.role is Role.QUOTED), None)
    if start is None:
        return range(0)
    end = start
    while end < len(parts) and parts[end].role is not Role.HEADING:
        end += 1
    return range(start, end)


def _answered_apart(parts: Sequence[Part], block: range) -> bool:
    """Whether the writer answers in lines that can be told from the quoted ones; then these hold no new words."""
    told = [parts[at].role for at in block if parts[at].line.text]
    first_new = next((n for n, role in enumerate(told) if role is Role.NEW), len(told))
    return Role.QUOTED in told[first_new:]


def _is_ours(parts: Sequence[Part], block: range, desk: Desk, sender: Mailbox | None) -> bool:
    """Whether the desk wrote the quoted mail: its heading says so, or the mail names a ticket of the desk and its
    heading names somebody other than the writer of this one."""
    first = block.start
    while first > 0 and block.start - first < _HEADING_LINES:
        above = parts[first - 1]
        if above.role not in {Role.HEADING, Role.FOOTER} and (above.line.text or above.role is Role.QUOTED):
            break
        first -= 1
    while first < block.start and parts[first].role is not Role.HEADING:
        first += 1
    lines = [part.line for part in parts[first : block.start]]
    heading = heading_at(lines, 0) if lines else None
    said = [line.text[:400] for line in lines[: heading.lines]] if heading else []
    if heading and heading.forwards is not None:
        # Of a block of header fields only the line that says whom the mail is from.
        said = [text for text in said if heading.sender and heading.sender in text][:1]
    writer = " ".join(said)
    if _names_desk(writer, desk):
        return True
    by_sender = sender is not None and _names_sender(writer, sender)
    return bool(writer) and not by_sender and named_ticket(desk, [parts[at].line.text for at in block]) is not None


def _names_desk(text: str, desk: Desk) -> bool:
    name = fold(desk.name)
    named = bool(name) and f" {name} " in f" {fold(text)} "
    return named or any(address.lower() in text.lower() for address in desk.addresses)


def _names_sender(text: str, sender: Mailbox) -> bool:
    name = fold(sender.name)
    return sender.address.lower() in text.lower() or (bool(name) and f" {name} " in f" {fold(text)} ")


def _announced(parts: Sequence[Part]) -> bool | None:
    """Whether the writer says that the answers stand in the quotation; None where they say too much else."""
    words = fold(" ".join(part.line.text for part in parts if part.role is Role.NEW)[:4_000])
    if _FILLED.search(words) and _PLACE.search(words):
        return True
    hinted = _FILLED.search(words) or _PLACE.search(words) or len(words.split()) <= _SILENT_WORDS
    return False if hinted else None


def _asked(
    parts: Sequence[Part], block: range, labels: Collection[str], answers: Mapping[str, str], announced: bool | None
) -> set[str]:
    """The places in the quoted mail at which it asks. Each paragraph says what the labels below it are: questions, or
    what was known; where it says neither, they are questions if the writer says to have `announced` answers there. A
    list of questions with bullets or numbers ends before a label that has another or none."""
    if announced is None:
        return set()
    asks = announced
    found: set[str] = set()
    paragraph = answer = bullet = ""
    depth = parts[block.start].line.depth
    for at in block:
        line = parts[at].line
        if parts[at].role is not Role.QUOTED or line.depth != depth:
            continue
        if line.where in labels or line.where in answers:
            paragraph, answer = "", answers.get(line.where, "")
            own = split_bullet(line.text)[0]
            if line.where in labels and not line.cells:
                asks = asks and (not bullet or own == bullet)
                bullet = own
            if asks:
                found.add(line.where)
        elif not line.text:
            paragraph = ""
        elif fold_space(line.text) not in answer:
            paragraph = f"{paragraph} {line.text}"[-_PARAGRAPH_CHARACTERS:]
            asks, bullet = _verdict(paragraph, announced), ""
    return found


def _verdict(paragraph: str, announced: bool) -> bool:
    words = fold(paragraph)
    known, asks = _last(_KNOWN, words), _last(_ASKS, words)
    return announced if known == asks else asks > known


def _last(pattern: re.Pattern[str], words: str) -> int:
    return max((found.start() for found in pattern.finditer(words)), default=-1)


def _apart(parts: Sequence[Part], block: range, labels: Collection[str], typed: Mapping[str, Bound]) -> list[Part]:
    """The parts with the typed words cut out of the quoted lines."""
    by_place: dict[str, list[Bound]] = {}
    for bound in typed.values():
        by_place.setdefault(bound.where, []).append(bound)
    out = list(parts[: block.start])
    left = ""
    for at in block:
        part = parts[at]
        bounds = by_place.pop(part.line.where, [])
        if bounds and part.line.where not in labels:
            left = " ".join(bound.text for bound in bounds)
            bounds = []
        said = fold_space(part.line.text)
        if left and said and part.role is Role.QUOTED and (start := left.find(said)) >= 0:
            # A line of the answer's own.
            left = left[start + len(said) :]
            out.append(Part(part.line, Role.NEW))
            continue
        out += _split(part, bounds) if bounds else [part]
    return [*out, *parts[block.stop :]]


def _split(part: Part, bounds: Sequence[Bound]) -> list[Part]:
    """A line of labels and answers: the labels, and each answer as a new line."""
    line = part.line
    text = line.text
    for bound in reversed(bounds):
        text = text.removesuffix(bound.text).rstrip() if text.endswith(bound.text) else text
    cells = line.cells if text == line.text else ()
    old = Part(replace(line, text=text, cells=cells), part.role)
    return [old, *(Part(Line(said, line.where), Role.NEW) for bound in bounds for said in bound.text.split("\n"))]
