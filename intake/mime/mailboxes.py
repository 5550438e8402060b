"""Address fields read leniently: To, Cc, Reply-To and other lists where a wrong guess decides nothing.

Who sent a mail is judged by `intake.mime.sender` alone, which does not guess.
"""

from __future__ import annotations

import re

from intake.mime.charsets import repaired
from intake.mime.headers import TEXT_BYTES, clean_header, decode_words
from rules.model import Mailbox

LIST_BYTES = 64 * 1024
"""An address list is read so far and no further."""
MAILBOXES = 200
"""Of one list so many mailboxes are kept."""

# Each alternative takes whatever follows its first character, closed or not, so that no text is scanned twice.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*\\?(?:"|\Z)|\([^()]*\)?|<[^<>]*>?|[,;:]|[^"(<,;:]+', re.DOTALL)
_ADDRESS = re.compile(r'[^\s<>@,;:"()\[\]\\]{1,64}@[^\s<>@,;:"()\[\]\\]{1,255}')
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_ANGLE = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>.*", re.DOTALL)
_COMMENTED = re.compile(r"(?P<address>[^()<>]+)\((?P<name>[^()]*)\)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def mailboxes(raw: bytes) -> tuple[Mailbox, ...]:
    """The mailboxes of an address list (RFC 5322 section 3.4) as far as they can be told; groups are flattened.

    At most `MAILBOXES` of the first `LIST_BYTES`. Never raises.
    """
    found: list[Mailbox] = []
    words: list[str] = []
    angle = ""
    for piece in [*_TOKEN.findall(repaired(raw[:LIST_BYTES])), ","]:
        if piece in (",", ";"):
            _add(found, words, angle)
            words, angle = [], ""
        elif piece == ":":
            words = []
        elif piece.startswith("<"):
            angle = piece.strip("<> \t\r\n")
        else:
            words.append(piece)
        if len(found) >= MAILBOXES:
            break
    return tuple(found)


def author(raw: bytes) -> Mailbox | None:
    """Whom a From field names, for people to read: an address without a domain or with spaces in it is shown too. What
    is decided and who is answered depends on `intake.mime.sender` alone."""
    usable = mailboxes(raw)
    if usable:
        return usable[0]
    text = repaired(raw[:TEXT_BYTES])
    match = _ANGLE.fullmatch(text.strip()) or _COMMENTED.fullmatch(text.strip())
    name, address = (match["name"], match["address"]) if match else ("", text)
    shown = clean_header(decode_words(address))
    return Mailbox(shown, display_name(name)) if shown else None


def _add(found: list[Mailbox], words: list[str], angle: str) -> None:
    text = "".join(words).strip()
    match = None if angle else _ADDRESS.search(text)
    address = usable_address(angle or (match[0] if match else ""))
    if not address:
        return
    name = "" if match else display_name(text)
    found.append(Mailbox(address, "" if name.casefold() == address.casefold() else name))


def display_name(phrase: str) -> str:
    """The display name that a phrase stands for: unquoted, RFC 2047 words decoded, clean."""
    phrase = phrase.strip()
    if len(phrase) > 1 and phrase.startswith('"') and phrase.find('"', 1) == len(phrase) - 1:
        phrase = phrase[1:-1]
    phrase = _ESCAPED.sub(r"\1", phrase.replace('"', "") if "\\" not in phrase else phrase.strip('"'))
    return clean_header(decode_words(phrase))


def usable_address(address: str) -> str:
    """`address` with its domain in lower-case ASCII, or "" where it is no addr-spec that mail can be sent to."""
    if not _ADDRESS.fullmatch(address):
        return ""
    local, _, domain = address.rpartition("@")
    ascii_name = ascii_domain(domain)
    if not ascii_name or not local.isascii() or not local.isprintable():
        return ""
    return f"{local}@{ascii_name}"


def ascii_domain(domain: str) -> str:
    """A domain in lower-case ASCII (RFC 5890 A-labels), or "" where that would take more than lower case and IDNA.

    Characters that IDNA maps to others (full width, soft hyphen, ideographic full stop) make the domain unusable: two
    spellings of one domain must never come out equal.
    """
    if len(domain) > 253:
        return ""
    labels = [_ascii_label(label) for label in domain.lower().split(".")]
    return ".".join(labels) if all(labels) else ""


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label if _LABEL.fullmatch(label) else ""
    if len(label) > 63:
        return ""
    try:
        encoded = label.encode("idna").decode("ascii")
        same = encoded.encode("ascii").decode("idna") == label
    except (UnicodeError, ValueError):
        return ""
    return encoded if same and _LABEL.fullmatch(encoded) else ""
