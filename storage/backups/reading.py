"""Takes an archive apart. It may come from anywhere: nothing in it is believed before it is checked."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import sqlite3
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Self

from storage.backups import manifest, snapshot
from storage.backups.manifest import DATABASE, DOCUMENTS, SETTINGS, FileEntry, Manifest
from storage.backups.snapshot import Progress, nothing
from storage.document_files import PARTS
from storage.errors import BackupError, DatabaseTooNewError, StorageError, StorageFullError

CHUNK_BYTES = 1024 * 1024
RESERVE_BYTES = 64 * 1024 * 1024
"""Disk space that unpacking leaves to everything else."""

MAX_PADDING_BYTES = 64 * 1024
MAX_EXTENSION_BYTES = 64 * 1024
"""Of a header's own extension, as tar uses them for files over 8 GB."""

_DOCUMENT = re.compile(
    rf"{DOCUMENTS}/[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}/(?:{'|'.join(PARTS)})\Z"
)


def unpack(archive: Path, folder: Path, newest_schema: int, progress: Progress = nothing) -> Manifest:
    """Unpacks an archive into an empty folder and checks all of it.

    Args:
        archive: the file.
        folder: where its files go; what is in it after an error is of no use.
        newest_schema: the newest database that this program understands.
        progress: told how many bytes of the archive were read, and of how many.

    Raises:
        DatabaseTooNewError: a newer program has made it.
        BackupError: it is damaged, or no archive of ours.
        StorageFullError: there is no room for its files.
    """
    try:
        found = _files(archive, folder, progress)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BackupError(f"{archive} is damaged or no backup: {error}.") from error
    except OSError as error:
        raise BackupError(f"{archive} cannot be unpacked: {error.strerror or error}.") from error
    described = _described(archive, folder, found)
    if described.schema > newest_schema:
        raise DatabaseTooNewError(
            f"{archive} has a database of version {described.schema} (stagent {described.program}), and this "
            f"program knows versions up to {newest_schema}. Install a newer stagent."
        )
    database = folder / DATABASE
    try:
        snapshot.check_whole(database)
        schema = snapshot.version_of(database)
    except (StorageError, sqlite3.Error) as error:
        raise BackupError(f"{archive} is damaged: the database in it cannot be read.") from error
    if schema != described.schema or schema == 0:
        raise BackupError(f"{archive} is damaged: its database is not the one that its manifest tells of.")
    return described


def _files(archive: Path, folder: Path, progress: Progress) -> dict[str, FileEntry]:
    """Writes the files of an archive; what each of them is."""
    found: dict[str, FileEntry] = {}
    total = archive.stat().st_size
    with archive.open("rb") as file, gzip.open(file) as plain, _opened(plain) as tar:
        for member in tar:
            _check(member, found)
            if shutil.disk_usage(folder).free < member.size + RESERVE_BYTES:
                raise StorageFullError(
                    f"The disk of {folder} has too little space for what {archive} holds. Free some."
                )
            found[member.name] = _extract(tar, member, folder, lambda: progress(file.tell(), total))
        # To the end, where gzip keeps its checksum.
        if plain.read(MAX_PADDING_BYTES).strip(b"\0") or plain.read(1):
            raise BackupError(f"{archive} is damaged: something follows its last file.")
    return found


class _Header(tarfile.TarInfo):
    """A header of an archive. What only extends the next one is read into memory, so it has a bound."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        found = super().frombuf(buf, encoding, errors)
        if found.type not in tarfile.REGULAR_TYPES and found.size > MAX_EXTENSION_BYTES:
            raise BackupError("The archive is damaged: a header in it is too large.")
        return found


def _opened(plain: gzip.GzipFile) -> tarfile.TarFile:
    return tarfile.open(fileobj=plain, mode="r:", tarinfo=_Header)


def _check(member: tarfile.TarInfo, found: dict[str, FileEntry]) -> None:
    """Lets only those files pass that we write: no other names, no links, no devices, none twice."""
    is_known = member.name in {DATABASE, SETTINGS, manifest.NAME} or _DOCUMENT.match(member.name)
    if not member.isreg() or not is_known or member.name in found:
        raise BackupError(
            f"The archive holds {member.name!r}, which is no part of a backup. Nothing was restored."
        )
    if member.name == manifest.NAME and member.size > manifest.MAX_BYTES:
        raise BackupError("The archive is damaged: its manifest is too large.")
    if manifest.NAME in found:
        raise BackupError("The archive is damaged: something follows its manifest.")


def _extract(
    tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, read_on: Callable[[], None]
) -> FileEntry:
    source = tar.extractfile(member)
    assert source is not None  # it is a regular file
    target = folder / member.name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    size = 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with source, os.fdopen(descriptor, "wb") as file:
        while data := source.read(CHUNK_BYTES):
            file.write(data)
            digest.update(data)
            size += len(data)
            read_on()
        file.flush()
        os.fsync(file.fileno())
    return FileEntry(size, digest.hexdigest())


def _described(archive: Path, folder: Path, found: dict[str, FileEntry]) -> Manifest:
    """The manifest; the files are exactly those that it tells of."""
    if manifest.NAME not in found:
        raise BackupError(f"{archive} is damaged: it ends too early.")
    path = folder / manifest.NAME
    described = manifest.decode(path.read_bytes())
    path.unlink()
    files = {name: entry for name, entry in found.items() if name != manifest.NAME}
    wrong = sorted(
        name for name in files.keys() | described.files.keys() if files.get(name) != described.files.get(name)
    )
    if wrong or DATABASE not in files:
        raise BackupError(f"{archive} is damaged: {(wrong or [DATABASE])[0]} is not what was saved.")
    return described
