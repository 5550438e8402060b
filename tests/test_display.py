"""A stranger's HTML before it is shown: nothing runs, nothing is fetched, nothing leads where it does not say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.text.display import safe_html, safe_page
from intake.text.markup import html_lines


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<p>Sitio: <b>Norte</b></p>", "<p>Sitio: <b>Norte</b></p>"),
        (
            "<table><tr><td colspan=2>a</td></tr></table>",
            '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
        ),
        ("<script>alert(1)</script>hola", "hola"),
        ("<style>p{background:url(http://x.example/p)}</style>hola", "hola"),
        ('<p style="background:url(http://x.example/p)" class=x id=y onclick="f()">hola</p>', "<p>hola</p>"),
        ('hola<img src="http://x.example/pixel.gif?ana" width=1 height=1>', "hola"),
        ('<img src="cid:logo"><img src="data:image/png;base64,AAAA">', ""),
        ('<table background="http://x.example/p"><tr><td>a', "<table><tbody><tr><td>a</td></tr></tbody></table>"),
        (
            '<link rel=stylesheet href="http://x.example/s.css"><meta http-equiv=refresh content="0;url=//x">hola',
            "hola",
        ),
        ('<base href="http://x.example/">hola', "hola"),
        ("<iframe src=//x.example>dentro</iframe><object data=x>o</object><embed src=y>hola", "hola"),
        ("<video src=x poster=y></video><audio src=x></audio><svg onload=f()><a>x</a></svg>hola", "hola"),
        ('<form action="http://x.example"><input name=clave>Escriba</form>', "Escriba"),
        ("<a href='javascript:f()'>a</a>", '<a rel="noopener noreferrer nofollow">a</a>'),
        ("<a href=' java\nscript:f()'>a</a>", '<a rel="noopener noreferrer nofollow">a</a>'),
        ("<a href='data:text/html,x'>a</a>", '<a rel="noopener noreferrer nofollow">a</a>'),
        (
            "<a href='//x.example'>a</a><a href='/dentro'>b</a>",
            '<a rel="noopener noreferrer nofollow">a</a><a rel="noopener noreferrer nofollow">b</a>',
        ),
        (
            "<a href='https://x.example/?a=1' target=_top ping=y>a</a>",
            '<a href="https://x.example/?a=1" rel="noopener noreferrer nofollow">a</a>',
        ),
        ("<a href='mailto:a@x.example'>a</a>", '<a href="mailto:a@x.example" rel="noopener noreferrer nofollow">a</a>'),
        ("<a href='tel:+525555550100'>a</a>", '<a href="tel:+525555550100" rel="noopener noreferrer nofollow">a</a>'),
        ("<!-- <script>x</script> -->a<![CDATA[b]]>", "a"),
        ("<math><mi//xlink:href='data:x,<script>f()</script>'>", ""),
        ("<noscript><p title='</noscript><img src=x onerror=f()>'>", "'&gt;"),
        ("a < b & c", "a &lt; b &amp; c"),
    ],
)
def test_what_is_shown(given: str, shown: str) -> None:
    assert safe_html(given) == shown


_TAG = re.compile(r"<(/?)([a-z0-9]+)((?: [a-z]+=\"[^\"<>]*\")*)>")


@given(
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                "/",
                "'",
                '"',
                "=",
                " ",
                "a",
                "img",
                "src",
                "href",
                "script",
                "svg",
                "style",
                "javascript:",
                "http://x",
                "onload",
                "<!--",
                "-->",
                "table",
                "&",
                "x",
            ]
        ),
        max_size=40,
    )
)
def test_whatever_is_put_together(pieces: list[str]) -> None:
    shown = safe_html("".join(pieces))
    rest = _TAG.sub("", shown)
    assert "<" not in rest
    for match in _TAG.finditer(shown):
        assert match[2] not in ("img", "script", "style", "svg", "link", "form", "iframe")
        assert not set(re.findall(r" ([a-z]+)=", match[3])) - {"href", "rel", "colspan", "rowspan", "start"}


@pytest.mark.parametrize("piece", ["<div>", "<b>", "<a href=x>", "<table><tr><td>", "<p", "<", "&", "<!--", "</p>"])
def test_too_much_of_one_thing(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert safe_html(f"hola{text}").startswith("hola")


def test_a_page_says_that_nothing_may_be_fetched() -> None:
    page = safe_page([("<p>uno<img src=//x>", True), ("dos <b>\n tres", False)])
    assert "default-src 'none'" in page
    assert "<p>uno</p>" in page
    assert "<pre>dos &lt;b&gt;\n tres</pre>" in page


def test_half_a_character_is_shown_as_unknown() -> None:
    assert safe_html("<p>a\ud800b</p>") == "<p>a?b</p>"


def test_a_tag_with_endless_attributes_loses_them_and_no_text() -> None:
    flood = " ".join(f"a{n}" for n in range(5_000))
    assert safe_html(f"<b>Sol</b><p {flood}>Norte</p>") == "<b>Sol</b>Norte<p></p>"


def test_reading_leaves_such_a_tag_out_too() -> None:
    flood = " ".join(f"a{n}" for n in range(5_000))
    # The parser would take the style and hide the text.
    lines = html_lines(f'<p {flood} style="display:none">Norte</p>', "1")
    assert [line.text for line in lines if line.text] == ["Norte"]
