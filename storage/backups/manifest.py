"""What an archive says about itself: who made it, of what, and what each file in it must be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import asdict

from storage.errors import BackupError
from storage.times import to_iso

FORMAT = 1
NAME = "manifest.json"
DATABASE = "stagent.db"
SETTINGS = "settings.json"
DOCUMENTS = "documents"
MAX_BYTES = 256 * 1024 * 1024


class FileEntry(msgspec.Struct, frozen=True):
    """One file of an archive.

    Attributes:
        sha256: in hex.
    """

    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """The last file of an archive: an archive without one was not written to its end.

    Attributes:
        program: version of the program that made it.
        schema: version of the database in it.
        created_at: milliseconds since the epoch.
        has_documents: False for a copy of the database alone, as migrations make it.
        missing: files of documents that were gone when the archive was made.
    """

    program: str
    schema: int
    created_at: int
    has_documents: bool
    files: Mapping[str, FileEntry]
    missing: tuple[str, ...] = ()

    def encode(self) -> bytes:
        """The file."""
        values = {"format": FORMAT, **asdict(self), "files": {k: asdict(v) for k, v in self.files.items()}}
        return json.dumps(values, indent=1, ensure_ascii=False).encode()


def decode(raw: bytes) -> Manifest:
    """The manifest of a file.

    Raises:
        BackupError: it is none, or of a newer program.
    """
    try:
        values: dict[str, Any] = json.loads(raw)
        if values["format"] != FORMAT:
            raise BackupError(
                f"The archive has form {values['format']!r}, and this program knows form {FORMAT}. "
                "Install a newer stagent."
            )
        files = {
            str(name): FileEntry(int(entry["size_bytes"]), str(entry["sha256"]))
            for name, entry in values["files"].items()
        }
        found = Manifest(
            program=str(values["program"]),
            schema=int(values["schema"]),
            created_at=int(values["created_at"]),
            has_documents=bool(values["has_documents"]),
            files=files,
            missing=tuple(map(str, values["missing"])),
        )
        to_iso(found.created_at)  # a time that cannot be shown is none
    except (OverflowError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackupError("The archive is damaged: its manifest cannot be read.") from error
    # They are shown in a terminal, which would obey control characters.
    if not all(text.isprintable() for text in (found.program, *found.files)):
        raise BackupError("The archive is damaged: its manifest holds what cannot be shown.")
    return found


def program_version() -> str:
    """The version of the program that is installed."""
    from importlib import metadata  # noqa: PLC0415  (5 ms)

    return metadata.version("stagent")
