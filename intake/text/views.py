"""The text of a message as it is displayed, and what stands in it under the desk's labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.questionnaire.bare import bare_answers
from intake.questionnaire.blocks import Form
from intake.questionnaire.forms import read_form
from intake.questionnaire.labels import Labels
from intake.text.body import views
from intake.text.lines import Line
from intake.text.quoting import Origin, Part, Role, origin_of, parted
from intake.text.typed import open_questions, with_typed
from rules.model import Message
from rules.policy import Desk

SUBJECT_CHARACTERS = 998
_SAID = frozenset({Role.NEW, Role.FORWARDED})


@dataclass(frozen=True, slots=True)
class View:
    """One way in which the mail's text is displayed, read. `marked` are the parts as the marks alone tell them, without
    the words that were typed into quoted lines."""

    lines: Sequence[Line]
    parts: Sequence[Part]
    form: Form
    marked: Sequence[Part] = ()

    @property
    def content(self) -> str:
        """New and forwarded text: what the mail itself says."""
        return "\n".join(p.line.text for p in self.parts if p.role in _SAID)

    @property
    def own(self) -> str:
        """The same with the signature."""
        roles = {Role.NEW, Role.FORWARDED, Role.SIGNATURE}
        return "\n".join(p.line.text for p in self.parts if p.role in roles)

    @property
    def unlabelled(self) -> str:
        """What the writer chose the words of: new and forwarded text without the labels of the form."""
        kept = [p.line.text for p in self.parts if p.role in _SAID and p.line.where not in self.form.labelled]
        return "\n".join([*kept, *(bound.text for bound in self.form.answers.values())])


def origin_of_message(message: Message) -> Origin:
    """How the mail came to be, as its subject and threading fields tell."""
    return origin_of(message.subject[:SUBJECT_CHARACTERS], bool(message.in_reply_to or message.references))


def best_view(message: Message, desk: Desk, origin: Origin) -> View:
    """The preferred view of the text, unless the other one holds more answers."""
    labels = Labels(desk.questions)
    name = _name_of(message)
    found: list[View] = []
    for lines in views(message.bodies):
        marked = parted(lines, origin, name)
        parts, form = marked, read_form(marked, labels)
        if origin is Origin.REPLY:
            parts, form = with_typed(marked, form, desk, message.sender)
            if not form.answers:
                asked = open_questions(parts, form, labels, desk, message.sender)
                form = replace(form, answers=bare_answers(parts, asked))
        found.append(View(lines, parts, form, marked))
    return max(found, key=lambda view: (len(view.form.answers), len(view.form.quoted)))


def _name_of(message: Message) -> str:
    """The sender's display name, else the words of the address ("ana.ruiz@..." is "ana ruiz")."""
    if not message.sender:
        return ""
    local = message.sender.address.partition("@")[0][:64]
    return message.sender.name or " ".join(word for word in re.split(r"[^A-Za-z]+", local) if len(word) > 2)
