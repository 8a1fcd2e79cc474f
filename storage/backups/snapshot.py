"""A copy of the database as of one moment, made step by step while others read and write it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from storage.database import explain
from storage.errors import BackupStoppedError, DatabaseUnreadableError, StorageError

PAGES_PER_STEP = 512
PAUSE_S = 0.002
"""Between two steps, so that the disk serves others too."""

STEPS_BETWEEN_LOOKS = 100_000
"""Instructions of SQLite's machine, about a millisecond."""

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much. What it raises ends the work."""


def nothing(done: int, total: int) -> None:
    """Progress that nobody watches."""
    del done, total


def never() -> bool:
    """Work that nobody stops."""
    return False


def take(source: Path, target: Path, is_stopped: Callable[[], bool] = never) -> None:
    """Copies a database into a new file. Writers go on meanwhile; the copy has nothing of what they add.

    Raises:
        BackupStoppedError: it was to stop; the copy is of no use.
        StorageError: it cannot be read or written.
    """

    def check(_status: int, _remaining: int, _total: int) -> None:
        if is_stopped():
            raise BackupStoppedError

    reading = writing = None
    try:
        # With `rw` a database that is not there is an error, and a log left by a crash is read too.
        reading = sqlite3.connect(f"file:{quote(str(source))}?mode=rw", uri=True, isolation_level=None)
        reading.execute("PRAGMA busy_timeout = 5000")
        target.touch(mode=0o600, exist_ok=False)
        writing = sqlite3.connect(target)
        # An open read transaction holds the moment: a copy that follows writers would start anew with each write.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reading.backup(writing, pages=PAGES_PER_STEP, progress=check, sleep=PAUSE_S)
    except sqlite3.Error as error:
        raise explain(error, source) from error
    except OSError as error:
        raise StorageError(
            f"The database could not be copied to {target}: {error.strerror or error}."
        ) from error
    finally:
        for connection in (writing, reading):
            if connection is not None:
                connection.close()


def version_of(path: Path) -> int:
    """The schema version of a database file that nobody uses. Raises StorageError."""
    connection = _opened(path)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as error:
        raise explain(error, path) from error
    finally:
        connection.close()


def check_whole(path: Path, is_stopped: Callable[[], bool] = never) -> None:
    """Reads all of a database file that nobody uses.

    Raises:
        BackupStoppedError: it was to stop.
        DatabaseUnreadableError: it is damaged.
        StorageError: it cannot be read.
    """
    connection = _opened(path)
    connection.set_progress_handler(is_stopped, STEPS_BETWEEN_LOOKS)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        if is_stopped():
            raise BackupStoppedError from error
        raise explain(error, path) from error
    finally:
        connection.close()
    if found != ("ok",):
        raise DatabaseUnreadableError(f"The database {path} is damaged: {found[0]}.")


def document_ids(path: Path) -> list[str]:
    """The documents that a database file knows. Raises StorageError."""
    connection = _opened(path)
    try:
        has_table = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'documents'").fetchone()
        rows = connection.execute("SELECT id FROM documents ORDER BY pk").fetchall() if has_table else []
    except sqlite3.Error as error:
        raise explain(error, path) from error
    finally:
        connection.close()
    return [str(row[0]) for row in rows]


def _opened(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True)
    except sqlite3.Error as error:
        raise explain(error, path) from error
