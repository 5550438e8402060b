"""Comparing words as people write them: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """The words of `text` in lower case, without accents, one space apart: "¿Está LLOVIENDO?" is "esta lloviendo"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(_WORD.findall(bare))


def has_any(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of `phrases` stands in `text` at word boundaries, compared as `fold` does."""
    words = f" {fold(text)} "
    folded = (fold(phrase) for phrase in phrases)
    return any(phrase and f" {phrase} " in words for phrase in folded)
