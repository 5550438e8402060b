"""The language of a mail."""

from __future__ import annotations

import pytest

from intake.text.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Buenas tardes, el enlace de la sucursal está caído desde las nueve.", "es"),
        ("Boa tarde, o link da loja está fora do ar desde as nove e não temos backup.", "pt"),
        ("Good morning, the link at our branch is down since nine.", "en"),
        ("Nombre del cliente: Acme\n¿Hay energía en el sitio?: sí", "es"),
        ("Nome do cliente: Acme\nHá energia no local neste momento?: não", "pt"),
        ("Customer name: Acme\nIs there power at the site right now?: yes", "en"),
    ],
)
def test_language_by_small_words(text: str, language: str) -> None:
    assert language_of(text, "", "xx") == language
    assert language_of(text.upper(), "en-US", "xx") == language


def test_without_words_the_declared_language_then_the_default() -> None:
    assert language_of("Acme 12", "pt-BR", "es") == "pt"
    assert language_of("Acme 12", "fr, en-GB", "es") == "en"
    assert language_of("Acme 12", "de", "es") == "es"
    assert language_of("", "", "es") == "es"
