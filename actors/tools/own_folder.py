"""stagent's data folder holds the token that opens the daemon: no tool's business, wherever an agent works."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import PurePath

import msgspec

from actors.path_patterns import folded


class OwnFolder(msgspec.Struct, frozen=True):
    """The data folder.

    Attributes:
        root: resolved.
        workspaces: the part of it in which agents work, resolved.
    """

    root: PurePath
    workspaces: PurePath

    def holds(self, path: str | PurePath) -> bool:
        """Whether a resolved path leads into it, and not to where agents work."""
        return _is_within(path, self.root) and not _is_within(path, self.workspaces)

    def left_out(self, folder: PurePath, names: Iterable[bytes]) -> list[bytes]:
        """The names below a resolved folder, without those in the data folder."""
        if not _is_within(self.root, folder):
            return list(names)
        base = str(folder)
        return [name for name in names if not self.holds(os.path.join(base, os.fsdecode(name)))]  # noqa: PTH118


def _is_within(path: str | PurePath, folder: PurePath) -> bool:
    # Letter case and the form of accents may be all the same to the file system.
    return f"{folded(str(path))}/".startswith(f"{folded(str(folder)).rstrip('/')}/")
