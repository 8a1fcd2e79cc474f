"""Files are opened exactly where they were approved: no symlink is followed, nothing blocks, only regular files.

A path that was approved is resolved. Between the approval and the work a running command may swap a folder
or the file for a symlink, so each step of the path is opened relative to the one before and refuses symlinks.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

import msgspec

from actors.tools.base import ToolError
from actors.tools.name_hints import missing

MAX_WHOLE_SIZE = 50 * 1024 * 1024
"""Bytes up to which a file is digested, edited and compared; beyond it only parts are read."""

CHUNK_SIZE = 256 * 1024

_O_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_O_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_O_BINARY = getattr(os, "O_BINARY", 0)
# O_PATH needs no permission to list the folder, as walking through it needs none either.
_FOLDER_FLAGS = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | _O_NOFOLLOW
HAS_FOLDER_DESCRIPTORS = {os.open, os.stat, os.mkdir, os.rename, os.unlink} <= os.supports_dir_fd

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_MAX_SHOWN = 1_000
_UNTOUCHED = "What was there before is untouched."
_WORDS = {
    errno.EACCES: "may not be used: there is no permission.",
    errno.EPERM: "may not be used: there is no permission.",
    errno.ELOOP: "has just become a symlink, or a part of it has. Try again.",
    errno.ENOTDIR: "cannot be used: a part of it is not a folder, or has just become a symlink.",
    errno.ENOSPC: f"was not written: the disk is full. {_UNTOUCHED}",
    errno.EDQUOT: f"was not written: the disk quota is used up. {_UNTOUCHED}",
    errno.EFBIG: f"was not written: it would be larger than this system allows. {_UNTOUCHED}",
    errno.EROFS: "was not written: it lies on a read-only file system.",
    errno.ENAMETOOLONG: "cannot be used: the path is too long for this system.",
}


class Place(msgspec.Struct, frozen=True):
    """Where a file lies, in the terms of the `os` functions.

    Attributes:
        name: the path to hand over together with `folder`.
        folder: descriptor of the folder (`dir_fd`), or None where the system has none and `name` is absolute.
        shown: the path as a person reads it, for messages.
    """

    name: str
    folder: int | None
    shown: str

    def sibling(self, name: str) -> str:
        """The path of another name in the same folder."""
        return name if self.folder is not None else str(Path(self.name).parent / name)

    def status(self) -> os.stat_result | None:
        """What lies there, or None if nothing does. A symlink counts as itself."""
        with suppress(FileNotFoundError):
            return os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        return None

    def open(self, flags: int, mode: int = 0o666, *, name: str | None = None) -> int:
        """A descriptor of the file (or its sibling `name`), not inherited by processes."""
        flags |= _O_NOFOLLOW | _O_NONBLOCK | _O_BINARY
        return os.open(self.name if name is None else self.sibling(name), flags, mode, dir_fd=self.folder)


@contextmanager
def place(path: Path, shown: str, *, creates_folders: bool = False) -> Iterator[Place]:
    """Walks to the folder of a resolved path without following a symlink.

    Raises:
        ToolError: the folder is missing, cannot be entered, or a part of it has become a symlink; also what
            the block raises as an OSError, in words.
    """
    folder: int | None = None
    try:
        if not HAS_FOLDER_DESCRIPTORS:
            if creates_folders:
                path.parent.mkdir(parents=True, exist_ok=True)
            yield Place(str(path), None, shown)
            return
        folder = os.open(path.anchor, _FOLDER_FLAGS)
        for part in path.parts[1:-1]:
            left = folder
            folder = _enter(left, part, creates_folders)
            os.close(left)
        yield Place(path.name or ".", folder, shown)
    except FileNotFoundError as error:
        raise ToolError(missing(path, shown)) from error
    except OSError as error:
        raise ToolError(explain(error, shown)) from error
    finally:
        if folder is not None:
            os.close(folder)


def exists(path: Path, shown: str) -> bool:
    """Whether anything lies there. Raises ToolError where that cannot be told."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ToolError(explain(error, shown)) from error
    return True


@contextmanager
def open_regular(path: Path, shown: str) -> Iterator[FileIO]:
    """Opens a regular file for reading, unbuffered.

    Raises:
        ToolError: it is missing, not a regular file, or not readable; also what the block raises as an
            OSError, in words.
    """
    with place(path, shown) as at:
        # Opening a pipe or a device can have effects of its own, so it is looked at first.
        check_regular(os.stat(at.name, dir_fd=at.folder, follow_symlinks=False), shown)
        with FileIO(at.open(os.O_RDONLY), "rb") as file:
            check_regular(os.fstat(file.fileno()), shown)
            yield file


def check_regular(status: os.stat_result, shown: str) -> None:
    """Raises ToolError unless it is a regular file."""
    kind = stat.S_IFMT(status.st_mode)
    if kind == stat.S_IFREG:
        return
    if kind == stat.S_IFLNK:
        raise ToolError(f"{shown} has just become a symlink. Try again.")
    hint = " Glob lists the files in it." if kind == stat.S_IFDIR else ""
    raise ToolError(f"{shown} is {_KINDS.get(kind, 'not a regular file')}, not a regular file.{hint}")


def lies_there(path: Path) -> bool:
    """Whether there is a regular file at a resolved path, and no symlink on the way to it."""
    try:
        with place(path, str(path)) as at:
            status = at.status()
    except ToolError:
        return False
    return status is not None and stat.S_ISREG(status.st_mode)


def read_whole(path: Path, shown: str) -> bytes:
    """All bytes of a file of at most `MAX_WHOLE_SIZE`. Raises ToolError."""
    with open_regular(path, shown) as file:
        data = bytearray()
        while chunk := file.read(CHUNK_SIZE):
            data += chunk
            if len(data) > MAX_WHOLE_SIZE:
                raise ToolError(
                    f"{shown} is larger than {size(MAX_WHOLE_SIZE)}. Change it with Bash instead."
                )
        return bytes(data)


def digest_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def size(count: int) -> str:
    """A number of bytes as people read it, for example `2.1 GB`."""
    amount = float(count)
    for unit in ("bytes", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if amount >= 10 or unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"


def explain(error: OSError, shown: str) -> str:
    """What went wrong with a path, in words."""
    words = _WORDS.get(error.errno or 0, f"cannot be used: {error.strerror or error}.")
    return f"{shown[:_MAX_SHOWN]} {words}"


def _enter(folder: int, part: str, creates_folders: bool) -> int:
    try:
        return os.open(part, _FOLDER_FLAGS, dir_fd=folder)
    except FileNotFoundError:
        if not creates_folders:
            raise
    with suppress(FileExistsError):
        os.mkdir(part, dir_fd=folder)
    return os.open(part, _FOLDER_FLAGS, dir_fd=folder)
