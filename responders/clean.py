"""Text of strangers made fit for a mail of ours: in header fields, in text bodies, and repeated in an
acknowledgement."""

from __future__ import annotations

import re
import unicodedata

HEADER_CHARACTERS = 200
ECHO_CHARACTERS = 120
THREAD_CHARACTERS = HEADER_CHARACTERS - len("Re: ")
"""The longest subject of a thread: cut later, behind "Re: ", it would be another subject to mail programs."""

# Control, format and surrogate characters. The format characters reorder or hide what is displayed: with them a name
# can show an address that is not there, and a link can escape the eyes of a pattern.
_UNSEEN = frozenset(("Cc", "Cf", "Cs"))
_SPACE = re.compile(r"[\s\u2028\u2029\x85]+")
_LINE_END = re.compile(r"\r\n?|\n|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*)?:[/\\]{2,}|\b(?:mailto|news|skype|xmpp):(?=\S)", re.IGNORECASE)
_DOT = r"[.\u3002\uff0e\uff61]"
_HOST = re.compile(rf"[\w-]+(?:{_DOT}[\w-]+)*{_DOT}[^\W\d_][\w-]+")
_SHARE = re.compile(r"\\{2,}")


def clean_header(text: str, cap: int = HEADER_CHARACTERS) -> str:
    """`text` as one line for a header field: white space folded; C0, C1, U+2028, U+2029, surrogates and invisible
    format characters dropped; at most `cap` characters."""
    # Ten times the cap is enough to fold white space in, and bounds the work on a subject of megabytes.
    folded = _SPACE.sub(" ", text[: cap * 10])
    seen = "".join(c for c in folded if unicodedata.category(c) not in _UNSEEN)
    # What was dropped may have stood between two blanks.
    return _clipped(_SPACE.sub(" ", seen).strip(), cap)


def clean_text(text: str) -> str:
    """`text` with line ends as "\\n" and without control characters other than these and tabs."""
    return _CONTROL.sub("", _LINE_END.sub("\n", text))


def echo(text: str, cap: int = ECHO_CHARACTERS) -> str:
    """A stranger's words as an acknowledgement may repeat them: one line, at most `cap` characters, nothing in it
    that a mail program turns into a link. Doing it twice changes nothing.

    An acknowledgement goes to whoever stands in From, which may be forged: it must be worthless to a spammer. IP
    addresses and phone numbers stay as they are.
    """
    line = clean_header(text, cap)
    before = ""
    while before != line:
        # Removing one scheme can join the halves of another ("http:/mailto:/").
        before, line = line, _SCHEME.sub("", line)
    line = _SHARE.sub(r"\\", line)
    return clean_header(_HOST.sub(lambda host: re.sub(_DOT, "[.]", host[0]), line), cap)


def _clipped(text: str, cap: int) -> str:
    return text if len(text) <= cap else text[: cap - 1].rstrip() + "…"
