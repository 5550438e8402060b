"""Bound answers, and the one form that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rules.words import fold


@dataclass(frozen=True, slots=True)
class Bound:
    """The verbatim answer to a question and its place in the mail."""

    key: str
    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Form:
    """The answers found, by key, and whether the mail holds several filled forms that differ (then only one is
    taken). `quoted` are those in what the mail repeats: old ones, and such as were typed between quoted questions."""

    answers: Mapping[str, Bound]
    several: bool = False
    quoted: Mapping[str, Bound] = field(default_factory=dict)


def one_form(bound: Sequence[Bound]) -> Form:
    """The fullest of the forms in a mail. A form ends where a filled label comes again with another answer.

    Two forms that differ in at least two answers are two reports: nothing of the other is taken. A label that merely
    comes twice does not part the form.
    """
    blocks: list[dict[str, Bound]] = [{}]
    for one in bound:
        if not one.text:
            continue
        known = blocks[-1].get(one.key)
        if known is not None and fold(known.text) == fold(one.text):
            continue
        if known is not None:
            blocks.append({})
        blocks[-1][one.key] = one
    best = max(blocks, key=len)
    answers, several = dict(best), False
    for block in blocks:
        if block is best:
            continue
        differing = [k for k, b in block.items() if k in best and fold(best[k].text) != fold(b.text)]
        if len(differing) >= 2:
            several = True
        else:
            answers = {**block, **answers} if blocks.index(block) > blocks.index(best) else {**answers, **block}
    return Form(answers, several)
