"""A displayed line of a mail: what every later step of reading works on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line as a mail program shows it, without its quote marks.

    `where` is its place ("part 1, line 12"), `depth` how deep it is quoted. A table row carries its `cells`, whose
    inner line breaks are kept. `own` is the end of the line that stands in a colour of its own ("" where none does),
    `signature` says that the markup names it a signature. `indent` counts the blanks that a line of
    plain text begins with.
    """

    text: str
    where: str
    depth: int = 0
    cells: tuple[str, ...] = ()
    own: str = ""
    signature: bool = False
    indent: int = 0
