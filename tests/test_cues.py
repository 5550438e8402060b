"""Cues: what they stand for in folded words."""

from __future__ import annotations

import pytest

from rules.cues import Cues
from rules.words import fold


@pytest.mark.parametrize(
    ("cue", "text", "found"),
    [
        ("somos", "somos Óptica Sol", True),
        ("lent*", "está lentísimo", True),
        ("we *ed", "we muted everyone", True),
        ("we *ed", "we mute everyone", False),
        ("hay ... respaldo", "hay un enlace de respaldo", True),
        ("hay ... respaldo", "hay gente y respaldo", False),
        ("{luz|energía eléctrica}", "la energía eléctrica está bien", True),
        ("{luz|energía} & {volvió|hay}", "ya volvió la luz", True),
        ("{luz|energía} & {volvió|hay}", "la energía, gracias a Dios, volvió", True),
        ("{luz|energía} & {volvió|hay}", "la luz del pasillo que da a la calle ya volvió", False),
        ("{luz|!de luz} & {hay|tenemos}", "hay un corte de luz", False),
        ("no {tocado|tocamos}", "no tocamos nada", True),
        ("", "nada", False),
        (" & ", "nada", False),
        ("*", "nada", False),
    ],
)
def test_a_cue_is_found_where_it_stands(cue: str, text: str, found: bool) -> None:
    assert bool(Cues([cue]).find(fold(text).split())) is found


def test_the_gap_of_a_cue_is_told() -> None:
    (span,) = Cues(["{luz} & {vuelto}"]).find(["la", "luz", "no", "ha", "vuelto"])
    assert (span.start, span.end, span.skipped, span.firm) == (1, 5, ("no", "ha"), False)


def test_a_firm_cue_says_so() -> None:
    assert Cues(["=el {respaldo} {entró}"]).find(["el", "respaldo", "entro"])[0].firm


def test_very_many_combinations_are_cut_short() -> None:
    wordings = "{" + "|".join("abcdefghij") + "}"
    assert len(Cues([" ".join([wordings] * 6)]).find(["a", "a", "a", "a", "a", "a"])) == 1
