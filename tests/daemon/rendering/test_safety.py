"""Whatever an agent writes, the page can insert it: no script, handler, style or foreign address comes out."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.rendering.cleaning import clean
from daemon.rendering.markdown import blocks, render
from daemon.rendering.renderer import Renderer
from tests.daemon.rendering.xss_payloads import ADDRESSES, ELEMENTS, FORMULAS, PAYLOADS

VOID = {"br", "hr", "img", "input"}
TAGS = {
    "a", "blockquote", "br", "code", "del", "div", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img",
    "input", "li", "math", "ol", "p", "pre", "s", "section", "span", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr",
    "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title", "rel", "class", "id"}, "code": {"class"}, "div": {"class"}, "figure": {"class", "data-language"},
    "hr": {"class"}, "img": {"src", "alt", "title", "loading"}, "input": {"type", "disabled", "checked", "class"},
    "li": {"class", "id"}, "ol": {"start", "class"}, "pre": {"class"}, "section": {"class"}, "span": {"class"}, "sup": {"class"},
    "td": {"align"}, "th": {"align"}, "ul": {"class"},
}  # fmt: skip
MATH = re.compile(r"m[a-z]+\Z")
HREF = re.compile(
    r"https?://[^/]|mailto:|/(conversations|projects|tasks|documents|api/documents)(/|\Z)|#fn(ref)?-[\w-]+\Z"
)


class Inspector(HTMLParser):
    """Reads HTML strictly: each element is known, allowed and closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.html = html
        self.feed(html)
        self.close()
        assert not self.open, html

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_math = MATH.match(tag) is not None
        assert tag in TAGS or is_math, self.html
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith(("on", "style", "xlink", "formaction")), self.html
            if is_math:
                assert name == "alttext" or re.fullmatch(r"[\w.%+-]*", value or ""), self.html
                assert name not in {"href", "src", "id", "class"}, self.html
            else:
                assert name in ATTRIBUTES.get(tag, set()), self.html
            if name == "href":
                assert HREF.match(value or ""), self.html
                assert ".." not in (value or "").partition("?")[0] or (value or "").startswith("http"), (
                    self.html
                )
            if name == "src":
                assert re.fullmatch(r"/api/documents/[\w-]+/(file|thumbnail)(\?.*)?", value or ""), self.html
            if name == "id":
                assert re.fullmatch(r"fn(ref)?-m-0-\d+(:\d+)?", value or ""), self.html
        if tag == "a":
            assert ("rel", "noopener noreferrer") in attrs, self.html
        if tag == "input":
            assert {("type", "checkbox"), ("disabled", "")} <= set(attrs), self.html

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.html

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {self.html}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {self.html}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {self.html}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {self.html}")


def check(text: str) -> None:
    """Reads what is made of a text, at its end and while it is written."""
    Inspector(render(text, "m-0"))
    for block in blocks(text, is_ended=False):
        Inspector(block.html)


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 900


@pytest.mark.parametrize("part", range(8))
def test_no_payload_gets_through(part: int) -> None:
    for payload in PAYLOADS[part::8]:
        check(payload)


@pytest.mark.parametrize(
    "html", [*ELEMENTS, *(f'<a href="{one}"><img src="{one}">x</a>' for one in ADDRESSES)]
)
def test_the_last_step_alone_holds_back_everything(html: str) -> None:
    """Even if the parser let HTML pass, which it does not."""
    Inspector(clean(html))


FRAGMENTS = st.sampled_from(
    [*ELEMENTS, *ADDRESSES, *FORMULAS, "[", "]", "(", ")", "<", ">", "`", "```", "$", "$$", "*", "_", "~~", "|", "|-|",
     "\n", "\n\n", "    ", "- ", "1. ", "> ", "[^1]", "[^1]:", "![", "\\", "&", ";", "#", "\\(", "\\)", "\\[", "\\]", "^", "{", "}"]
)  # fmt: skip


@given(st.lists(FRAGMENTS | st.text(max_size=8), max_size=20))
@settings(max_examples=300, deadline=None)
def test_any_text_is_safe(parts: list[str]) -> None:
    check("".join(parts))


LONG = 30_000
DEADLINE_S = 30.0
PATHOLOGICAL = {
    "quotes": ">" * LONG,
    "nested quotes": "> " * LONG + "x",
    "nested lists": "\n".join("  " * depth + "- x" for depth in range(300)),
    "brackets": "[" * LONG,
    "images": "![" * (LONG // 2),
    "links": "[a](" * (LONG // 4),
    "emphasis": "*a **b " * (LONG // 7),
    "emphasis without end": "**x" + "*_" * (LONG // 2),
    "backticks": "".join("`" * count + " " for count in range(300)),
    "code spans": "`a" * (LONG // 2),
    "dollars": "$a" * (LONG // 2),
    "double dollars": "$$a\n" * (LONG // 4),
    "brackets of formulas": r"\(" * (LONG // 2),
    "blocks of formulas": "\\[\n" * (LONG // 3),
    "braces": "$" + "{" * 1_900 + "}" * 50 + "$",
    "fractions": "$" + r"\frac{1}{" * 200 + "}" * 200 + "$",
    "lefts": "$" + r"\left(" * 300 + "$",
    "roots": "$" + r"\sqrt[" * 300 + "$",
    "powers": "$" + "x^" * 900 + "x$",
    "table": "|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n" + "|\n" * 2_000,
    "wide table": "|" + "a|" * 10_000 + "\n|" + "-|" * 10_000 + "\n",
    "definitions": "".join(f"[{n}]: /x\n" for n in range(5_000)),
    "footnotes": "".join(f"[^{n}]" for n in range(3_000)) + "\n\n[^1]: x",
    "autolinks": "<a@" * (LONG // 3),
    "addresses": "http://a." * (LONG // 9),
    "entities": "&" * LONG,
    "escapes": "\\" * LONG,
    "strikethrough": "~~a" * (LONG // 3),
    "one line": "a" * LONG,
    "hard breaks": "a  \n" * (LONG // 4),
    "code with a long line": "```python\n" + "(" * LONG + "\n```",
    "code": "```html\n" + "<a " * 20_000 + "\n```",
    "many fences": "```\n" * (LONG // 4),
    "tabs": "\t" * LONG + "x",
    "carriage returns": "\r" * LONG,
}  # fmt: skip


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_no_text_holds_up_those_behind_it(name: str) -> None:
    """It is rendered, or shown as it is because it took too long; either way the next one has its turn."""

    async def use() -> tuple[str, str]:
        renderer = Renderer(timeout_s=1.0)
        try:
            return await renderer.html(PATHOLOGICAL[name], "m-0"), await renderer.html("*next*", "m-0")
        finally:
            await renderer.close()

    html, following = asyncio.run(asyncio.wait_for(use(), DEADLINE_S))
    Inspector(html)
    assert following == "<p><em>next</em></p>\n"
