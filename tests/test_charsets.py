"""Bytes to text: what people wrote, whatever charset the mail names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mime.charsets import codec_name, decode

WORDS = "Descripción del problema: sin señal, não há conexão"


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1250", "koi8-r", "ibm850", "iso-8859-15", "us-ascii", "?"])
def test_utf_8_under_another_name(charset: str) -> None:  # pain 51
    text, defect = decode(WORDS.encode(), charset)
    assert text == WORDS
    assert "utf-8" in defect


@pytest.mark.parametrize("charset", ["iso-8859-1", "iso-8859-15", "windows-1252", "ibm850", "cp437", "mac-roman"])
def test_one_byte_a_character(charset: str) -> None:  # pain 50
    words = "Descripción, señal"
    assert decode(words.encode(charset), charset)[0] == words


@pytest.mark.parametrize("charset", ["", "utf-8", "us-ascii", "x-unknown", "iso-8859-1"])
def test_latin_1_under_another_name(charset: str) -> None:  # pain 50
    assert decode(WORDS.encode("latin-1"), charset)[0] == WORDS


@pytest.mark.parametrize("charset", ["", "utf-8", "iso-8859-1"])
def test_a_footer_in_another_charset_spoils_nothing(charset: str) -> None:
    data = WORDS.encode() + b"\n" + "Este mensaje puede contener información “confidencial”".encode("cp1252")
    text, _ = decode(data, charset)
    assert text == WORDS + "\nEste mensaje puede contener información “confidencial”"


def test_a_character_that_was_cut_spoils_nothing() -> None:
    assert decode(WORDS.encode() + "ó".encode()[:1], "utf-8")[0] == WORDS + "Ã"


@pytest.mark.parametrize("charset", ["utf-8", ""])
@pytest.mark.parametrize("between", ["cp1252", "latin-1"])
def test_text_that_was_encoded_twice(charset: str, between: str) -> None:
    words = "Avería en el área de operación: não"
    twice = words.encode().decode(between).encode()
    assert decode(twice, charset) == (words, "text that was encoded in utf-8 twice")


@pytest.mark.parametrize("words", ["“AMANHÔ", "IRMÃ’", "SÃO PAULO Â°", "Âncora Ãlamo", "MAÇÃ e avería", "5 Â± 1 ñ"])
def test_capital_letters_are_no_mistake(words: str) -> None:
    assert decode(words.encode(), "utf-8") == (words, "")


def test_byte_order_marks() -> None:
    for codec in ("utf-16-le", "utf-16-be", "utf-8"):
        data = ("\ufeff" + WORDS).encode(codec)
        assert decode(data, "")[0].removeprefix("\ufeff") == WORDS
        assert decode(data, "iso-8859-1")[0].removeprefix("\ufeff") == WORDS


def test_what_a_page_says_of_itself_when_it_is_mailed() -> None:
    # Programs that compose in UTF-16 leave its name in the page that they send in UTF-8.
    assert decode(WORDS.encode(), "utf-16")[0] == WORDS
    assert decode(WORDS.encode(), "unicode")[0] == WORDS
    assert decode(WORDS.encode("utf-16-le"), "utf-16le")[0] == WORDS


def test_escapes_are_never_shown() -> None:
    # Row 13 stands in no edition of JIS X 0208 that codecs know.
    text, defect = decode(b"\x1b$B-!#1ET\x1b(B ok", "iso-2022-jp")
    assert "\x1b$B" not in text.replace("\ufffd", "") or "１都" in text
    assert text.endswith("ok")
    assert defect


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-16", "iso-2022-jp", "koi8-r", "gb2312", "utf-7"]))
def test_any_bytes_are_text(data: bytes, charset: str) -> None:
    decode(data, charset)[0].encode()


@given(st.text(max_size=40))
def test_a_name_of_a_charset_never_imports_one(name: str) -> None:
    assert codec_name(name) not in ("zlib_codec", "punycode", "idna", "rot_13")
