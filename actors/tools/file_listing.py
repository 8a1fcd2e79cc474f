"""Which files there are, as ripgrep lists them."""

from __future__ import annotations

import heapq
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from actors.tools.base import ToolError
from actors.tools.ripgrep import run_ripgrep, without_paths

EVERYTHING = frozenset({"*", "**", "**/*", "**/**"})
"""Globs that leave nothing out, and so need not be handed over."""

NOT_GIT = "--glob=!.git"

_MAX_CANDIDATES = 200_000


async def matching_files(
    folder: Path, pattern: str, environment: Mapping[str, str]
) -> tuple[set[bytes], str]:
    """The files below a folder that match a glob and that git does not ignore.

    Args:
        folder: the folder, resolved.
        pattern: the glob, relative to the folder; without a slash it matches in every folder.
        environment: environment variables for ripgrep.

    Returns:
        The names, relative to the folder, and what ripgrep complained about.

    Raises:
        ToolError: there are too many, or it takes too long.
    """
    wanted: set[bytes] | None = None
    message = ""
    if pattern not in EVERYTHING:
        wanted, message = await _files(
            (f"--glob={_as_override(pattern)}", NOT_GIT), folder, environment, None
        )
        if not wanted:
            return wanted, message
    # A glob of ripgrep overrules .gitignore, so its answer is compared with the files that are not ignored.
    found, _ = await _files((NOT_GIT,), folder, environment, wanted)
    return found, message


async def _files(
    globs: Sequence[str], folder: Path, environment: Mapping[str, str], wanted: set[bytes] | None
) -> tuple[set[bytes], str]:
    found: set[bytes] = set()
    rest = b""

    def take(data: bytes) -> bool:
        nonlocal rest
        *names, rest = (rest + data).split(b"\0")
        found.update(names if wanted is None else wanted.intersection(names))
        if len(found) > _MAX_CANDIDATES:
            raise ToolError(
                f"More than {_MAX_CANDIDATES:,} files match. Narrow the pattern or give a folder."
            )
        return True

    ended = await run_ripgrep(("--files", "--null", *globs), folder, environment, take)
    return found, without_paths(ended.message)


def _as_override(pattern: str) -> str:
    pattern = pattern.removeprefix("./")
    # A `!` would exclude and a `#` begin a comment.
    if pattern.startswith(("!", "#")):
        pattern = f"\\{pattern}"
    return f"{pattern}**" if pattern.endswith("/") else pattern


def newest_first(folder: Path, names: set[bytes], limit: int) -> list[str]:
    """The files that were changed last; those of the same time by name. Looks at the disk."""

    def age(name: bytes) -> tuple[int, bytes]:
        try:
            return -os.lstat(os.path.join(os.fsencode(folder), name)).st_mtime_ns, name  # noqa: PTH118
        except OSError:
            return 0, name

    return [os.fsdecode(name) for name in heapq.nsmallest(limit, names, key=age)]
