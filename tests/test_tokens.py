"""Keyed ids and addresses: ours are recognised, nobody else's are."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.tokens import Key, Token, message_id, plus_address, verify

KEY = Key("k1", b"0123456789abcdef")
OLD = Key("k0", b"fedcba9876543210")
ACK = Token("ack", "42", 1)


def test_a_message_id_names_its_ticket():
    text = message_id(KEY, ACK, "desk.example")
    assert verify([KEY], f" <{text}> ") == ACK
    assert verify([KEY], text) == ACK
    assert message_id(KEY, ACK, "desk.example") == text


def test_a_plus_address_names_its_ticket_in_any_case():
    address = plus_address(KEY, Token("t", "42", 0), "Mesa.Ayuda@Desk.Example")
    assert address.startswith("mesa.ayuda+t.42.0.k1.")
    assert verify([KEY], address) == Token("t", "42", 0)
    assert verify([KEY], address.upper()) == Token("t", "42", 0)


@given(
    st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=16),
    st.integers(0, 10**9 - 1),
    st.from_regex(r"[a-z0-9]{1,60}(\.[a-z]{2,60}){1,3}", fullmatch=True),
)
def test_an_id_has_at_most_70_characters_and_80_bits(ticket, serial, domain):
    text = message_id(Key("abcd", b"0123456789abcdef"), Token("notice", ticket, serial), domain)
    assert len(f"<{text}>") <= 70
    assert verify([Key("abcd", b"0123456789abcdef")], text) == Token("notice", ticket, serial)
    assert len(text.partition("@")[0].rpartition(".")[2]) * 5 >= 80


@pytest.mark.parametrize("text", [message_id(KEY, ACK, "desk.example"), plus_address(KEY, ACK, "mesa@desk.example")])
def test_every_changed_character_is_noticed(text):  # pain 58
    for place, character in enumerate(text):
        for other in "a7z.-@+":
            if other != character:
                assert verify([KEY], text[:place] + other + text[place + 1 :]) is None
        assert verify([KEY], text[:place] + text[place + 1 :]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "+@",
        "<>",
        "a@b",
        "ack.42.1.k1.aaaaaaaaaaaaaaaa@desk.example",
        "x" * 100_000,
        "ack.42.1.k1.ñ@desk.example",
        "ack.42.1.k1.aaaaaaaaaaaaaaaa@ñ",
    ],
)
def test_what_we_did_not_write_names_nothing(text):
    assert verify([KEY], text) is None


def test_a_token_does_not_move_to_another_desk_or_use():
    of_address = plus_address(KEY, Token("t", "42", 0), "mesa@desk.example")
    assert verify([KEY], of_address.replace("mesa", "otra")) is None
    assert verify([KEY], of_address.partition("+")[2]) is None
    assert verify([KEY], f"mesa+{message_id(KEY, ACK, 'desk.example')}") is None


def test_old_keys_still_verify_and_foreign_ones_do_not():
    text = message_id(OLD, ACK, "desk.example")
    assert verify([KEY, OLD], text) == ACK
    assert verify([KEY], text) is None
    assert verify([Key("k0", b"another secret!!")], text) is None


def test_an_address_without_room_stays_as_it_is():
    address = "a" * 60 + "@desk.example"
    assert plus_address(KEY, ACK, address) == address


@pytest.mark.parametrize(
    "token",
    [
        Token("", "1", 1),
        Token("Ack", "1", 1),
        Token("ack", "", 1),
        Token("ack", "a.b", 1),
        Token("ack", "1\n", 1),
        Token("ack", "1", -1),
        Token("ack", "1", 10**9),
    ],
)
def test_tokens_that_cannot_be_written_are_refused(token):
    with pytest.raises(ValueError, match="not a token"):
        message_id(KEY, token, "desk.example")


def test_a_weak_key_is_refused_and_a_secret_is_never_shown():
    with pytest.raises(ValueError, match="shorter"):
        Key("k1", b"short")
    with pytest.raises(ValueError, match="key id"):
        Key("K.1", b"0123456789abcdef")
    assert "0123456789abcdef" not in repr(KEY)
