"""Walks a project's folder: bounded in number and time, never into a link, never into what others have put there."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

from actors.environment.files import Problems
from actors.environment.manifests import KINDS

MAX_ENTRIES = 400_000
MAX_DEPTH = 24
MAX_MANIFESTS = 50
MAX_MANIFEST_DEPTH = 3
TIME_LIMIT_S = 1.5
CHECKED_EVERY = 2_000
"""Entries between two looks at the clock."""

SKIPPED = frozenset(
    {
        ".bzr", ".cache", ".git", ".gradle", ".hg", ".idea", ".mypy_cache", ".next", ".nox", ".nuxt",
        ".pytest_cache", ".ruff_cache", ".svn", ".terraform", ".tox", ".venv", "Pods", "__pycache__",
        "bower_components", "build", "coverage", "dist", "node_modules", "site-packages", "target", "vendor",
        "venv",
    }
)  # fmt: skip


class Walked(msgspec.Struct):
    """What a walk saw.

    Attributes:
        suffixes: how many files have each ending, in lower case.
        manifests: their paths, the nearest first.
    """

    files: int = 0
    is_complete: bool = True
    suffixes: Counter[str] = msgspec.field(default_factory=Counter)
    manifests: list[Path] = msgspec.field(default_factory=list)


class Walk:
    """Looks at the names of all files below a folder, breadth first, as far as the bounds allow.

    Args:
        root: the folder, resolved.
        problems: where it is noted which folders cannot be read.
        is_stopped: asked from time to time.
        time_limit_s: how long it may take.
        max_entries: how many files and folders it looks at.
    """

    def __init__(
        self,
        root: Path,
        problems: Problems,
        is_stopped: Callable[[], bool],
        *,
        time_limit_s: float = TIME_LIMIT_S,
        max_entries: int = MAX_ENTRIES,
    ) -> None:
        self._root = str(root)
        self._problems = problems
        self._is_stopped = is_stopped
        self._deadline = time.monotonic() + time_limit_s
        self._max_entries = max_entries
        self._entries = 0
        self._seen = Walked()

    def run(self) -> Walked:
        """Walks."""
        level = [self._root]
        for depth in range(MAX_DEPTH):
            following: list[str] = []
            for folder in level:
                if self._is_over():
                    self._seen.is_complete = False
                    return self._seen
                self._look(folder, depth, following)
            if not following:
                return self._seen
            level = following
        self._seen.is_complete = False
        return self._seen

    def _look(self, folder: str, depth: int, following: list[str]) -> None:
        """Counts the files of a folder, and notes its folders."""
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._entries += 1
                    if self._entries % CHECKED_EVERY == 0 and self._is_over():
                        self._seen.is_complete = False
                        return
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in SKIPPED:
                            following.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        self._count(entry, depth)
        except OSError as error:
            shown = os.path.relpath(folder, self._root)
            self._problems.add(f"The folder {shown} cannot be read: {error.strerror}")

    def _count(self, entry: os.DirEntry[str], depth: int) -> None:
        seen, name = self._seen, entry.name
        seen.files += 1
        dot = name.rfind(".")
        if dot > 0:
            seen.suffixes[name[dot:].lower()] += 1
        if depth <= MAX_MANIFEST_DEPTH and name in KINDS and len(seen.manifests) < MAX_MANIFESTS:
            seen.manifests.append(Path(entry.path))

    def _is_over(self) -> bool:
        return self._entries >= self._max_entries or time.monotonic() > self._deadline or self._is_stopped()
