"""Puts a backup in the place of what is there. A restore that breaks off is finished by whoever comes next.

All is unpacked, checked and brought to this program's form beside the data first. Then a note says what is to be moved,
and moving can be repeated until it is done; so there is no moment in which the data is neither the old nor the new.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from storage.backups import reading, snapshot
from storage.backups.comparison import TableChange, compare
from storage.backups.left_behind import NOTE, STAGING
from storage.backups.manifest import DATABASE, DOCUMENTS, SETTINGS, Manifest
from storage.backups.snapshot import Progress, nothing
from storage.database import Database
from storage.document_files import sync_folder
from storage.errors import BackupError, StorageError
from storage.migrations import MIGRATIONS, migrate, refuse_newer
from storage.paths import DataDir
from storage.times import stamp

ASIDE = "replaced-"
STALE_S = 24 * 3600.0


class Staged(msgspec.Struct, frozen=True):
    """A backup that lies ready.

    Attributes:
        folder: where its files are, in this program's form.
        changes: what a restore would change; None where the present database cannot be read.
    """

    folder: Path
    manifest: Manifest
    changes: tuple[TableChange, ...] | None


@contextmanager
def staged(archive: Path, data_dir: DataDir, progress: Progress = nothing) -> Iterator[Staged]:
    """Unpacks a backup beside the data, which nobody may change meanwhile. What is not put in place is removed.

    Raises:
        DatabaseTooNewError: a newer program has made it.
        StorageError: it is damaged, or cannot be unpacked.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=STAGING, dir=data_dir.root))
    except OSError as error:
        raise BackupError(f"{data_dir.root} cannot be written to: {error.strerror or error}.") from error
    try:
        # Also where it stays empty: what is here must go aside before the next start sweeps it.
        (folder / DOCUMENTS).mkdir(mode=0o700)
        found = reading.unpack(archive, folder, MIGRATIONS[-1].number, progress)
        _bring_up_to_date(folder / DATABASE)
        if not found.has_documents:
            _link_documents(folder, data_dir.documents)
        yield Staged(folder, found, _changes(data_dir, folder))
    finally:
        if not (data_dir.root / NOTE).exists():
            shutil.rmtree(folder, ignore_errors=True)


def put_in_place(backup: Staged, data_dir: DataDir) -> Path:
    """Replaces the data by a backup; the folder that holds the old data comes back.

    Raises:
        BackupError: it did not come to an end; the next start of the daemon or the next restore finishes it.
    """
    aside = data_dir.root / f"{ASIDE}{stamp()}"
    try:
        aside.mkdir(mode=0o700)
        _write_durably(data_dir.root / NOTE, json.dumps({"staging": backup.folder.name, "aside": aside.name}))
    except OSError as error:
        raise BackupError(f"{data_dir.root} cannot be written to: {error.strerror or error}.") from error
    finish(data_dir)
    return aside


def finish(data_dir: DataDir) -> bool:
    """Finishes a restore that broke off; whether there was one. Needs the data folder for itself.

    Raises:
        BackupError: it could not be finished.
    """
    note = data_dir.root / NOTE
    try:
        named = json.loads(note.read_text())
        staging, aside = (data_dir.root / Path(named[key]).name for key in ("staging", "aside"))
    except FileNotFoundError:
        _sweep(data_dir)
        return False
    except (ValueError, KeyError, TypeError):
        note.unlink()  # it was not written to its end: nothing was moved yet
        return False
    try:
        _move_all(data_dir, staging, aside)
        note.unlink()
    except OSError as error:
        raise BackupError(
            f"A restore did not come to its end: {error.strerror or error}. Mend that; `stagent serve` or the "
            "next restore finishes it."
        ) from error
    shutil.rmtree(staging, ignore_errors=True)
    return True


def _sweep(data_dir: DataDir) -> None:
    """Removes what a killed restore had unpacked. Not what is new: somebody may be looking at it just now."""
    for left in data_dir.root.glob(f"{STAGING}*"):
        if left.stat().st_mtime < time.time() - STALE_S:
            shutil.rmtree(left, ignore_errors=True)


def _move_all(data_dir: DataDir, staging: Path, aside: Path) -> None:
    """Moves what is there aside, and what is staged into its place. The database comes last: it says that all is done."""
    if (staging / DATABASE).exists():
        for suffix in ("-wal", "-shm"):
            _move(data_dir.root / f"{DATABASE}{suffix}", aside / f"{DATABASE}{suffix}")
    for name in (DOCUMENTS, SETTINGS, DATABASE):
        if (staging / name).exists():
            _move(data_dir.root / name, aside / name)
            (staging / name).rename(data_dir.root / name)
    sync_folder(data_dir.root)


def _bring_up_to_date(path: Path) -> None:
    """Migrates an unpacked database. The archive itself is the copy that is kept before."""
    database = Database(path)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as copies:
            migrate(database, Path(copies))
        database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.close()
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _link_documents(folder: Path, documents: Path) -> None:
    """Takes the files that are here for the documents that a backup without files knows."""
    for document_id in snapshot.document_ids(folder / DATABASE):
        if (documents / document_id).is_dir():
            shutil.copytree(
                documents / document_id, folder / DOCUMENTS / document_id, copy_function=_link_or_copy
            )


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)  # they never change
    except OSError:
        shutil.copy2(source, target)


def _changes(data_dir: DataDir, folder: Path) -> tuple[TableChange, ...] | None:
    """Compares with the present database; where that is of an earlier version, with a copy of it in this one's form."""
    copy = folder / "present.db"
    try:
        if not data_dir.database.exists():
            empty = Database(copy)
            migrate(empty, folder)
            empty.close()
            return compare(copy, folder / DATABASE)
        refuse_newer(data_dir.database)
        if snapshot.version_of(data_dir.database) == MIGRATIONS[-1].number:
            return compare(data_dir.database, folder / DATABASE)
        snapshot.take(data_dir.database, copy)
        _bring_up_to_date(copy)
        return compare(copy, folder / DATABASE)
    except StorageError:
        return None
    finally:
        copy.unlink(missing_ok=True)


def _move(source: Path, target: Path) -> None:
    if source.exists():
        source.rename(target)


def _write_durably(path: Path, text: str) -> None:
    with path.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
