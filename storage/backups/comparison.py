"""What a restore would change: for each kind of row, what is here, what is in the backup, and which is newer."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

import msgspec

from storage.database import explain

COMPARED: tuple[tuple[str, str, str], ...] = (
    ("projects", "id", "updated_at"),
    ("conversations", "id", "updated_at"),
    ("messages", "id", "updated_at"),
    ("tasks", "id", "updated_at"),
    ("documents", "id", "updated_at"),
    ("permission_rules", "id", "created_at"),
    ("usage", "turn_id", "at"),
)
"""Tables that people know something of, with the column that names a row and the one that tells its age."""


class TableChange(msgspec.Struct, frozen=True):
    """One table here and in a backup, in rows.

    Attributes:
        lost: only here; a restore takes them away.
        regained: only in the backup.
        newer_here: in both; a restore takes back what was done since.
        newer_there: in both; the backup is ahead.
    """

    table: str
    here: int
    there: int
    lost: int
    regained: int
    newer_here: int
    newer_there: int


def compare(here: Path, there: Path) -> tuple[TableChange, ...]:
    """Compares two databases of the same version that nobody writes. Raises StorageError."""
    connection = None
    try:
        connection = sqlite3.connect(f"file:{quote(str(there))}?mode=rw", uri=True)
        connection.execute("ATTACH ? AS here", (f"file:{quote(str(here))}?mode=rw",))
        return tuple(_change(connection, *one) for one in COMPARED)
    except sqlite3.Error as error:
        raise explain(error, here) from error
    finally:
        if connection is not None:
            connection.close()


def _change(connection: sqlite3.Connection, table: str, key: str, age: str) -> TableChange:
    def count(sql: str) -> int:
        return int(connection.execute(f"SELECT count(*) FROM {sql}").fetchone()[0])

    both = f"here.{table} h JOIN main.{table} t ON h.{key} = t.{key} WHERE"
    without = f"WHERE {key} NOT IN (SELECT {key} FROM"
    return TableChange(
        table=table,
        here=count(f"here.{table}"),
        there=count(f"main.{table}"),
        lost=count(f"here.{table} {without} main.{table})"),
        regained=count(f"main.{table} {without} here.{table})"),
        newer_here=count(f"{both} h.{age} > t.{age}"),
        newer_there=count(f"{both} h.{age} < t.{age}"),
    )
