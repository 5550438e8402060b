"""Keyed tokens: ids and addresses of ours that nobody else can make.

A Message-ID (RFC 5322 s3.6.4) or a plus-address (RFC 5233) that comes back in a reply tells which ticket it was sent
for. Both carry `purpose.ticket.serial.key.mac`, the MAC being 80 bits of HMAC-SHA-256 over all of it and the address
around it:

    ack.42.1.k1.mfrggzdfmztwq2lk@bt.com              a Message-ID, without its angle brackets
    mo.bud+t.42.0.k1.mfrggzdfmztwq2lk@bt.com         an address to reply to

A token proves that we wrote it for that ticket, not that its bearer may act on the ticket.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass, field

_MAC_BYTES = 10
_MAC_CHARACTERS = 16  # in base32
_MESSAGE_ID_CHARACTERS = 68  # 70 with the angle brackets
_LOCAL_PART_CHARACTERS = 64  # RFC 5321 s4.5.3.1.1
_ADDRESS_CHARACTERS = 320

_PURPOSE = re.compile(r"[a-z]{1,6}")
_TICKET = re.compile(r"[a-z0-9-]{1,16}")
_KEY_ID = re.compile(r"[a-z0-9]{1,4}")
_REST = r"\.[a-z0-9-]{1,16}\.(?:0|[1-9][0-9]{0,8})\.[a-z0-9]{1,4}\.[a-z2-7]{16}"
_TOKEN = re.compile(
    r"(?P<purpose>[a-z]{1,6})\.(?P<ticket>[a-z0-9-]{1,16})\.(?P<serial>0|[1-9][0-9]{0,8})"
    r"\.(?P<key>[a-z0-9]{1,4})\.(?P<mac>[a-z2-7]{16})"
)


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key: `id` of 1 to 4 characters a-z and 0-9, `secret` of at least 16 bytes. Raises ValueError
    otherwise."""

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not _KEY_ID.fullmatch(self.id):
            raise ValueError(f"key id {self.id!r} is not 1 to 4 characters a-z and 0-9")
        if len(self.secret) < 16:
            raise ValueError(f"the secret of key {self.id} is shorter than 16 bytes")


@dataclass(frozen=True, slots=True)
class Token:
    """What a token was signed for."""

    purpose: str
    ticket_id: str
    serial: int


def message_id(key: Key, token: Token, domain: str) -> str:
    """The Message-ID of the message that `token` names, without angle brackets; at most 70 characters with them.

    Stable: the same arguments give the same id. Of a domain too long for the room the right-hand end is taken. Raises
    ValueError for a token that cannot be written: purpose a-z (1 to 6), ticket id a-z, 0-9 and "-" (1 to 16), serial
    below 10^9.
    """
    room = _MESSAGE_ID_CHARACTERS - len(f"{_body(key, token)}.") - _MAC_CHARACTERS - len("@")
    right = domain.lower()[-room:].lstrip(".-")
    return f"{_signed(key, token, '', right)}@{right}"


def plus_address(key: Key, token: Token, address: str) -> str:
    """`address` with the token behind a plus sign; `address` unchanged where the local part has no room (RFC 5321
    s4.5.3.1.1). Raises ValueError as `message_id` does."""
    local, _, domain = address.lower().rpartition("@")
    plus = f"{local}+{_signed(key, token, local, domain)}"
    return f"{plus}@{domain}" if len(plus) <= _LOCAL_PART_CHARACTERS else address


def verify(keys: Iterable[Key], text: str) -> Token | None:
    """What `text`, a Message-ID or a plus-address with or without angle brackets, was signed for by one of `keys`.

    None for anything that we did not write. Letter case is forgiven, since programs on the way change it in addresses.
    """
    if len(text) > _ADDRESS_CHARACTERS:
        return None
    around, _, domain = text.strip().removeprefix("<").removesuffix(">").lower().rpartition("@")
    local, _, written = around.rpartition("+")
    match = _TOKEN.fullmatch(written)
    if match is None or not domain.isascii() or not local.isascii():
        return None
    token = Token(match["purpose"], match["ticket"], int(match["serial"]))
    for key in keys:
        if key.id == match["key"] and hmac.compare_digest(_signed(key, token, local, domain), written):
            return token
    return None


def completed(keys: Iterable[Key], left: str, domains: Iterable[str]) -> str | None:
    """The Message-ID of ours whose part before the @ is `left`, of one of `domains`; None for what we did not write."""
    match = _TOKEN.fullmatch(left.lower())
    if match is None:
        return None
    token = Token(match["purpose"], match["ticket"], int(match["serial"]))
    made = (message_id(key, token, domain) for key in keys if key.id == match["key"] for domain in domains)
    return next((one for one in made if hmac.compare_digest(one.partition("@")[0], left.lower())), None)


def without_tokens(text: str, purpose: str) -> str:
    """`text` without what could be a token of `purpose`, ours or not: "…" stands for each, nothing for one behind the
    plus sign of an address."""
    token = re.compile(rf"(\+?){purpose}{_REST}", re.IGNORECASE)
    return token.sub(lambda found: "" if found[1] else "…", text)


def _body(key: Key, token: Token) -> str:
    if not _PURPOSE.fullmatch(token.purpose) or not _TICKET.fullmatch(token.ticket_id) or not 0 <= token.serial < 10**9:
        raise ValueError(f"not a token that can be written: {token}")
    return f"{token.purpose}.{token.ticket_id}.{token.serial}.{key.id}"


def _signed(key: Key, token: Token, local: str, domain: str) -> str:
    body = _body(key, token)
    # The parts around the token are signed too, so that one desk's token says nothing in another desk's address; NUL
    # stands in neither of them, so no two triples give the same text.
    text = "\0".join((body, local, domain)).encode()
    mac = hmac.digest(key.secret, text, "sha256")[:_MAC_BYTES]
    return f"{body}.{b32encode(mac).decode().lower()}"
