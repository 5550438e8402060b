"""Encrypted mail: recognised, never opened. And what a signature in the text puts around it, taken away."""

from __future__ import annotations

import re

PGP, SMIME, RPMSG = "pgp", "smime", "rpmsg"
"""How a mail may be encrypted: PGP, S/MIME, Microsoft's rights management."""

_ARMOUR = re.compile(r"^[ \t]*-----BEGIN PGP MESSAGE-----[ \t\r]*$", re.MULTILINE)
_ARMOURED = re.compile(r"-----BEGIN PGP MESSAGE-----.*?(?:-----END PGP MESSAGE-----|\Z)", re.DOTALL)
_MARKUP = re.compile(r"<[^<>]{0,500}>|&nbsp;|\s")
_PROTECTED = re.compile(r"message(?:_v\d)?\.rpmsg", re.IGNORECASE)
_CLEAR = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\r?\n((?:[A-Za-z-]{1,30}: ?[^\r\n]{0,200}\r?\n){0,9})[ \t]*\r?\n",
    re.MULTILINE,
)
_SIGNATURE = re.compile(r"^-----BEGIN PGP SIGNATURE-----", re.MULTILINE)
_END = re.compile(r"^-----END PGP SIGNATURE-----[^\r\n]*", re.MULTILINE)
_DASHED = re.compile(r"^- (?=-|From )", re.MULTILINE)
_NOT_LINE_ENDS = re.compile(r"[^\r\n]+")
_WORDS_BESIDE = 400


def is_protected(filename: str, content_type: str) -> bool:
    """Whether an attachment is a mail under Microsoft's rights management (MS-OXORMMS)."""
    return content_type == "application/x-microsoft-rpmsg-message" or bool(_PROTECTED.fullmatch(filename))


def is_armoured(text: str, *, html: bool) -> bool:
    """Whether a text is an encrypted one (RFC 9580 section 6.2), and what stands beside it no more than a greeting."""
    if html:
        # The lines are paragraphs.
        return "-----BEGINPGPMESSAGE-----" in _MARKUP.sub("", text[:20_000])[: _WORDS_BESIDE + 100]
    match = _ARMOUR.search(text)
    return match is not None and len(text[: match.start()].strip()) <= _WORDS_BESIDE


def without_armour(text: str) -> str:
    """The text without what is encrypted in it; its lines keep their numbers."""
    return _ARMOURED.sub(lambda match: _NOT_LINE_ENDS.sub("", match[0]), text)


def without_clear_signature(text: str) -> str:
    """A text in the cleartext signature framework (RFC 9580 section 7) as it was written. Its lines keep their numbers:
    the lines around it become empty."""
    begin = _CLEAR.search(text)
    if begin is None:
        return text
    signature = _SIGNATURE.search(text, begin.end())
    if signature is None:
        return text
    end = _END.search(text, signature.end())
    said = _DASHED.sub("", text[begin.end() : signature.start()])
    frame = text[signature.start() : end.end() if end else len(text)]
    after = text[end.end() :] if end else ""
    return text[: begin.start()] + _NOT_LINE_ENDS.sub("", begin[0]) + said + _NOT_LINE_ENDS.sub("", frame) + after
