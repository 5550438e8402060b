"""What an HTML element says about the text in it: quoted, coloured, struck out, a signature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_STRUCK = frozenset({"s", "strike", "del"})
_QUOTE_CLASS = re.compile(r"quote|cite", re.IGNORECASE)
_SIGNATURE = re.compile(r"signature(?!_prefix)|mailautosig|__SIG_", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*(#[0-9a-f]{3,6}|rgba?\(\s*\d+\s*,\s*\d+\s*,\s*\d+|[a-z]+)", re.IGNORECASE)
_CHROMATIC = frozenset(
    {
        *(
            "red",
            "blue",
            "green",
            "orange",
            "purple",
            "magenta",
            "fuchsia",
            "teal",
            "brown",
            "crimson",
            "maroon",
            "navy",
        ),
        *("darkred", "darkblue", "darkgreen"),
    }
)


_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")


@dataclass(frozen=True, slots=True)
class Style:
    """What an element inherits from those around it."""

    depth: int = 0
    coloured: bool = False
    signature: bool = False
    struck: bool = False
    preformatted: bool = False


def inherited(tag: str, attributes: Mapping[str, str | None], css: str, style: Style) -> Style:
    """The style inside an element: `css` is its style attribute, `style` what surrounds it."""
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    quoted = tag == "blockquote" and (
        attributes.get("type") == "cite" or _QUOTE_CLASS.search(names) is not None or "border-left" in css
    )
    colour = _COLOUR.search(css)
    named = colour.group(1) if colour else (attributes.get("color") or "" if tag == "font" else "")
    marks = f"{names} {attributes.get('data-marker') or ''} {attributes.get('name') or '' if tag == 'a' else ''}"
    return Style(
        depth=style.depth + quoted,
        coloured=_chromatic(named) if named else style.coloured,
        signature=style.signature or _SIGNATURE.search(marks) is not None,
        struck=style.struck or tag in _STRUCK or "line-through" in css,
        preformatted=style.preformatted or tag == "pre",
    )


def _chromatic(colour: str) -> bool:
    """Whether a CSS colour is a colour rather than black, white, grey or a very dark tint of them."""
    colour = colour.strip().lower()
    if _HEX.fullmatch(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
        channels = [int(digits[i : i + 2], 16) for i in (0, 2, 4)]
    elif colour.startswith("rgb"):
        channels = [int(n[:3]) for n in re.findall(r"\d+", colour)[:3]]
    else:
        return colour in _CHROMATIC
    return bool(channels) and max(channels) - min(channels) >= 60
