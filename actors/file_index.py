"""Which files the folders hold that people work in: listed by ripgrep, kept in memory, refreshed in the background."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from actors.file_names import FileNames
from actors.tools.base import ToolError
from actors.tools.file_listing import NOT_GIT
from actors.tools.ripgrep import run_ripgrep

logger = logging.getLogger(__name__)

MAX_FILES = 100_000
"""Of a larger folder so many files are known, whichever ripgrep comes to first."""

MAX_FOLDERS = 8
FRESH_FOR_S = 5.0
REST = 10
"""A folder that took long to list rests so many times as long before it is listed again."""

FIRST_WAIT_S = 2.0
"""So long a caller waits for the first listing of a folder; who asks later gets it."""


class _Folder:
    """What is known of a folder."""

    def __init__(self, root: Path) -> None:
        self.names = FileNames(root)
        self.listed_at: float | None = None
        self.fresh_for_s = FRESH_FOR_S
        self.listing: asyncio.Task[None] | None = None


class FileIndex:
    """The files of the folders that were asked for last. Lives on the agent loop.

    Args:
        environment: environment variables for ripgrep.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._folders: OrderedDict[Path, _Folder] = OrderedDict()

    def __len__(self) -> int:
        return len(self._folders)

    def listing(self, root: Path) -> asyncio.Task[None] | None:
        """The listing of a folder that is under way; None for none."""
        folder = self._folders.get(root)
        return folder.listing if folder is not None else None

    async def names(self, root: Path) -> FileNames:
        """The files below a folder: what .gitignore leaves out is left out, and links are not followed.

        Nothing where the folder is missing, or its first listing takes longer than a person likes to wait.

        Args:
            root: the folder, resolved.
        """
        folder = self._folders.setdefault(root, _Folder(root))
        self._folders.move_to_end(root)
        self._forget_old()
        is_stale = folder.listed_at is None or time.monotonic() - folder.listed_at > folder.fresh_for_s
        if is_stale and folder.listing is None:
            folder.listing = asyncio.get_running_loop().create_task(self._list(root, folder))
        if folder.listed_at is None and folder.listing is not None:
            await asyncio.wait({folder.listing}, timeout=FIRST_WAIT_S)
        return folder.names

    async def close(self) -> None:
        """Stops what is under way."""
        listings = [folder.listing for folder in self._folders.values() if folder.listing is not None]
        for listing in listings:
            listing.cancel()
        await asyncio.gather(*listings, return_exceptions=True)

    def _forget_old(self) -> None:
        while len(self._folders) > MAX_FOLDERS:
            _, folder = self._folders.popitem(last=False)
            if folder.listing is not None:
                folder.listing.cancel()

    async def _list(self, root: Path, folder: _Folder) -> None:
        started_at = time.monotonic()
        try:
            found = await _files(root, self._environment)
            folder.names = await asyncio.to_thread(_arranged, root, found)
        except ToolError as error:
            logger.info("a folder could not be listed: %s", error)
        finally:
            folder.listed_at = time.monotonic()
            folder.fresh_for_s = max(FRESH_FOR_S, REST * (folder.listed_at - started_at))
            folder.listing = None


async def _files(root: Path, environment: Mapping[str, str]) -> list[bytes]:
    found: list[bytes] = []
    rest = b""

    def take(data: bytes) -> bool:
        nonlocal rest
        *names, rest = (rest + data).split(b"\0")
        found.extend(names[: MAX_FILES - len(found)])
        return len(found) < MAX_FILES

    await run_ripgrep(("--files", "--null", NOT_GIT), root, environment, take)
    return found


def _arranged(root: Path, names: list[bytes]) -> FileNames:
    folder = os.fsencode(root)
    return FileNames(root, ((_printable(name), _changed_at(folder, name)) for name in names))


def _changed_at(folder: bytes, name: bytes) -> int:
    try:
        return os.lstat(os.path.join(folder, name)).st_mtime_ns // 1_000_000  # noqa: PTH118
    except OSError:
        return 0


def _printable(name: bytes) -> str:
    """The name; what of it is no UTF-8 cannot be said in JSON."""
    return name.decode("utf-8", "replace")
