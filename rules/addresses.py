"""Addresses of ours: plus-addresses and the address that bounces come back to."""

from __future__ import annotations

import re
from collections.abc import Iterable

POSTMASTER = "postmaster"
"""The desk that no file describes: RFC 5321 s4.5.1 wants postmaster's mail accepted; a person reads it, no rule
answers it."""

_BOUNCE_TAG = "b."
_LOCAL_PART_CHARACTERS = 64

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(
    rf'(?:{_ATEXT}(?:\.{_ATEXT})*|"(?:[ !#-\[\]-~]|\\[ -~])+")@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?'
)


def sendable(address: str) -> bool:
    """Whether `address` is one that a relay of 7 bits takes: RFC 5321 s4.1.2 in ASCII, at most 254 characters."""
    return len(address) <= 254 and _ADDRESS.fullmatch(address) is not None


def split_plus(address: str) -> tuple[str, str]:
    """("mo.bud@bt.com", "t.x1") of "Mo.Bud+t.x1@BT.com": the address without its tag in lower case, and the tag as
    written."""
    local, _, domain = address.rpartition("@")
    base, plus, tag = local.partition("+")
    return (f"{base}@{domain}".lower(), tag) if plus else (address.lower(), "")


def bounce_address(desk_address: str, token: str) -> str:
    """The reverse-path of a message of ours; the token says which one it was. `desk_address` unchanged where the local
    part has no room (RFC 5321 s4.5.3.1.1)."""
    local, _, domain = desk_address.rpartition("@")
    plus = f"{local}+{_BOUNCE_TAG}{token}"
    return f"{plus}@{domain}" if len(plus) <= _LOCAL_PART_CHARACTERS else desk_address


def bounce_token(address: str, own_addresses: frozenset[str]) -> str:
    """The token of a bounce address of ours, "" for any other address."""
    base, tag = split_plus(address.strip())
    ours = tag.lower().startswith(_BOUNCE_TAG) and base in own_addresses
    return tag[len(_BOUNCE_TAG) :] if ours else ""


def is_bounce_address(address: str, own_addresses: frozenset[str]) -> bool:
    """Whether mail to this address can only be a report about a message of ours. `own_addresses`: in lower case and
    without tags; "+b." in an address of somebody else's means nothing."""
    base, tag = split_plus(address.strip())
    return tag.lower().startswith(_BOUNCE_TAG) and base in own_addresses


def desk_of(address: str, desks: Iterable[tuple[str, Iterable[str]]]) -> str | None:
    """The desk (from pairs of id and addresses) that a recipient address belongs to; `POSTMASTER` for postmaster,
    bare or at a domain of ours; None for an address that is not ours."""
    base, _ = split_plus(address.strip())
    domains = set()
    for desk, own in desks:
        for one in own:
            if base == one.lower():
                return desk
            domains.add(one.rpartition("@")[2].lower())
    local, _, domain = base.rpartition("@")
    if base == POSTMASTER or (local == POSTMASTER and domain in domains):
        return POSTMASTER
    return None
