"""Spanish, Portuguese or English, by the small words that only one of them has."""

from __future__ import annotations

from collections import Counter

from rules.words import fold

_READ_CHARACTERS = 20_000
_SURE = 2

_ES = """
    el los las del y con una un en es esta este por hay tiene estan fue muy usted ustedes nuestro nuestra nos les lo
    su sin desde hasta ya pero mas donde cuando quien gracias buenos buenas dias hola saludos sitio cliente servicio
    enlace caido hubo nombre sigue favor adjunto equipo numero horario correo
"""
_PT = """
    os um uma da dos das em na nas nos ao aos pela pelo nao voce voces nosso nossa sao foi tem estao com sem ate mas
    quando ola obrigado obrigada bom boa prezados prezado cliente servico chamado segue favor horario telefone ainda
    por esta desde caido numero precisamos preciso ajuda fora voltou tambem entao
    isso houve ha nome possui neste aguardo atenciosamente endereco funciona abraco
"""
_EN = """
    the of and is are was were to in for our we you your please at this that with on it has have been there from not
    be an or hello hi dear regards thanks thank yes customer name site number still will can
"""
_CUES = {"es": frozenset(_ES.split()), "pt": frozenset(_PT.split()), "en": frozenset(_EN.split())}
_SHARED = frozenset.union(*(a & b for name, a in _CUES.items() for other, b in _CUES.items() if name < other))


def language_of(text: str, declared: str, default: str) -> str:
    """ "es", "pt" or "en": by the words of `text`, else the first of them that `declared` (Content-Language, RFC 3282)
    names, else `default`."""
    best, sure = _likeliest(text)
    if sure:
        return best
    named = (tag.strip()[:2].lower() for tag in declared.split(","))
    return next((tag for tag in named if tag in _CUES), best or default)


def told_language(text: str) -> str:
    """ "es", "pt" or "en" where the words of `text` leave no doubt, else ""."""
    best, sure = _likeliest(text)
    return best if sure else ""


def _likeliest(text: str) -> tuple[str, bool]:
    """The language of most words of `text`, "" for none, and whether there are enough to be sure."""
    words = Counter(fold(text[:_READ_CHARACTERS]).split())
    scores = {name: sum(words[cue] for cue in cues - _SHARED) for name, cues in _CUES.items()}
    (best, most), (_, second) = Counter(scores).most_common(2)
    return (best, most >= _SURE) if most > second else ("", False)
