"""Addresses of ours, and addresses that can be written to."""

from __future__ import annotations

import pytest

from rules.addresses import POSTMASTER, bounce_address, desk_of, is_bounce_address, sendable, split_plus

DESKS = [("red", ("mo.bud@bt.com", "red@bt.com")), ("blue", ("Blue@example.net",))]
OWN = frozenset({"mo.bud@bt.com", "red@bt.com", "blue@example.net"})


@pytest.mark.parametrize(
    ("address", "split"),
    [
        ("Mo.Bud@BT.com", ("mo.bud@bt.com", "")),
        ("Mo.Bud+t.X1@BT.com", ("mo.bud@bt.com", "t.X1")),
        ("mo.bud+a+b@bt.com", ("mo.bud@bt.com", "a+b")),
        ("mo.bud+@bt.com", ("mo.bud@bt.com", "")),
        ("postmaster", ("postmaster", "")),
        ("", ("", "")),
    ],
)
def test_a_tag_is_split_off(address: str, split: tuple[str, str]) -> None:
    assert split_plus(address) == split


@pytest.mark.parametrize(
    ("address", "desk"),
    [
        ("mo.bud@bt.com", "red"),
        (" RED@BT.COM ", "red"),
        ("mo.bud+t.1.0.k1.mac@bt.com", "red"),
        ("blue@example.net", "blue"),
        ("blue@bt.com", None),
        ("mo.bud@bt.com.evil.example", None),
        ("mo.bud@sub.bt.com", None),
        ("xmo.bud@bt.com", None),
        ("postmaster", POSTMASTER),
        ("Postmaster@bt.com", POSTMASTER),
        ("postmaster+x@example.net", POSTMASTER),
        ("postmaster@elsewhere.example", None),
        ("", None),
        ("@bt.com", None),
    ],
)
def test_an_address_belongs_to_one_desk_or_none(address: str, desk: str | None) -> None:
    assert desk_of(address, DESKS) == desk


def test_a_bounce_address_comes_back_to_its_desk_and_is_known_in_any_case() -> None:
    address = bounce_address("mo.bud@bt.com", "ack.42.1.k1.mac")
    assert address == "mo.bud+b.ack.42.1.k1.mac@bt.com"
    assert desk_of(address, DESKS) == "red"
    assert is_bounce_address(address, OWN)
    assert is_bounce_address(address.upper(), OWN)


@pytest.mark.parametrize(
    "address", ["mo.bud@bt.com", "mo.bud+t.1@bt.com", "mo.bud+bx@bt.com", "ana+b.smith@gmail.example"]
)
def test_other_addresses_are_no_bounce_addresses(address: str) -> None:
    assert not is_bounce_address(address, OWN)


@pytest.mark.parametrize("address", ["a@b", "o'neil+x@sub.example.com", '"a b"@example.com', f"{'a' * 64}@example.com"])
def test_sendable(address: str) -> None:
    assert sendable(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@example.com",
        "a@",
        "a b@example.com",
        "a@exa_mple.com",
        "a@[192.0.2.1]",
        "á@example.com",
        "a@-example.com",
        "a@example.com\r\nBcc: x@example.com",
        "a..b@example.com",
        ".a@example.com",
        "a@b\n",
        f"a@{'b' * 253}",
    ],
)
def test_not_sendable(address: str) -> None:
    assert not sendable(address)
