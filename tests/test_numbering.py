"""Reference numbers: writing them, finding them, and telling desks apart by them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.numbering import counts_per_year, find_references, format_reference, look_alike, reference_regex

YEARLY = "INC-{year}-{seq:06}"


@pytest.mark.parametrize(
    ("pattern", "seq", "number"),
    [
        (YEARLY, 123, "INC-2026-000123"),
        (YEARLY, 1234567, "INC-2026-1234567"),
        ("ALE-{seq:06}", 7, "ALE-000007"),
        ("SC-{seq}", 7, "SC-7"),
        ("Ab{year}C{seq:03}", 7, "Ab2026C007"),
    ],
)
def test_a_number_is_written_as_its_pattern_says(pattern, seq, number):
    assert format_reference(pattern, 2026, seq) == number


def test_only_a_pattern_with_a_year_counts_anew_each_year():
    assert counts_per_year(YEARLY)
    assert not counts_per_year("ALE-{seq:06}")


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "INC", "INC-{year}", "{seq}", "I-{seq}", "INC-{x}", "INC {seq}", "IÑC-{seq}"),
        *("INC-{seq}-{year}", "INC-{seq}-A", "INC-{seq}{seq}", "INC-{year}{year}{seq}"),
        *("INC1{seq}", "INC-{year}1{seq}", "INC1{year}-{seq}", "INC-{seq:6}", "INC-{seq:00}"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(ValueError, match=r"pattern|must|needs"):
        format_reference(pattern, 2026, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Re: [INC-2026-000123] Incidente",
        "inc-2026-000123",
        "vea INC-2026-000123.",
        "(INC-2026-000123)",
        "INC\u20112026\u2011000123",
        "INC-2026-000123-Enlace caído",
        "INC-2026-000123: INC-2026-000123",
    ],
)
def test_a_number_is_found_as_people_write_it(text):
    assert find_references(YEARLY, text) == ("INC-2026-000123",)


@pytest.mark.parametrize(
    "text",
    [
        *("XINC-2026-000123", "SINC-2026-000123", "BT-INC-2026-000123", "INC-2026-000123-2", "INC-2026-000123A"),
        *("INC-2026-00012", "INC-26-000123", "INC-2026-0001234567890", "INC 2026 000123", "INC-2026-٠٠٠١٢٣"),
    ],
)
def test_what_is_part_of_another_number_is_not_found(text):
    assert find_references(YEARLY, text) == ()


def test_several_numbers_come_once_each_and_in_order():
    text = "INC-2026-000002, INC-2025-000001, inc-2026-000002"
    assert find_references(YEARLY, text) == ("INC-2026-000002", "INC-2025-000001")


@given(
    st.integers(2000, 9999),
    st.integers(1, 10**9),
    st.sampled_from([YEARLY, "ALE-{seq:06}", "SC{year}{seq}", "Ab-{seq:02}"]),
)
def test_every_number_is_found_again(year, seq, pattern):
    number = format_reference(pattern, year, seq)
    assert find_references(pattern, f"[{number}] {number.lower()}") == (number,)
    assert re.compile(reference_regex(pattern)).groups == 0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (YEARLY, YEARLY),
        (YEARLY, "inc-{year}-{seq:06}"),
        (YEARLY, "INC{year}{seq:03}"),
        (YEARLY, "INC-{seq:06}"),
        ("ABO-{seq}", "AB0-{seq}"),
        ("CZS-{seq}", "C2S-{seq}"),
        ("SC-{seq:06}", "SC{year}-{seq:02}"),
        ("SC-{seq:04}", "SC-{year}-X{seq}"),
        ("EVI-{seq}", "EVL-{seq}"),
    ],
)
def test_patterns_that_can_make_the_same_or_a_mistakable_number(a, b):
    assert look_alike(a, b)
    assert look_alike(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (YEARLY, "SSR-{year}-{seq:06}"),
        ("EVI-{year}-{seq:06}", "EVT-{year}-{seq:06}"),
        ("EVT-{year}-{seq:06}", "EVS-{year}-{seq:06}"),
        ("SC-{seq:06}", "SCA-{seq:06}"),
        ("ALE-{seq:06}", "NEO-{seq:06}"),
        ("BT-INC-{seq}", "INC-{seq}"),
    ],
)
def test_patterns_that_people_can_tell_apart(a, b):
    assert not look_alike(a, b)
    assert not look_alike(b, a)
