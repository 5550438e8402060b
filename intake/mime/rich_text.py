"""Plain text of Rich Text Format (RTF 1.9).

Only text is wanted: fonts, pictures and field codes are skipped, a table's cells become tabs. HTML that a mail
encapsulates (MS-OXRTFEX) can be had as HTML again. Linear in the length; never raises.
"""

from __future__ import annotations

import html
import re
from itertools import islice

from intake.mime.charsets import decode

RTF_BYTES = 4 * 1024 * 1024
"""So much RTF is read."""
TOKENS = 300_000
"""So many words, marks and stretches of text are read: a mail may hold ten such documents."""
TEXT_CHARACTERS = 1024 * 1024
_DEPTH = 500

_TOKEN = re.compile(
    r"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+",
    re.IGNORECASE | re.DOTALL,
)
_SKIPPED = frozenset(
    {
        *("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "fldinst", "header", "footer", "headerl"),
        *(
            "headerr",
            "footerl",
            "footerr",
            "footnote",
            "filetbl",
            "listtable",
            "listoverridetable",
            "revtbl",
            "rsidtbl",
        ),
        *(
            "generator",
            "xmlnstbl",
            "themedata",
            "datastore",
            "latentstyles",
            "bkmkstart",
            "bkmkend",
            "htmltag",
            "deleted",
        ),
    }
)
_CHARACTERS = dict.fromkeys(("par", "line", "row", "nestrow", "page", "sect"), "\n")
_CHARACTERS |= dict.fromkeys(("tab", "cell", "nestcell"), "\t")
_CHARACTERS |= dict.fromkeys(("emspace", "enspace", "qmspace"), " ")
_CHARACTERS |= {"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"}
_CHARACTERS["bullet"] = "•"
_SYMBOLS = {"~": "\u00a0", "_": "-", "\\": "\\", "{": "{", "}": "}", "\n": "\n", "\r": "\n"}
# The charsets of fonts (\fcharset) that differ from Western Europe's.
_FONT_CODEPAGES = {
    "128": 932,
    "129": 949,
    "134": 936,
    "136": 950,
    "161": 1253,
    "162": 1254,
    "177": 1255,
    "178": 1256,
    "186": 1257,
    "204": 1251,
    "222": 874,
    "238": 1250,
}


def rtf_text(data: bytes) -> str:
    """The text that an RTF document shows, "" for what is none."""
    return _read(data, _Reader()) if data.lstrip()[:5] == b"{\\rtf" else ""


def rtf_html(data: bytes) -> str:
    """The HTML that an RTF document encapsulates (MS-OXRTFEX section 2.1), "" where it encapsulates none."""
    return _read(data, _HtmlReader()) if b"\\fromhtml" in data[:1024] else ""


def _read(data: bytes, reader: _Reader) -> str:
    for token in islice(_TOKEN.finditer(data[:RTF_BYTES].decode("latin_1")), TOKENS):
        reader.take(token)
        if reader.length > TEXT_CHARACTERS or reader.closed:
            break
    return reader.text()


class _Reader:
    """Text as far as it was read, and the state of the open groups."""

    hides = "v"
    """The word that hides the text behind it."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._bytes = bytearray()
        self.length = 0
        self.closed = False
        # Skipped, characters to skip after \\u, hidden by \\v, code page of the font.
        self._groups: list[tuple[bool, int, bool, int]] = []
        self._skipped, self._after_unicode, self._hidden, self._font = False, 1, False, 0
        self._to_skip = 0
        self._codepage = 1252
        self._font_named = 0
        self._fonts: dict[int, int] = {}
        self._star = False

    def text(self) -> str:
        self._flush()
        whole = "".join(self._out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return re.sub(r"[ \t]+\n", "\n", whole).strip("\n")

    def take(self, token: re.Match[str]) -> None:
        word, number, octet, symbol, brace, plain = token.groups()
        if brace == "{":
            self._open()
        elif brace == "}":
            self._close()
        elif word:
            self._word(word.lower(), number)
        elif octet:
            self._put_byte(int(octet, 16))
        elif symbol == "*":
            self._star = True
        elif symbol:
            self._put(_SYMBOLS.get(symbol, ""))
        elif plain:
            self._put_plain(plain)

    def _open(self) -> None:
        if len(self._groups) < _DEPTH:
            self._groups.append((self._skipped, self._after_unicode, self._hidden, self._font))

    def _close(self) -> None:
        if not self._groups:
            return
        self._flush()
        self._skipped, self._after_unicode, self._hidden, self._font = self._groups.pop()
        self.closed = not self._groups

    def _word(self, word: str, number: str | None) -> None:
        value = int(number) if number else None
        star, self._star = self._star, False
        if word in _SKIPPED or star:
            self._flush()
            self._skipped = self._skips(word)
        if word == "f" and value is not None:
            self._font_named = value
            if not self._skipped:
                self._flush()
                self._font = self._fonts.get(value, 0)
        elif word == "fcharset":
            self._fonts[self._font_named] = _FONT_CODEPAGES.get(number or "", 0)
        elif word == "ansicpg" and value:
            self._codepage = value
        elif word == "uc":
            self._after_unicode = min(value or 0, 10)
        elif word == "u" and value is not None:
            self._put(chr(value % 65536))
            self._to_skip = self._after_unicode
        elif word == self.hides:
            self._flush()
            self._hidden = value != 0
        elif word in _CHARACTERS:
            self._put(_CHARACTERS[word])

    def _put(self, text: str) -> None:
        self._flush()
        self._to_skip = 0
        if text and not self._skipped and not self._hidden:
            self._say(text)

    def _put_plain(self, plain: str) -> None:
        skip = min(self._to_skip, len(plain))
        self._to_skip -= skip
        if skip < len(plain):
            self._put_bytes(plain[skip:].encode("latin_1"))

    def _put_byte(self, code: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        else:
            self._put_bytes(bytes([code]))

    def _put_bytes(self, data: bytes) -> None:
        if not self._skipped and not self._hidden:
            self._bytes += data

    def _flush(self) -> None:
        if self._bytes:
            self._say(decode(bytes(self._bytes), f"cp{self._font or self._codepage}")[0])
            self._bytes.clear()

    def _say(self, text: str) -> None:
        self._out.append(text)
        self.length += len(text)

    def _skips(self, word: str) -> bool:  # noqa: ARG002
        return True


class _HtmlReader(_Reader):
    """Encapsulated HTML: its tags stand in groups of their own, what stands for them in RTF is marked as that."""

    hides = "htmlrtf"

    def __init__(self) -> None:
        super().__init__()
        self._tag_depth = 0

    def _skips(self, word: str) -> bool:
        if word != "htmltag":
            return True
        self._tag_depth = len(self._groups)
        return False

    def _close(self) -> None:
        super()._close()
        if len(self._groups) < self._tag_depth:
            self._tag_depth = 0

    def _say(self, text: str) -> None:
        super()._say(text if self._tag_depth else html.escape(text, quote=False))
