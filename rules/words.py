"""Comparing words as people write them: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

REPLY_ABOVE = {
    "es": "Escriba su respuesta encima de esta línea",
    "pt": "Escreva sua resposta acima desta linha",
    "en": "Write your answer above this line",
}
"""The words of the first line of every mail to agents that may be answered, per language. What a reply repeats from
there on is ours, and never leaves."""

_WORD = re.compile(r"[^\W_]+")
_SHORT_CHARACTERS = 200


def fold(text: str) -> str:
    """The words of `text` in lower case, without accents, one space apart: "¿Está LLOVIENDO?" is "esta lloviendo"."""
    # A desk's labels and cues are folded for every mail; a mail's own long texts are not worth remembering.
    return _remembered(text) if len(text) <= _SHORT_CHARACTERS else _folded(text)


def _folded(text: str) -> str:
    bare = text.casefold()
    if not bare.isascii():
        bare = "".join(sign for sign in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(sign))
    return " ".join(_WORD.findall(bare))


_remembered = lru_cache(maxsize=16384)(_folded)


def has_any(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of `phrases` stands in `text` at word boundaries, compared as `fold` does."""
    words = f" {fold(text)} "
    folded = (fold(phrase) for phrase in phrases)
    return any(phrase and f" {phrase} " in words for phrase in folded)
