"""Where the answers of a mail stand: its own text first, then the forms in its attachments and attached messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from intake.documents.displayed import place_of, views_of
from intake.documents.packages import DocumentError
from intake.documents.time_budget import OutOfTimeError, processor_seconds
from intake.questionnaire.blocks import Bound, Form
from intake.questionnaire.forms import read_form
from intake.questionnaire.labels import Labels
from intake.text.lines import Line
from intake.text.quoting import Part, Role
from intake.text.views import best_view, origin_of_message
from rules.model import Document, Mailbox, Message, ReadingClass
from rules.policy import Desk
from rules.words import fold

SECONDS = 2.0
"""Processor time for all attachments of a mail together."""

_DEPTH = 3
_LINES = 5_000
_CHARACTERS = 200_000
_SEVERAL = 3
"""So many answers make a form; fewer may be a coincidence, or corrections of another form."""
_ENOUGH = 0.8


@dataclass(frozen=True, slots=True)
class Source:
    """A form found in an attachment, and what else is written there.

    Of an attached message: the roles of its lines, its subject and its sender.
    """

    form: Form
    text: str
    parts: Sequence[Part] = ()
    subject: str = ""
    sender: Mailbox | None = None


@dataclass(slots=True)
class Attached:
    """What the attachments of a mail say; `unreadable` names those that could not be read."""

    sources: list[Source] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of all forms and attached messages."""
        return "\n".join(source.text for source in self.sources)


def attached(message: Message, desk: Desk) -> Attached:
    """Read the attachments of `message`, within a bound on processor time. Never raises."""
    found = Attached()
    waiting = list(message.documents)
    try:
        with processor_seconds(SECONDS):
            while waiting:
                _read(waiting[0], desk, found, 0)
                waiting.pop(0)
    except OutOfTimeError:
        found.unreadable += [_name(one) for one in waiting]
    return found


def one_of(own: Form, sources: Sequence[Source]) -> Form:
    """The one form that a mail's text and its attachments make.

    What the text says itself goes first. Two forms that differ in at least two answers are two reports: the fullest is
    taken, and nothing of the other; of a text with few answers these are corrections.
    """
    answers: Mapping[str, Bound] = own.answers
    several = own.several
    for source in sorted(sources, key=lambda one: -len(one.form.answers)):
        other = source.form
        if not other.answers:
            continue
        differing = [key for key, bound in other.answers.items() if key in answers and _differ(answers[key], bound)]
        if len(differing) >= 2 and len(answers) >= _SEVERAL:
            several = True
            answers = max(answers, other.answers, key=len)
        else:
            several = several or other.several
            answers = {**other.answers, **answers}
    return Form(answers, several, own.quoted)


def _differ(one: Bound, other: Bound) -> bool:
    """Whether two answers say different things; one may say more than the other."""
    words, others = f" {fold(one.text)} ", f" {fold(other.text)} "
    return words not in others and others not in words


def _read(document: Document, desk: Desk, found: Attached, depth: int) -> None:
    """Put what `document` says to `found`."""
    try:
        if document.kind == "message":
            for source in _message(document, desk, found, depth):
                found.sources.append(source)
            return
        read = [_form(view, desk) for view in views_of(document)]
    except (DocumentError, MemoryError):
        found.unreadable.append(_name(document))
        return
    most = max((len(source.form.answers) for source in read), default=0)
    # What belongs together is told best by the first; a few answers more in another one are likely to be mistaken.
    best = next((source for source in read if len(source.form.answers) >= _ENOUGH * most), None)
    if best and len(best.form.answers) >= _least(desk):
        found.sources.append(best)


def _form(lines: Sequence[Line], desk: Desk) -> Source:
    """The form that the lines of a document hold. A document has neither signature nor quotation."""
    kept: list[Line] = []
    room = _CHARACTERS
    for line in lines[:_LINES]:
        room -= len(line.text)
        if room < 0:
            break
        kept.append(line)
    parts = [Part(line, Role.NEW) for line in kept]
    return Source(read_form(parts, Labels(desk.questions)), "\n".join(line.text for line in kept))


def _least(desk: Desk) -> int:
    """How many answers make a form of a document: manuals and logs have a word with a colon now and then."""
    return min(_SEVERAL, max(2, len(desk.questions) // 2))


def _message(document: Document, desk: Desk, found: Attached, depth: int) -> Iterator[Source]:
    """The form and the text of an attached message, and what its own attachments say."""
    from intake.parse import parse  # noqa: PLC0415 - the way from bytes to values, for the mail inside the mail

    inner = parse(document.data)
    if inner.unreadable or depth >= _DEPTH:
        raise DocumentError("cannot be read")
    ours = {address.lower() for address in desk.addresses}
    # What a desk or a machine wrote is no customer's answer.
    machine = inner.klass not in (ReadingClass.NEW, ReadingClass.REPLY)
    if machine or (inner.sender and inner.sender.address.lower() in ours):
        return
    place = place_of(document)
    view = best_view(inner, desk, origin_of_message(inner))
    answers = {key: _moved(bound, place) for key, bound in view.form.answers.items()}
    parts = [replace(part, line=replace(part.line, where=f"{place}, {part.line.where}")) for part in view.parts]
    yield Source(
        Form(answers, view.form.several), f"{inner.subject}\n{view.content}", parts, inner.subject, inner.sender
    )
    deeper = Attached(unreadable=found.unreadable)
    for one in inner.documents:
        _read(one, desk, deeper, depth + 1)
    for source in deeper.sources:
        moved = {key: _moved(bound, place) for key, bound in source.form.answers.items()}
        yield replace(source, form=Form(moved, source.form.several))


def _moved(bound: Bound, place: str) -> Bound:
    return replace(bound, where=f"{place}, {bound.where}")


def _name(document: Document) -> str:
    return " ".join(document.filename.split())[:80] or f"attachment {document.number}"
