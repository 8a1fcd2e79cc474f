"""A file may be changed only by a model that has seen what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from actors.tools.base import ToolError
from actors.tools.regular_files import digest_of, read_whole


def check_known(path: Path, shown: str, digests: Mapping[str, str]) -> bytes:
    """The content of a file that was read in this conversation and is still the same.

    Args:
        path: the resolved path of an existing file.
        shown: the path as a person reads it.
        digests: SHA-256 of the files that the model has read.

    Raises:
        ToolError: it was not read, has changed since, or cannot be read now.
    """
    known = digests.get(str(path))
    data = read_whole(path, shown)
    if not known:
        raise ToolError(f"{shown} has not been read in this conversation. Read it first.")
    if digest_of(data) != known:
        raise ToolError(f"{shown} has changed on disk since it was read. Read it again.")
    return data
