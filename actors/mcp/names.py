"""Names of tools for models: plain characters, at most 64, no two the same, and no server can pass for another.

A rule `mcp__git__*` must cover the server `git` alone. So a server's part of the name never holds two underscores in a
row, and of two servers whose names come out the same the later one gets a digest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

PREFIX = "mcp__"
MAX_LENGTH = 64
MAX_SERVER_LENGTH = 24

_OTHER = re.compile(r"[^A-Za-z0-9_-]")
_UNDERSCORES = re.compile(r"_{2,}")


def server_parts(names: Iterable[str]) -> dict[str, str]:
    """The part of a tool's name that stands for each server, in the order of their right to the plain one."""
    taken: set[str] = set()
    parts: dict[str, str] = {}
    for name in names:
        plain = _UNDERSCORES.sub("_", _OTHER.sub("_", name)).strip("_") or "server"
        part = (
            plain
            if len(plain) <= MAX_SERVER_LENGTH and plain not in taken
            else _cut(plain, name, MAX_SERVER_LENGTH)
        )
        taken.add(part)
        parts[name] = part
    return parts


def tool_name(server_part: str, name: str, taken: Iterable[str] = ()) -> str:
    """What a model calls a tool.

    Args:
        server_part: from `server_parts`.
        name: what the server calls it.
        taken: names that are given already.
    """
    start = f"{PREFIX}{server_part}__"
    plain = _OTHER.sub("_", name) or "tool"
    room = MAX_LENGTH - len(start)
    if len(plain) <= room and start + plain not in taken:
        return start + plain
    return start + _cut(plain, name, room)


def _cut(plain: str, name: str, length: int) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain[: length - 9].rstrip('_')}_{digest}"
