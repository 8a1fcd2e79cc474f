"""Space that deleted rows have left in the database file: whether it pays to give it back, and how."""

from __future__ import annotations

import sqlite3

from storage.database import Database, explain
from storage.statements import Statement

PAYS_BYTES = 16 * 1024 * 1024
PAYS_SHARE = 0.2
PAGES_PER_STEP = 512
"""A step of about ten milliseconds."""

INCREMENTAL = 2


def pays(database: Database) -> bool:
    """Whether so much of the file is empty that it is worth the work."""
    free, pages = _number(database, "freelist_count"), _number(database, "page_count")
    return free * _number(database, "page_size") >= PAYS_BYTES and free >= pages * PAYS_SHARE


def is_incremental(database: Database) -> bool:
    """Whether space can be given back step by step, as with every file that this version has made."""
    return _number(database, "auto_vacuum") == INCREMENTAL


def size_bytes(database: Database) -> int:
    """How large the file is, or will be when its log is written back."""
    return _number(database, "page_count") * _number(database, "page_size")


def is_left(database: Database) -> bool:
    """Whether any page is empty."""
    return _number(database, "freelist_count") > 0


def step() -> Statement:
    """Gives a small part of the space back."""
    return Statement(f"PRAGMA incremental_vacuum({PAGES_PER_STEP})", ())


def rebuild(database: Database) -> None:
    """Writes the whole file anew, without empty space and such that it can be given back in steps from now on.

    Needs the database for itself, and as much disk again. Raises StorageError.
    """
    try:
        database.connection.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
        database.connection.execute("VACUUM")
    except sqlite3.Error as error:
        raise explain(error, database.path) from error


def _number(database: Database, pragma: str) -> int:
    found = database.row(f"PRAGMA {pragma}")
    assert found is not None
    return int(found[0])
