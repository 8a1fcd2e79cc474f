r"""LaTeX in Markdown: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`, shown as MathML.

A formula that is not understood is shown as it was written. Searches for its end are bounded, so that
many beginnings without an end cost no more than their length.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MAX_LENGTH = 2_000
"""A longer formula is shown as text."""

MAX_DEPTH = 40
MAX_LINES = 100
"""A formula that stands alone has at most so many lines."""

DELIMITERS = {"$$": "$$", r"\[": r"\]"}
LIVE = "live"
"""Key of the environment: the text goes on, so a formula without an end may still get one."""


def formulas(parser: MarkdownIt) -> None:
    """A plugin of the parser."""
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "math_block", _block, interrupts)
    parser.inline.ruler.before("escape", "math_inline", _inline)
    parser.add_render_rule("math_block", _render_block)
    parser.add_render_rule("math_inline", _render_inline)


def is_without_end(token: Token) -> bool:
    """Whether it is a formula in a text that goes on, whose end is yet to come."""
    return token.type == "math_block" and not token.content.endswith(token.markup)


def to_mathml(latex: str, *, is_block: bool) -> str:
    """A formula as MathML, or its source as code where that is not possible."""
    source = latex.strip()
    alternative = escape(source)
    if len(source) <= MAX_LENGTH and _depth(source) <= MAX_DEPTH:
        try:
            mathml = convert(source, display="block" if is_block else "inline")
        except Exception:  # noqa: BLE001  (the library raises whatever it stumbles over)
            return f'<code class="math">{alternative}</code>'
        return mathml.replace("<math ", f'<math alttext="{alternative}" ', 1)
    return f'<code class="math">{alternative}</code>'


def _depth(source: str) -> int:
    depth = deepest = 0
    for character in source:
        depth += (character in "{[(") - (character in "}])")
        deepest = max(deepest, depth)
    return max(deepest, source.count(r"\left"), source.count(r"\begin"))


def _block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A formula that stands alone: from its own line to the end of a line, without an empty line."""
    if state.is_code_block(start_line):
        return False
    start = state.bMarks[start_line] + state.tShift[start_line]
    closing = DELIMITERS.get(state.src[start : start + 2])
    if closing is None:
        return False
    last = min(end_line, start_line + MAX_LINES)
    for line in range(start_line, last):
        text = state.src[
            start + 2 if line == start_line else state.bMarks[line] : state.eMarks[line]
        ].rstrip()
        if line > start_line and (not text.strip() or state.sCount[line] < state.blkIndent):
            return False
        if closing in text:
            if not text.endswith(closing) or text.find(closing) != len(text) - 2:
                return False
            return silent or _push_block(state, start_line, line + 1, closing)
    if last == end_line and state.env.get(LIVE) and state.level == 0:
        return silent or _push_block(state, start_line, last, closing)
    return False


def _push_block(state: StateBlock, start_line: int, next_line: int, closing: str) -> bool:
    content = state.getLines(start_line, next_line, state.blkIndent, False).strip()[2:]
    token = state.push("math_block", "math", 0)
    token.content = content
    token.markup = closing
    token.block = True
    token.map = [start_line, next_line]
    state.line = next_line
    return True


def _inline(state: StateInline, silent: bool) -> bool:
    opening = state.src[state.pos : state.pos + 2]
    if opening.startswith("$") and opening != "$$":
        return _dollars(state, silent)
    closing = {"$$": "$$", r"\(": r"\)", r"\[": r"\]"}.get(opening)
    if closing is None:
        return False
    end = state.src.find(closing, state.pos + 2, state.pos + MAX_LENGTH)
    if end < 0 or not state.src[state.pos + 2 : end].strip():
        return False
    return _push_inline(state, state.pos + 2, end, 2, silent=silent)


def _dollars(state: StateInline, silent: bool) -> bool:
    """A formula between single dollars, which must not look like prices: no space inside, no digit outside."""
    start = state.pos + 1
    before = state.src[state.pos - 1 : state.pos]
    first = state.src[start : start + 1]
    if not first or first.isspace() or (before and (before.isdigit() or before == "$")):
        return False
    end = start
    while True:
        end = state.src.find("$", end, start + MAX_LENGTH)
        if end < 0 or "\n\n" in state.src[start:end]:
            return False
        if state.src[end - 1] != "\\":
            break
        end += 1
    after = state.src[end + 1 : end + 2]
    if end == start or state.src[end - 1].isspace() or after.isdigit() or after == "$":
        return False
    return _push_inline(state, start, end, 1, silent=silent)


def _push_inline(state: StateInline, start: int, end: int, width: int, *, silent: bool) -> bool:
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = state.src[start:end]
        token.markup = state.src[end : end + width]
    state.pos = end + width
    return True


def _render_block(_: Any, tokens: Sequence[Token], index: int, *_rest: Any) -> str:
    source = tokens[index].content.removesuffix(tokens[index].markup)
    return f'<div class="math">{to_mathml(source, is_block=True)}</div>\n'


def _render_inline(_: Any, tokens: Sequence[Token], index: int, *_rest: Any) -> str:
    token = tokens[index]
    return to_mathml(token.content, is_block=token.markup in DELIMITERS.values())
