"""The change that a call would make, as people are used to read it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

MAX_SIZE = 64 * 1024
"""Bytes (as UTF-8) of a diff."""

_MAX_COMPARED_LINES = 1_000
_CONTEXT = 3
_HUNK = re.compile(r"@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@")


def unified_diff(old: str, new: str, shown: str) -> str:
    """A unified diff with three lines of context, cut at 64 KB with a note; empty if nothing changes.

    Args:
        old: the text now.
        new: the text to be.
        shown: the path for the labels.
    """
    if old == new:
        return ""
    label = shown.lstrip("/")
    pieces, length = [f"--- a/{label}\n", f"+++ b/{label}\n"], 0
    for line in _hunks(_lines(old), _lines(new)):
        piece = line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        length += len(piece.encode("utf-8", "replace"))
        if length > MAX_SIZE:
            pieces.append("\\ The diff is longer than 64 KB; the rest of it is not shown.\n")
            break
        pieces.append(piece)
    return "".join(pieces)


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    start = _common(old, new)
    ends = _common(old[: start - 1 if start else None : -1], new[: start - 1 if start else None : -1])
    before = max(0, start - _CONTEXT)
    after = max(0, ends - _CONTEXT)
    old, new = old[before : len(old) - after], new[before : len(new) - after]
    # The time to compare grows with the square of the lines or worse, so only a few are compared at once.
    if max(len(old), len(new)) <= _MAX_COMPARED_LINES:
        yield from _compared(old, new, before)
    elif len(old) == len(new):
        for offset in range(0, len(old), _MAX_COMPARED_LINES):
            block = slice(offset, offset + _MAX_COMPARED_LINES)
            yield from _compared(old[block], new[block], before + offset)
    else:
        yield from _replaced(old, new, start - before, ends - after, before)


def _compared(old: list[str], new: list[str], before: int) -> Iterator[str]:
    """The hunks between two parts that begin after `before` lines."""
    if old != new:
        for line in list(difflib.unified_diff(old, new, n=_CONTEXT))[2:]:
            yield _moved(line, before) if line.startswith("@@") else line


def _replaced(old: list[str], new: list[str], lead: int, tail: int, before: int) -> Iterator[str]:
    """One hunk that takes out all old lines and puts in all new ones."""
    yield f"@@ -{_range(before, len(old))} +{_range(before, len(new))} @@\n"
    yield from (f" {line}" for line in old[:lead])
    yield from (f"-{line}" for line in old[lead : len(old) - tail])
    yield from (f"+{line}" for line in new[lead : len(new) - tail])
    yield from (f" {line}" for line in old[len(old) - tail :])


def _range(before: int, count: int) -> str:
    return f"{before + 1 if count else before},{count}"


def _moved(header: str, by: int) -> str:
    def move(found: re.Match[str]) -> str:
        old_count, new_count = found[2] or "", found[4] or ""
        return f"@@ -{int(found[1]) + by}{old_count} +{int(found[3]) + by}{new_count} @@"

    return _HUNK.sub(move, header)


def _common(left: list[str], right: list[str]) -> int:
    """How many lines are the same from the start."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _lines(text: str) -> list[str]:
    # str.splitlines also splits at characters that are no line ends in a file.
    *complete, rest = text.split("\n")
    lines = [f"{line}\n" for line in complete]
    return [*lines, rest] if rest else lines
