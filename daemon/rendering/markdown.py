"""Markdown as HTML: whole texts, and the blocks of a text that is still being written."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from daemon.rendering import code
from daemon.rendering.cleaning import clean
from daemon.rendering.formulas import LIVE, formulas, is_without_end
from daemon.rendering.links import checked_links
from daemon.rendering.wire import Block

MAX_NESTING = 40

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def render(text: str, document: str) -> str:
    """A whole text as HTML.

    Args:
        text: Markdown.
        document: makes the ids of its footnotes unique on a page; letters, digits and `-`.
    """
    parser = _parser(has_footnotes=True)
    environment: dict[str, Any] = {"docId": document}
    return clean(parser.renderer.render(parser.parse(text, environment), parser.options, environment))


def blocks(text: str, *, is_ended: bool) -> list[Block]:
    """The top-level blocks of a text. Footnotes are left to `render`, which sees all of the text.

    Args:
        text: Markdown, from the beginning of a top-level block.
        is_ended: nothing more comes.
    """
    parser = _parser(has_footnotes=False)
    environment: dict[str, Any] = {LIVE: not is_ended}
    groups = list(_top_level(parser.parse(text, environment)))
    lines = _LINE.findall(text)
    places = _places(lines)
    starts = [0, *(places[_first_line(group)] for group in groups[1:]), len(text)]
    closed_before = len(lines) if is_ended else _open_line(parser, lines)
    return [
        Block(
            html=clean(parser.renderer.render(group, parser.options, environment)),
            length=starts[place + 1] - starts[place],
            is_closed=_first_line(group) < closed_before,
            fence="" if is_ended or place + 1 < len(groups) else _open_fence(group, lines),
        )
        for place, group in enumerate(groups)
    ]


@functools.cache
def _parser(*, has_footnotes: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "maxNesting": MAX_NESTING})
    parser.enable(["table", "strikethrough", "linkify"])
    assert parser.linkify is not None
    # Names of files look like names of hosts: only what has a scheme becomes a link.
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005  # `checked_links` decides
    parser.use(tasklists_plugin).use(formulas).use(checked_links)
    if has_footnotes:
        parser.use(footnote_plugin)
    parser.add_render_rule("fence", _render_code)
    parser.add_render_rule("code_block", _render_code)
    for cell in ("th_open", "td_open"):
        parser.add_render_rule(cell, _render_cell)
    return parser


def _render_code(_: Any, tokens: Sequence[Token], index: int, *_rest: Any) -> str:
    return code.figure(tokens[index].content, tokens[index].info)


def _render_cell(_: Any, tokens: Sequence[Token], index: int, *_rest: Any) -> str:
    token = tokens[index]
    _, _, align = str(token.attrs.get("style", "")).partition("text-align:")
    return f'<{token.tag} align="{align}">' if align else f"<{token.tag}>"


def _top_level(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each top-level block."""
    group: list[Token] = []
    depth = 0
    for token in tokens:
        group.append(token)
        depth += token.nesting
        if depth == 0:
            yield group
            group = []


def _first_line(group: Sequence[Token]) -> int:
    assert group[0].map is not None
    return group[0].map[0]


def _places(lines: Sequence[str]) -> list[int]:
    """Where each line starts."""
    places = [0]
    for line in lines:
        places.append(places[-1] + len(line))
    return places


def _open_line(parser: MarkdownIt, lines: Sequence[str]) -> int:
    """The first line that may still change its meaning: where the last block of the complete lines begins.

    The line under way does not count, since each character may make something else of it.
    """
    complete = [line.rstrip("\r\n") for line in lines if line.endswith(("\r", "\n"))]
    tokens: list[Token] = []
    parser.block.parse("\n".join(complete), parser, {LIVE: True}, tokens)
    groups = list(_top_level(tokens))
    if groups and is_without_end(groups[-1][0]):  # without its end, it belongs to the block before
        del groups[-1]
    return _first_line(groups[-1]) if groups else 0


def _open_fence(group: Sequence[Token], lines: Sequence[str]) -> str:
    """The opening line of a block of code that no complete line has closed."""
    token = group[0]
    if token.type != "fence" or token.map is None or not lines[token.map[0]].endswith(("\r", "\n")):
        return ""
    last = lines[token.map[1] - 1]
    text = last.strip()
    is_closing = token.map[1] - token.map[0] > 1 and text.startswith(token.markup) and not text.strip(text[0])
    if is_closing and last.endswith(("\r", "\n")) and len(last) - len(last.lstrip(" ")) < 4:
        return ""
    return lines[token.map[0]]
