"""Writes an archive: the database as of one moment, the documents that it knows, the settings. Never the token."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from storage.backups import manifest, snapshot
from storage.backups.manifest import DATABASE, DOCUMENTS, SETTINGS, FileEntry, Manifest
from storage.backups.snapshot import Progress, never, nothing
from storage.document_files import PARTS, sync_folder
from storage.errors import BackupError, BackupStoppedError, StorageFullError
from storage.paths import DataDir
from storage.times import now_ms

PARTIAL = ".partial-"
"""How the name of a folder begins in which an archive is being made."""

RESERVE_BYTES = 256 * 1024 * 1024
"""Disk space that a backup leaves to everything else."""

COMPRESSION = 1
"""Of gzip: pictures and PDFs are packed already, and the database gets hardly smaller by more effort."""


class Source(msgspec.Struct, frozen=True):
    """What goes into an archive.

    Attributes:
        settings: the settings file; None to leave it out.
        documents: the folder of documents; None for a copy of the database alone.
    """

    database: Path
    settings: Path | None = None
    documents: Path | None = None

    @classmethod
    def of(cls, data_dir: DataDir) -> Source:
        """All that a data folder remembers."""
        return cls(data_dir.database, data_dir.settings, data_dir.documents)


def write(
    source: Source, target: Path, *, is_stopped: Callable[[], bool] = never, progress: Progress = nothing
) -> Manifest:
    """Writes an archive that only its owner can read. It appears whole, or not at all.

    Args:
        source: what goes into it.
        target: the file; it must not exist yet.
        is_stopped: asked often; when it says so, the work ends.
        progress: told how many bytes of documents and database are in, and of how many.

    Raises:
        BackupStoppedError: it was to stop.
        DatabaseUnreadableError: the database is damaged; such a backup would be worth nothing.
        StorageError: it cannot be written.
    """
    if target.exists():
        raise BackupError(f"{target} exists already. Name another file.")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=target.parent))
    except OSError as error:
        raise _explain(error, target) from error
    try:
        copy = folder / DATABASE
        snapshot.take(source.database, copy, is_stopped)
        snapshot.check_whole(copy, is_stopped)
        schema = snapshot.version_of(copy)
        files, missing = _documents(source, copy)
        total = copy.stat().st_size + sum(path.stat().st_size for _, path in files)
        _check_space(target, total)
        work = _Work(is_stopped, progress, total, missing)

        def describe() -> Manifest:
            return Manifest(
                program=manifest.program_version(),
                schema=schema,
                created_at=now_ms(),
                has_documents=source.documents is not None,
                files=work.files,
                missing=tuple(work.missing),
            )

        partial = folder / "archive"
        made = _archive(partial, _members(source, copy, files), work, describe)
        partial.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise _explain(error, target) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return made


class _Work(msgspec.Struct):
    is_stopped: Callable[[], bool]
    progress: Progress
    total: int
    missing: list[str]
    done: int = 0
    files: dict[str, FileEntry] = msgspec.field(default_factory=dict)

    def count(self, size: int) -> None:
        if self.is_stopped():
            raise BackupStoppedError
        self.done += size
        self.progress(self.done, self.total)


class _Digested(io.RawIOBase):
    """A file that is digested while it is read."""

    def __init__(self, file: IO[bytes], work: _Work) -> None:
        self.digest = hashlib.sha256()
        self._file = file
        self._work = work

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        self._work.count(len(data))
        return data


def _documents(source: Source, copy: Path) -> tuple[list[tuple[str, Path]], list[str]]:
    """The files of the documents that the copy knows, and the names of those that are gone."""
    files: list[tuple[str, Path]] = []
    missing: list[str] = []
    if source.documents is not None:
        for document_id in snapshot.document_ids(copy):
            folder = source.documents / document_id
            parts = [part for part in PARTS if (folder / part).is_file()]
            files.extend((f"{DOCUMENTS}/{document_id}/{part}", folder / part) for part in parts)
            if "file" not in parts:
                missing.append(f"{DOCUMENTS}/{document_id}/file")
    return files, missing


def _members(source: Source, copy: Path, files: list[tuple[str, Path]]) -> Iterator[tuple[str, Path]]:
    yield DATABASE, copy
    if source.settings is not None and source.settings.is_file():
        yield SETTINGS, source.settings
    yield from files


def _archive(
    partial: Path, members: Iterator[tuple[str, Path]], work: _Work, describe: Callable[[], Manifest]
) -> Manifest:
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(
            fileobj=file, mode="w:gz", compresslevel=COMPRESSION, format=tarfile.PAX_FORMAT
        ) as tar:
            for name, path in members:
                try:
                    work.files[name] = _add(tar, name, path, work)
                except FileNotFoundError:  # the document was deleted just now
                    if not name.startswith(DOCUMENTS):
                        raise
                    work.missing.append(name)
            made = describe()
            raw = made.encode()
            tar.addfile(_header(manifest.NAME, len(raw)), io.BytesIO(raw))
        file.flush()
        os.fsync(file.fileno())
    return made


def _add(tar: tarfile.TarFile, name: str, path: Path, work: _Work) -> FileEntry:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        digested = _Digested(file, work)
        tar.addfile(_header(name, size), digested)
    return FileEntry(size, digested.digest.hexdigest())


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size = size
    header.mode = 0o600
    header.mtime = now_ms() // 1000
    return header


def _check_space(target: Path, needed: int) -> None:
    free = shutil.disk_usage(target.parent).free
    if free < needed + RESERVE_BYTES:
        raise StorageFullError(
            f"The disk of {target.parent} has {free / 1e9:.1f} GB left, too little for a backup of "
            f"{needed / 1e9:.1f} GB. Free some space, or name a file on another disk."
        )


def _explain(error: OSError, target: Path) -> BackupError:
    return BackupError(f"The backup {target} cannot be written: {error.strerror or error}.")
