"""Lines that look like labels or headings to anyone, no matter whether a desk knows them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rules.words import fold

HEADING_CHARACTERS = 80
_HEADING = re.compile(
    r"^(?:en caso de|em caso de|in case of|solo (?:si|en)|so se|somente|only (?:if|for)|si (?:hay|aplica)|se houver"
    r"|if )"
)
# "SEVERITY = 1" or "Severity: 1" is a label too, no matter that the desk does not know it.
_SIBLING = re.compile(r"^[^\W\d_][\w /().]{1,40}?\s*(?:=|->|=>|→)\s|^[A-ZÀ-Ý][\w /().]{1,30}:(?:\s|$)")
# "*Contato local:* ...", as chat programs write a label in bold.
_STARRED = re.compile(r"^(\*{1,2}|_{1,2})[^\W\d_][^*_\n]{1,80}(?:[:?]\1|\1\s?:)(?:\s|$)")
# "Who to call – Ravi"
_DASHED = re.compile(r"^([^\W\d_][^:=–—\n]{1,40}?)\s[-–—]\s\S")
_DASHED_WORDS = 6
_DATE = re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b")
_PHONE = re.compile(r"\d[\d ()./-]{6,}\d")


def is_heading(text: str) -> bool:
    """Whether a line announces what stands below it ("Contactos:", "En caso de lentitud")."""
    return text.endswith(":") or _HEADING.match(fold(text[:80])) is not None


def may_head(paragraph: Sequence[str]) -> bool:
    """Whether a paragraph may be the heading of what stands below it."""
    return len(paragraph) == 1 and len(paragraph[0]) <= HEADING_CHARACTERS and paragraph[0][-1:] not in ".!"


def is_sibling(text: str) -> bool:
    """Whether a line has a label of its own, and no address or phone that would be part of a contact."""
    return _STARRED.match(text) is not None or (_SIBLING.match(text) is not None and not _reaches(text))


def is_dashed(text: str) -> bool:
    """Whether a line has a label before a dash, where others of the form have theirs; it holds no address or phone."""
    label = _DASHED.match(text)
    few = label is not None and len(label[1].split()) <= _DASHED_WORDS
    return few and text[:1].isupper() and not _reaches(text)


def has_dash(text: str) -> bool:
    """Whether the words at the beginning of a line are set off by a dash."""
    return _DASHED.match(text) is not None


def _reaches(text: str) -> bool:
    return "@" in text or _PHONE.search(_DATE.sub("", text[:1_000])) is not None
