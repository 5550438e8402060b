"""A stranger's HTML as it may be shown: text, tables and links, and nothing that runs, loads or hides anything.

What a mail program would fetch (pictures, styles, fonts, frames) is left out, so that looking tells its sender
nothing.
"""

from __future__ import annotations

import html

import nh3

from intake.text.tangle import tangled, without_long_tags, without_tags

HTML_CHARACTERS = 2 * 1024 * 1024
"""So much of one text is shown."""

_TAGS = {
    *("a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del"),
    *("dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p"),
    *("pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot"),
    *("th", "thead", "tr", "tt", "u", "ul", "var"),
}
_ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}}
_SCHEMES = ("http", "https", "mailto", "tel")
_WITHOUT_CONTENT = {
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "textarea",
    "select",
    "iframe",
    "object",
    "svg",
    "math",
}
_FRAME = (
    '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">\n'
    '<meta name="referrer" content="no-referrer">\n</head>\n<body>\n{}\n</body>\n</html>\n'
)


def safe_html(text: str) -> str:
    """The part of an HTML text that is safe to show; links lead to the web, to an address or a telephone only.

    Linear in its length; never raises.
    """
    text = without_long_tags(text[:HTML_CHARACTERS].encode("utf-8", "replace").decode())
    if tangled(text):
        text = without_tags(text)
    return nh3.clean(
        text,
        tags=_TAGS,
        clean_content_tags=_WITHOUT_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
    )


def safe_page(texts: list[tuple[str, bool]]) -> str:
    """A page that shows texts (each with whether it is HTML) one below the other."""
    shown = (safe_html(text) if is_html else f"<pre>{html.escape(text)}</pre>" for text, is_html in texts)
    return _FRAME.format("\n<hr>\n".join(shown))


def _kept(tag: str, name: str, value: str) -> str | None:
    """A link must name its scheme: one within the page leads into ours."""
    if tag == "a" and name == "href":
        return value if value.strip().lower().startswith(tuple(f"{scheme}:" for scheme in _SCHEMES)) else None
    if name == "rel":
        # The sanitiser's own; the mail's was left out.
        return value
    return value if value.isdigit() and len(value) <= 3 else None
