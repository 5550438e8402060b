"""Phone numbers as people write them down, in E.164 where their country can be told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberFormat,
    format_number,
    is_possible_number,
    is_valid_number,
    parse,
    region_code_for_number,
)

from intake.questionnaire.countries import area_of

EMAIL = re.compile(r"(?<![^\s<>,;:()\[\]\"'/|])[^\s<>,;:()\[\]\"'@/|]{1,64}@[^\s<>,;:()\[\]\"'@/|]{1,190}")
_TRIES = 40
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15
_TWO_NUMBERS = 14
_GAP = r"(?:[ \u00a0]{1,2}+|\.(?=\d)|[ \u00a0]?[-–‐‑][ \u00a0]?)"
_GROUP = r"\d{1,15}+"
# Possessive throughout: nothing is tried twice.
_NUMBER = re.compile(
    rf"(?<![\w.@+＋-])(?:(?<!/)|(?<=\d/))(?:[+＋] ?)?+(?:\([+＋]?\d{{1,5}}+\){_GAP}?+)?+{_GROUP}"
    rf"(?:{_GAP}?+\(\d{{1,5}}+\){_GAP}?+{_GROUP}|{_GAP}{_GROUP}){{0,9}}+"
    # An extension may follow at once ("x22"); a code goes on with other letters.
    rf"(?![\d_@]|:\d|(?!ext|int|ramal|x ?\d)[^\W\d_])"
)
_NO_PHONE = re.compile(
    r"(?<![\d.])\d{1,3}+(?:\.\d{1,3}+){3}(?:/\d{1,2})?"
    r"|(?<!\d)\d{4}-\d\d-\d\d(?!\d)|(?<![\d-])\d{1,2}([/.-])\d{1,2}\1\d{4}(?!\d)|(?<!\d)\d{1,2}:\d\d(?!\d)"
)
_PARTS = re.compile(r"\s[-–]\s|\s{2,}")
_SIGNS = ("+", "＋", "00")


@dataclass(frozen=True, slots=True)
class Homes:
    """Where the numbers of a mail may be at home, as ISO 3166 countries: the `customer`'s where a directory tells it,
    `ranks` by evidence of the mail, the strongest first and equals together, then the `desk`'s. `area` is the part of
    the world where a number may begin with a bare country code.
    """

    customer: str = ""
    ranks: tuple[frozenset[str], ...] = ()
    desk: str = ""
    area: str = ""

    def nearer(self, *ranks: frozenset[str]) -> Homes:
        """With stronger evidence before the rest."""
        return replace(self, ranks=(*(rank for rank in ranks if rank), *self.ranks))

    @property
    def known(self) -> tuple[frozenset[str], ...]:
        """What is known of the customer, without the desk's country."""
        return (frozenset({self.customer}), *self.ranks) if self.customer else self.ranks


NOWHERE = Homes()


def phones(text: str, homes: Homes) -> list[str]:
    """The phone numbers in `text`: E.164 without extension where it can be told, else the digits as written."""
    found = [e164(text[start:end], homes) for start, end in phone_spans(text)]
    if not found:
        found = re.findall(r"\d{4,15}", re.sub(r"(?<=\d)[ .-](?=\d)", "", _NO_PHONE.sub(" ", text)))
    return list(dict.fromkeys(found))


def phone_spans(text: str) -> list[tuple[int, int]]:
    """Where the phone numbers stand in `text`, without their extensions: at most 40. Linear."""
    hidden = EMAIL.sub(lambda m: "@" * len(m.group()), text)
    hidden = _NO_PHONE.sub(lambda m: "@" * len(m.group()), hidden)
    spans: list[tuple[int, int]] = []
    for match in _NUMBER.finditer(hidden):
        for start, end in _numbers_in(match):
            if _FEWEST_DIGITS <= _count(hidden[start:end]) <= _MOST_DIGITS:
                spans.append((start, end))
        if len(spans) >= _TRIES:
            break
    return spans[:_TRIES]


