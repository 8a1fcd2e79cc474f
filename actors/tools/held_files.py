"""A search reads what was allowed and nothing else: ripgrep is given open files, not paths.

ripgrep opens a path anew, and in between a running command may swap a folder on it for a symlink, and back again. So one
run only names files; each of those is opened as Read opens it, and another run searches what is open.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from actors.tools.base import ToolError, Workspace
from actors.tools.regular_files import HAS_FOLDER_DESCRIPTORS, open_regular

MAX_HELD = 64
"""How many files are open for a search at a time."""

_FOLDER = Path("/dev/fd")
_AT_LINE_START = re.compile(rb"^/dev/fd/(\d+)(?=[:\-]|$)", re.MULTILINE)
_ANYWHERE = re.compile(rb"/dev/fd/(\d+)\b")


def can_hold() -> bool:
    """Whether this system can open files step by step and name an open one to another program."""
    return HAS_FOLDER_DESCRIPTORS and _FOLDER.is_dir()


class HeldFiles:
    """Some open files and how a person reads their paths. May be closed while a thread still opens some."""

    def __init__(self) -> None:
        self._shown: dict[int, bytes] = {}
        self._lock = threading.Lock()
        self._is_closed = False

    @property
    def descriptors(self) -> tuple[int, ...]:
        """Those that a child process must be given."""
        return tuple(self._shown)

    @property
    def paths(self) -> tuple[str, ...]:
        """What that process calls them, in the order in which they were opened."""
        return tuple(f"{_FOLDER}/{number}" for number in self._shown)

    def open(self, names: Sequence[bytes], workspace: Workspace) -> None:
        """Opens those files of a workspace that are regular ones and where they seem to be. Call it in a thread."""
        for name in names:
            path = workspace.root / os.fsdecode(name)
            with suppress(ToolError):
                self.open_one(path, workspace.shown(path))

    def open_one(self, path: Path, shown: str) -> None:
        """Opens a file.

        Raises:
            ToolError: it is no regular file, cannot be read, or a part of the path has become a symlink.
        """
        with open_regular(path, shown) as file, self._lock:
            if not self._is_closed:
                self._shown[os.dup(file.fileno())] = os.fsencode(shown)

    def named(self, printed: bytes) -> bytes:
        """Whole lines of ripgrep's output, with the paths as a person reads them."""
        return _AT_LINE_START.sub(self._name, printed)

    def explained(self, message: str) -> str:
        """What ripgrep complained about, in the same way."""
        return _ANYWHERE.sub(self._name, message.encode()).decode("utf-8", "replace")

    def close(self) -> None:
        """Closes all of them."""
        with self._lock:
            self._is_closed = True
            for number in self._shown:
                os.close(number)

    def _name(self, found: re.Match[bytes]) -> bytes:
        return self._shown.get(int(found[1]), found[0])
