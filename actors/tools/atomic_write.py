"""A file is replaced as a whole or not at all, whatever fails on the way."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from actors.tools.base import ToolError
from actors.tools.regular_files import Place, check_regular, place


def write_atomically(path: Path, shown: str, data: bytes) -> None:
    """Writes a new file, or a new content with the mode and, where possible, the owner of the old one.

    Missing folders are created. A hard link to the old file keeps the old content.

    Args:
        path: the resolved path.
        shown: the path as a person reads it.
        data: the whole content.

    Raises:
        ToolError: it cannot be written; what was there before is untouched.
    """
    with place(path, shown, creates_folders=True) as at:
        old = at.status()
        if old is not None:
            _check_writable(old, at)
        # The name does not grow with the file's own, which may be as long as the system allows.
        new_name = f".stagent-{secrets.token_hex(8)}.tmp"
        descriptor = at.open(
            os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if old is None else 0o600, name=new_name
        )
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                if old is not None:
                    _take_over(file.fileno(), old)
                os.fsync(file.fileno())
            _rename(at, new_name)
        except BaseException:
            with suppress(OSError):
                os.unlink(at.sibling(new_name), dir_fd=at.folder)
            raise


def _rename(at: Place, new_name: str) -> None:
    os.replace(at.sibling(new_name), at.name, src_dir_fd=at.folder, dst_dir_fd=at.folder)


def _check_writable(old: os.stat_result, at: Place) -> None:
    check_regular(old, at.shown)
    # A rename would silently get past the write protection of the file itself.
    has_effective_ids = os.access in os.supports_effective_ids
    if not os.access(at.name, os.W_OK, dir_fd=at.folder, effective_ids=has_effective_ids):
        raise ToolError(f"{at.shown} is read-only. Change its mode first if it is meant to be changed.")


def _take_over(descriptor: int, old: os.stat_result) -> None:
    if os.name != "posix":
        return
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        with suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
    # As after a plain write, the set-user-id bits do not outlive the content they were given to.
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode) & 0o777)
