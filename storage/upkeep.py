"""What the daemon has done by itself: backups, removals, a damaged database put aside. People can look it up."""

from __future__ import annotations

from typing import Literal

import msgspec

from storage.database import Database
from storage.statements import Statement

Kind = Literal["backup", "retention", "vacuum", "damaged"]
KEPT_ROWS = 500


class UpkeepNote(msgspec.Struct, frozen=True):
    """One thing that was done, or could not be done.

    Attributes:
        at: milliseconds since the epoch.
        note: a sentence for people, without anything that they have written.
    """

    at: int
    kind: Kind
    is_problem: bool
    note: str


def insert(note: UpkeepNote) -> tuple[Statement, ...]:
    """Adds a note; the oldest ones go."""
    return (
        Statement(
            "INSERT INTO upkeep (at, kind, is_problem, note) VALUES (?,?,?,?)",
            (note.at, note.kind, note.is_problem, note.note),
        ),
        Statement("DELETE FROM upkeep WHERE pk <= (SELECT max(pk) FROM upkeep) - ?", (KEPT_ROWS,)),
    )


def recent(database: Database, limit: int, kind: Kind | None = None) -> list[UpkeepNote]:
    """The newest notes first.

    Args:
        database: where to read.
        limit: how many at the most.
        kind: only those of this kind.
    """
    rows = database.rows(
        "SELECT at, kind, is_problem, note FROM upkeep WHERE ?1 IS NULL OR kind = ?1 ORDER BY pk DESC LIMIT ?2",
        (kind, limit),
    )
    return [UpkeepNote(at, kind, bool(is_problem), note) for at, kind, is_problem, note in rows]
