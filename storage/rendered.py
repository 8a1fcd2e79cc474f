"""Rendered messages: HTML that is kept beside its message and goes with it."""

from __future__ import annotations

from collections.abc import Sequence

from storage.database import Database
from storage.statements import Statement


def get(database: Database, message_ids: Sequence[str], version: int) -> dict[str, str]:
    """What this version of the renderer has made of messages, by their ids; others are left out."""
    rows = database.rows(
        f"SELECT message_id, html FROM rendered WHERE version = ? AND message_id IN ({_places(message_ids)})",
        (version, *message_ids),
    )
    return dict(rows)


def put(message_id: str, version: int, html: str) -> Statement:
    """Keeps what a message looks like; nothing where the message is gone."""
    return Statement(
        "INSERT OR REPLACE INTO rendered (message_id, version, html) "
        "SELECT id, ?, ? FROM messages WHERE id = ?",
        (version, html, message_id),
    )


def _places(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))
