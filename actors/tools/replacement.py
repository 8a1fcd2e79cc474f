"""Exact replacement in a text, and what to tell a model whose text is nearly right."""

from __future__ import annotations

import difflib
import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator

import msgspec

from actors.tools.base import ToolError

_MAX_LINES_LISTED = 10
_MAX_LINES_COMPARED = 20_000
_MAX_LENGTH_COMPARED = 500
_SIMILAR = 0.6


class Replaced(msgspec.Struct, frozen=True):
    """A text after the replacement.

    Attributes:
        text: the new text.
        count: how many occurrences were replaced.
        start: where the first replacement begins in `text`.
        end: where it ends.
    """

    text: str
    count: int
    start: int
    end: int


def replace(text: str, old: str, new: str, *, replaces_all: bool, shown: str) -> Replaced:
    r"""Replaces `old` by `new`.

    In a text with CRLF line ends, a `\n` of `old` also matches `\r\n`, and a `\n` of `new` becomes what the
    replaced lines end with, so that no line end changes by accident.

    Args:
        text: the text.
        old: what to replace, not empty.
        new: what to put there.
        replaces_all: every occurrence, else there must be exactly one.
        shown: the path for messages.

    Raises:
        ToolError: `old` does not occur, or more than once without `replaces_all`.
    """
    found = _found(text, old)
    if not found:
        raise ToolError(f"old_string was not found in {shown}. {_hint(text, old)}".rstrip())
    if len(found) > 1 and not replaces_all:
        numbers = ", ".join(map(str, _line_numbers(text, found)))
        more = ", …" if len(found) > _MAX_LINES_LISTED else ""
        raise ToolError(
            f"old_string was found {len(found)} times in {shown}, on lines {numbers}{more}. Give more of the text"
            " around the one that is meant, or set replace_all to change all of them."
        )
    crlf_is_usual = text.count("\r\n") * 2 > text.count("\n")
    pieces, position, first = [], 0, ""
    for start, end in found:
        piece = _with_line_ends(new, text[start:end], crlf_is_usual=crlf_is_usual)
        first = first or piece
        pieces += [text[position:start], piece]
        position = end
    start = found[0][0]
    return Replaced("".join((*pieces, text[position:])), len(found), start, start + len(first))


def _found(text: str, old: str) -> list[tuple[int, int]]:
    """Where the occurrences begin and end."""
    crlf_count = text.count("\r\n")
    if 0 < crlf_count < text.count("\n"):
        return _found_in_mixed(text, old)
    return _spans(text, _plain(old).replace("\n", "\r\n") if crlf_count else old)


def _found_in_mixed(text: str, old: str) -> list[tuple[int, int]]:
    """Where they are in a text with both kinds of line ends: looked for with one, and counted back."""
    removed = [match.start() - before for before, match in enumerate(re.finditer("\r\n", text))]
    return [
        (start + bisect_left(removed, start), end + bisect_left(removed, end))
        for start, end in _spans(_plain(text), _plain(old))
    ]


def _spans(text: str, sought: str) -> list[tuple[int, int]]:
    # Unlike a regular expression, this takes linear time for every text.
    found, start = [], text.find(sought)
    while start >= 0:
        found.append((start, start + len(sought)))
        start = text.find(sought, start + len(sought))
    return found


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _with_line_ends(new: str, replaced: str, *, crlf_is_usual: bool) -> str:
    uses_crlf = "\r\n" in replaced if "\n" in replaced else crlf_is_usual
    return _plain(new).replace("\n", "\r\n") if uses_crlf else new


def _line_numbers(text: str, found: list[tuple[int, int]]) -> Iterator[int]:
    number, position = 1, 0
    for start, _ in found[:_MAX_LINES_LISTED]:
        number += text.count("\n", position, start)
        position = start
        yield number


def _hint(text: str, old: str) -> str:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    wanted = [line.removesuffix("\r") for line in old.strip("\r\n").split("\n")]
    if not any(line.strip() for line in wanted):
        return ""
    if (start := _same_but_white_space(lines, wanted)) is not None:
        offset = next((n for n, line in enumerate(wanted) if line != lines[start + n]), None)
        if offset is None:
            return f"The text at line {start + 1} differs from it only in the line breaks around."
        return (
            f"The text at line {start + 1} differs from it only in white space: line {start + offset + 1} is"
            f" {_quoted(lines[start + offset])}, old_string has {_quoted(wanted[offset])}."
        )
    nearest = _nearest(lines, next(line for line in wanted if line.strip()))
    return "" if nearest is None else f"The nearest is line {nearest + 1}: {_quoted(lines[nearest])}."


def _same_but_white_space(lines: list[str], wanted: list[str]) -> int | None:
    squeezed, sought = (
        "\n".join(["", *("".join(line.split()) for line in all_of), ""]) for all_of in (lines, wanted)
    )
    start = squeezed.find(sought)
    return None if start < 0 else squeezed.count("\n", 0, start)


def _nearest(lines: list[str], wanted: str) -> int | None:
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted.strip()[:_MAX_LENGTH_COMPARED])
    best, best_ratio = None, _SIMILAR
    for number, line in enumerate(itertools.islice(lines, _MAX_LINES_COMPARED)):
        matcher.set_seq1(line.strip()[:_MAX_LENGTH_COMPARED])
        # The two quick ratios are upper bounds and spare the slow one for most lines.
        if matcher.real_quick_ratio() > best_ratio and matcher.quick_ratio() > best_ratio:
            ratio = matcher.ratio()
            if ratio > best_ratio:
                best, best_ratio = number, ratio
    return best


def _quoted(line: str) -> str:
    shown = line if len(line) <= _MAX_LENGTH_COMPARED else f"{line[:_MAX_LENGTH_COMPARED]}…"
    return "`" + shown.replace("\t", "\\t") + "`"
