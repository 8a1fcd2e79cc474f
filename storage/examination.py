"""Looks at a database without changing it: for `stagent doctor`, with and without a daemon that uses it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

import msgspec

from storage.damaged import check_connection
from storage.database import explain
from storage.errors import DatabaseUnreadableError
from storage.migrations import MIGRATIONS

NEWEST = MIGRATIONS[-1].number
MAX_NOTES = 5


class Examination(msgspec.Struct, frozen=True):
    """What was found.

    Attributes:
        version: of the schema; 0 for an empty database.
        is_whole: all of it was looked at, not only what the time allowed.
        damage: what is broken; None where nothing was found.
        notes: what the daemon has done to it by itself, newest first: time in ms, kind, whether it went wrong, a sentence.
    """

    version: int
    is_whole: bool
    damage: str | None
    notes: tuple[tuple[int, str, bool, str], ...]


def examine(path: Path, limit_s: float) -> Examination:
    """Looks at a database, for a limited time.

    Raises:
        StorageError: it cannot be opened or read.
    """
    connection = None
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        damage, is_whole = None, True
        try:
            is_whole = check_connection(connection, path, limit_s)
        except DatabaseUnreadableError as error:
            damage = str(error)
        return Examination(version, is_whole, damage, () if damage else _notes(connection))
    except sqlite3.Error as error:
        raise explain(error, path) from error
    finally:
        if connection is not None:
            connection.close()


def _notes(connection: sqlite3.Connection) -> tuple[tuple[int, str, bool, str], ...]:
    has_notes = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'upkeep'").fetchone()
    if has_notes is None:
        return ()
    rows = connection.execute(
        "SELECT at, kind, is_problem, note FROM upkeep ORDER BY pk DESC LIMIT ?", (MAX_NOTES,)
    )
    return tuple((at, kind, bool(is_problem), note) for at, kind, is_problem, note in rows)
