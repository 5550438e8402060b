"""Bound answers, and the one form that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rules.model import AnswerValue
from rules.words import fold


@dataclass(frozen=True, slots=True)
class Bound:
    """The verbatim answer to a question and its place in the mail. `value`: where the mail tells it elsewhere than in
    the answer's words (None: read it from them). `how` it was found, as in `Answer`."""

    key: str
    text: str
    where: str
    value: AnswerValue = None
    how: str = "label"


@dataclass(frozen=True, slots=True)
class Form:
    """The answers found, by key, and whether the mail holds several filled forms that differ (then only one is
    taken). `quoted` are those in what the mail repeats: old ones, and such as were typed between quoted questions.
    `labelled` are the places of all lines that hold labels or pieces of them."""

    answers: Mapping[str, Bound]
    several: bool = False
    quoted: Mapping[str, Bound] = field(default_factory=dict)
    labelled: frozenset[str] = frozenset()


def one_form(bound: Sequence[Bound]) -> Form:
    """The fullest of the forms in a mail. A form ends where a filled label comes again with another answer.

    Two forms that differ in at least two answers, or in one of three, are two reports: nothing of the other is taken.
    A label that merely comes twice does not part the form.
    """
    blocks: list[dict[str, Bound]] = [{}]
    repeated, again = [0], 0
    for one in bound:
        if not one.text:
            continue
        known = blocks[-1].get(one.key)
        if known is not None and fold(known.text) == fold(one.text):
            again += 1
            continue
        if known is not None:
            blocks.append({})
            repeated.append(again)
        again = 0
        blocks[-1][one.key] = one
    best = max(blocks, key=len)
    answers, several = dict(best), False
    for block, before in zip(blocks, repeated, strict=True):
        if block is best:
            continue
        shared = [key for key in block if key in best]
        differing = [key for key in shared if fold(best[key].text) != fold(block[key].text)]
        if len(differing) >= 2 or (differing and len(shared) + before >= 3):
            several = True
        else:
            answers = {**block, **answers} if blocks.index(block) > blocks.index(best) else {**answers, **block}
    return Form(answers, several)