def _numbers_in(match: re.Match[str]) -> Iterable[tuple[int, int]]:
    """One number, or the several that a dash or a wide gap parts."""
    text, start = match.group(), match.start()
    parts = _PARTS.split(text) if _count(text) >= _TWO_NUMBERS else []
    if not parts or any(_count(part) < _FEWEST_DIGITS for part in parts):
        return [match.span()]
    spans: list[tuple[int, int]] = []
    for part in parts:
        at = text.index(part)
        spans.append((start + at, start + at + len(part)))
        text = text[:at] + "\0" * len(part) + text[at + len(part) :]
    return spans


def _count(text: str) -> int:
    return sum(c.isdigit() for c in text)


def e164(written: str, homes: Homes) -> str:
    """One number in E.164, or its digits (and "+") as written where its country cannot be told.

    It says its country itself ("+", "00"); else the first rank counts under which it is valid, if all its countries
    agree; else a country code that it begins with; else the desk's country.
    """
    digits = "".join(c for c in written if c.isdigit())
    if written.lstrip(" (").startswith(_SIGNS):
        bare = digits[2:] if written.lstrip(" (").startswith("00") else digits
        number = _parsed(f"+{bare}")
        if number and is_possible_number(number):
            return _formatted(number)
        return f"+{bare}" if written.lstrip(" (")[:1] in "+＋" else digits
    for rank in homes.known:
        readings = {_formatted(n) for country in rank if (n := _parsed(digits, country)) and is_valid_number(n)}
        if readings:
            return readings.pop() if len(readings) == 1 else digits
    home = _parsed(digits, homes.desk)
    at_home = _formatted(home) if home and is_valid_number(home) else ""
    abroad = led_by_code(written, homes.area)
    if abroad:
        return digits if at_home not in ("", abroad[1]) else abroad[1]
    for rank in homes.known:
        readings = {_likely(digits, country) for country in rank} - {""}
        if readings:
            return readings.pop() if len(readings) == 1 else digits
    return at_home or digits


def has_national(text: str) -> bool:
    """Whether `text` holds a number that does not tell its country by "+" or "00"."""
    return any(not text[start:end].lstrip(" (").startswith(_SIGNS) for start, end in phone_spans(text))


def led_by_code(written: str, area: str) -> tuple[str, str] | None:
    """The country in `area` with whose bare code a valid number begins, and the number in E.164."""
    number = _parsed("+" + "".join(c for c in written if c.isdigit())) if area else None
    if number is None or not is_valid_number(number):
        return None
    country = region_code_for_number(number) or ""
    return (country, _formatted(number)) if area_of(country) == area else None


def calling_countries(text: str) -> frozenset[str]:
    """The countries of the numbers in `text` that tell theirs by "+" or "00"."""
    found: set[str] = set()
    for start, end in phone_spans(text):
        written = text[start:end].lstrip(" (")
        if written.startswith(_SIGNS):
            digits = "".join(c for c in written if c.isdigit())
            number = _parsed("+" + (digits[2:] if written.startswith("00") else digits))
            if number and is_possible_number(number):
                found.update(COUNTRY_CODE_TO_REGION_CODE.get(number.country_code or 0, ()))
    return frozenset(found)


def led_countries(text: str, area: str) -> frozenset[str]:
    """The countries of the numbers in `text` that begin with a bare code, as `led_by_code` tells them."""
    written = (text[start:end] for start, end in phone_spans(text))
    led = (led_by_code(one, area) for one in written if not one.lstrip(" (").startswith(_SIGNS))
    return frozenset(one[0] for one in led if one)


def _likely(digits: str, country: str) -> str:
    """A number that is not in use but plainly of `country`: by its code, or by the area code that is all of it."""
    code = next((str(c) for c, regions in COUNTRY_CODE_TO_REGION_CODE.items() if country in regions), "")
    area = getattr(PhoneMetadata.metadata_for_region(country, None), "leading_digits", None)
    number = None
    if code and digits.startswith(code):
        number = _parsed(f"+{digits}")
    elif area and re.match(area, digits):
        number = _parsed(digits, country)
    return _formatted(number) if number and is_possible_number(number) else ""


@lru_cache(maxsize=4096)
def _parsed(number: str, country: str = "") -> PhoneNumber | None:
    try:
        return parse(number, country or None)
    except NumberParseException:
        return None


def _formatted(number: PhoneNumber) -> str:
    return str(format_number(number, PhoneNumberFormat.E164))
