"""A project's `.mcp.json`: what it says, and the digest by which a person allows it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

import msgspec

from actors.errors import InvalidServerError
from actors.mcp.config import ServerEntry, parse_entries
from storage import mcp_approvals
from storage.database import Database

NAME = ".mcp.json"
MAX_SIZE = 256 * 1024


class ProjectFile(msgspec.Struct, frozen=True):
    """A `.mcp.json` as it is now.

    Attributes:
        path: resolved.
        sha256: of its content, hex; None where it cannot be read.
        entries: its servers; in place of one that makes no sense, what is wrong with it.
        problem: why none of it can be used; None where it can.
    """

    path: Path
    sha256: str | None
    entries: Mapping[str, ServerEntry | str] = msgspec.field(default_factory=dict)
    problem: str | None = None


def read_project_file(root: Path) -> ProjectFile | None:
    """The file of a working directory, or None where there is none. Reads the disk: run it in a thread."""
    return read_file(root / NAME)


def read_file(path: Path) -> ProjectFile | None:
    """The file at a path, or None where there is none. Reads the disk: run it in a thread."""
    try:
        path = path.resolve()
        content = _content(path)
    except FileNotFoundError:
        return None
    except InvalidServerError as error:
        return ProjectFile(path, None, problem=str(error))
    except (OSError, RuntimeError, ValueError) as error:
        return ProjectFile(
            path, None, problem=f"It cannot be read: {getattr(error, 'strerror', None) or error}."
        )
    digest = hashlib.sha256(content).hexdigest()
    try:
        return ProjectFile(path, digest, parse_entries(msgspec.json.decode(content)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return ProjectFile(path, digest, problem=f"It is no valid JSON: {error}.")
    except InvalidServerError as error:
        return ProjectFile(path, digest, problem=str(error))


def _content(path: Path) -> bytes:
    # A named pipe in place of the file must not hold the reader up.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise InvalidServerError("It is no regular file.")
        content = file.read(MAX_SIZE + 1)
    if len(content) > MAX_SIZE:
        raise InvalidServerError(f"It is larger than {MAX_SIZE:,} bytes.")
    return content


class Written(msgspec.Struct, frozen=True):
    """What is written down for a working directory.

    Attributes:
        file: its file; None where there is none.
        allowed: the digest that the person has allowed.
    """

    file: ProjectFile | None = None
    allowed: str | None = None


def look_up(database: Database, root: Path) -> Written:
    """The file of a working directory, and whether it was allowed. Reads the disk: run it in a thread."""
    file = read_project_file(root)
    if file is None:
        return Written()
    found = mcp_approvals.get(database, str(file.path))
    return Written(file, found.sha256 if found is not None else None)
