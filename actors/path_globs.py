"""Gitignore globs as rules use them, matched in a time that no glob and no path can blow up.

A regular expression for a whole glob tries all ways to share a path among its stars; a few stars and a long
name are enough to keep it busy for years. Here each name of a path is looked at once for each part of the glob.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["compiled", "matches"]

_ANY_DEPTH = "**"
_TRAILING_SPACES = re.compile(r"(?<!\\)((?:\\\\)*) +$")
_PIECE = re.compile(r"\\(.)|\[([!^]?)(\]?[^]]*)\]|(.)", re.DOTALL)

Part = re.Pattern[str] | None
"""What a name must be; None for any number of names."""


@lru_cache(maxsize=1024)
def compiled(glob: str) -> tuple[Part, ...]:
    """The parts of a valid gitignore glob, one for each name of a path."""
    glob = _TRAILING_SPACES.sub(r"\1", glob)
    body = glob.removesuffix("/")
    names = body.removeprefix("/").split("/")
    if "/" not in body:
        names.insert(0, _ANY_DEPTH)
    parts: list[Part] = []
    for name in names:
        if name != _ANY_DEPTH:
            parts.append(_part(name))
        elif not parts or parts[-1] is not None:
            parts.append(None)
    return tuple(parts)


def matches(parts: Sequence[Part], path: str) -> bool:
    """Whether the glob names a relative path, or a folder that it is in."""
    places = _skip_any_depth(parts, {0})
    if len(parts) in places:
        return True
    for name in path.split("/"):
        reached = set()
        for place in places:
            part = parts[place]
            if part is None:
                reached.add(place)
            elif part.match(name):
                reached.add(place + 1)
        places = _skip_any_depth(parts, reached)
        if len(parts) in places:
            return True
    return False


def _skip_any_depth(parts: Sequence[Part], places: set[int]) -> set[int]:
    """The places, and those behind a `**` that stands for no name."""
    return places | {place + 1 for place in places if place < len(parts) and parts[place] is None}


def _part(name: str) -> re.Pattern[str]:
    # `fnmatch` looks for what follows a star once, where it comes first.
    return re.compile(fnmatch.translate(_PIECE.sub(_piece, name)))


def _piece(found: re.Match[str]) -> str:
    """A piece of a glob as `fnmatch` writes it, which knows no backslash."""
    escaped, sign, members, plain = found.groups()
    if escaped is not None:
        return f"[{escaped}]" if escaped in "*?[" else escaped
    if members is not None:
        return f"[{'!' if sign else ''}{members}]"
    return str(plain)
