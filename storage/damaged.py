"""A database that cannot be read any more: how that is found out, and where it goes."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from storage.backups.manifest import DATABASE, DOCUMENTS
from storage.database import Database, explain
from storage.document_files import sync_folder
from storage.errors import DatabaseUnreadableError, StorageError
from storage.paths import DataDir
from storage.times import stamp

ASIDE = "damaged-"
CHECK_S = 2.0
STEPS_BETWEEN_LOOKS = 100_000
"""Instructions of SQLite's machine, about a millisecond."""


def was_cut_off(data_dir: DataDir) -> bool:
    """Whether the last daemon did not end well: its log of writes, or its discovery file, is still there."""
    log = Path(f"{data_dir.database}-wal")
    return data_dir.discovery.exists() or (log.exists() and log.stat().st_size > 0)


def refuse_lost(data_dir: DataDir) -> None:
    """A new database must not take the place of one that is lost: nothing would know of its documents any more.

    Raises:
        DatabaseUnreadableError: the database is not there or empty, and documents are.
    """
    path = data_dir.database
    is_there = path.exists() and path.stat().st_size > 0
    if not is_there and data_dir.documents.is_dir() and any(data_dir.documents.iterdir()):
        raise DatabaseUnreadableError(f"{path} is gone or empty.")


def check(database: Database, limit_s: float = CHECK_S) -> bool:
    """Looks for damage, for a limited time; whether all of it was seen.

    Raises:
        DatabaseUnreadableError: it is damaged.
    """
    return check_connection(database.connection, database.path, limit_s)


def check_connection(connection: sqlite3.Connection, path: Path, limit_s: float) -> bool:
    """See `check`; for a connection that is nobody else's business."""
    deadline = time.monotonic() + limit_s
    connection.set_progress_handler(lambda: int(time.monotonic() > deadline), STEPS_BETWEEN_LOOKS)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return False
        raise explain(error, path) from error
    finally:
        connection.set_progress_handler(None, 0)
    if found != ("ok",):
        raise DatabaseUnreadableError(f"{path} is damaged: {found[0]}.")
    return True


def put_aside(data_dir: DataDir) -> Path:
    """Moves the database with its logs, and the documents that it knew, into a folder of their own, which comes back.

    Raises:
        StorageError: they cannot be moved.
    """
    aside = data_dir.root / f"{ASIDE}{stamp()}"
    try:
        aside.mkdir(mode=0o700)
        for name in (f"{DATABASE}-wal", f"{DATABASE}-shm", DOCUMENTS, DATABASE):
            if (data_dir.root / name).exists():
                (data_dir.root / name).rename(aside / name)
        sync_folder(data_dir.root)
    except OSError as error:
        raise StorageError(f"The damaged database cannot be put aside: {error.strerror or error}.") from error
    return aside
