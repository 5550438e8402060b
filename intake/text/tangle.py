"""HTML that nests so deeply that parsing it is no longer linear, and what is read of it all the same."""

from __future__ import annotations

import re

_DEPTH = 800
_REOPENED = 4_000_000

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,30})(?:[\s/][^<>]{0,5000})?>")
# The attributes of a tag are compared with one another: the time grows with the square of their number.
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{10000,}>?")
_RUN_OF_BREAKS = re.compile(r"(?:<br>\s{0,9}){3,}")
_FORMATS = frozenset({"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"})
_CLOSED_BY_ITSELF = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
        *("p", "li", "td", "th", "tr", "dd", "dt", "option", "tbody", "thead", "tfoot"),
    }
)


def tangled(html: str) -> bool:
    """Whether `html` nests so deeply that a parser's cost is no longer linear (a linear scan of the tags).

    A parser walks its open elements at each tag, and opens again every formatting element that was left open (HTML
    s13.2.4.3).
    """
    depth = formats = deepest = most = tags = 0
    for tag in _TAG.finditer(html):
        name, step = tag.group(2).lower(), -1 if tag.group(1) else 1
        tags += 1
        if name in _FORMATS:
            formats = max(0, formats + step)
            most = max(most, formats)
        elif name not in _CLOSED_BY_ITSELF:
            depth = max(0, depth + step)
            deepest = max(deepest, depth)
    return deepest > _DEPTH or most * tags > _REOPENED


def without_long_tags(html: str) -> str:
    """`html` without tags of more than 10,000 characters; what stands between tags is kept."""
    return _LONG_TAG.sub("", html)


def without_tags(html: str) -> str:
    """The text of `html` as flat HTML: line breaks where block elements stood."""
    text = _TAG.sub(lambda tag: " " if tag.group(2).lower() in _FORMATS else "<br>", html)
    return _RUN_OF_BREAKS.sub("<br><br>", text)
