"""Events, kept for replay: a client that comes back after a break, or after a restart, misses none."""

from __future__ import annotations

from storage.database import Database
from storage.records import EventRow
from storage.statements import Statement


def insert(conversation_id: str, turn_id: str | None, event: EventRow) -> Statement:
    """Adds one control event or one run of text."""
    return Statement(
        "INSERT INTO events (conversation_id, first_seq, last_seq, turn_id, is_run, payload) "
        "VALUES (?,?,?,?,?,?)",
        (conversation_id, event.first_seq, event.last_seq, turn_id, event.is_run, event.payload),
    )


def last_seq(database: Database, conversation_id: str) -> int:
    """The number of the last stored event; 0 where there is none."""
    row = database.row(
        "SELECT last_seq FROM events WHERE conversation_id = ? ORDER BY first_seq DESC LIMIT 1",
        (conversation_id,),
    )
    return int(row[0]) if row else 0


def after(database: Database, conversation_id: str, seq: int, limit: int) -> list[EventRow]:
    """The next stored rows that hold an event newer than `seq`, at most `limit` of them."""
    # The row before may be a run that reaches over `seq`.
    start = database.row(
        "SELECT first_seq FROM events WHERE conversation_id = ? AND first_seq <= ? "
        "ORDER BY first_seq DESC LIMIT 1",
        (conversation_id, seq),
    )
    rows = database.rows(
        "SELECT first_seq, last_seq, is_run, payload FROM events WHERE conversation_id = ? "
        "AND first_seq >= ? AND last_seq > ? ORDER BY first_seq LIMIT ?",
        (conversation_id, start[0] if start else 0, seq, limit),
    )
    return [EventRow(first, last, bool(is_run), payload) for first, last, is_run, payload in rows]
