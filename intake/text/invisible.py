"""Signs that nobody sees: they part words that belong together, and blanks that are none."""

from __future__ import annotations

import re

# Soft hyphen, zero-width space, word joiner, byte order mark, marks and embeddings of direction. The joiners U+200C and
# U+200D shape letters and emoji, and stay.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def visible(text: str) -> str:
    """`text` as it is displayed: without signs of no width, and every kind of blank a plain one."""
    return text if text.isascii() else _BLANKS.sub(" ", _UNSEEN.sub("", text))
