"""Filters of templates that show a person's text as it was written."""

from __future__ import annotations

import re

_SPACES = re.compile(r"^ +| {2,}")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_MIB = 1 << 20


def paragraphs(text: str) -> tuple[tuple[str, ...], ...]:
    """`text` as paragraphs of lines, for HTML: spaces that HTML would fold, such as those of an aligned list, are kept
    by no-break spaces."""
    blocks = _BLANK_LINES.split(text.expandtabs(4).strip("\n"))
    return tuple(tuple(_SPACES.sub(_kept, line.rstrip()) for line in block.split("\n")) for block in blocks if block)


def quoted(text: str) -> str:
    """`text` as a quotation in plain text: "> " before each line."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def size(octets: int, language: str) -> str:
    """A file's size as people write it: "340 KB", "1,2 MB" ("1.2 MB" in English)."""
    if octets < _MIB:
        return f"{-(-octets // 1024)} KB"
    number = f"{octets / _MIB:.1f}".removesuffix(".0")
    return f"{number if language == 'en' else number.replace('.', ',')} MB"


def _kept(spaces: re.Match[str]) -> str:
    # The last one stays, so that a long line may still break.
    return "\u00a0" * len(spaces[0]) if spaces.start() == 0 else "\u00a0" * (len(spaces[0]) - 1) + " "
