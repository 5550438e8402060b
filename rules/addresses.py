"""Addresses of ours: plus-addresses and the address that bounces come back to."""

from __future__ import annotations

from collections.abc import Iterable

POSTMASTER = "postmaster"
"""The desk that no file describes: RFC 5321 s4.5.1 wants postmaster's mail accepted; a person reads it, no rule answers it."""

_BOUNCE_TAG = "b."


def split_plus(address: str) -> tuple[str, str]:
    """("mo.bud@bt.com", "t.x1") of "Mo.Bud+t.x1@BT.com": the address without its tag in lower case, and the tag as written."""
    local, _, domain = address.rpartition("@")
    base, plus, tag = local.partition("+")
    return (f"{base}@{domain}".lower(), tag) if plus else (address.lower(), "")


def bounce_address(desk_address: str, token: str) -> str:
    """The reverse-path of a message of ours; the token says which one it was."""
    local, _, domain = desk_address.rpartition("@")
    return f"{local}+{_BOUNCE_TAG}{token}@{domain}"


def is_bounce_address(address: str) -> bool:
    """Whether mail to this address can only be a report about a message of ours."""
    return split_plus(address)[1].lower().startswith(_BOUNCE_TAG)


def desk_of(address: str, desks: Iterable[tuple[str, Iterable[str]]]) -> str | None:
    """The desk (from pairs of id and addresses) that a recipient address belongs to; `POSTMASTER` for postmaster, bare or
    at a domain of ours; None for an address that is not ours."""
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
