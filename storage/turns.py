"""Turns and the transcript that the model sees: enough to continue a conversation from the store alone."""

from __future__ import annotations

from storage.database import Database
from storage.records import Step, StepRole, Turn, TurnStatus
from storage.statements import Statement

COLUMNS = (
    "id, conversation_id, user_message_id, assistant_message_id, client_message_id, status, runtime_id, "
    "model_id, first_seq, last_seq, started_at, ended_at"
)


def insert(turn: Turn) -> Statement:
    """Adds a turn."""
    return Statement(
        f"INSERT INTO turns ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            turn.id,
            turn.conversation_id,
            turn.user_message_id,
            turn.assistant_message_id,
            turn.client_message_id,
            turn.status,
            turn.runtime_id,
            turn.model_id,
            turn.first_seq,
            turn.last_seq,
            turn.started_at,
            turn.ended_at,
        ),
    )


def end(turn_id: str, status: TurnStatus, last_seq: int, at: int) -> Statement:
    """Gives a turn its final status."""
    return Statement(
        "UPDATE turns SET status = ?, last_seq = ?, ended_at = ? WHERE id = ?",
        (status, last_seq, at, turn_id),
    )


def by_client_message(database: Database, conversation_id: str, client_message_id: str) -> Turn | None:
    """The turn that a client started under its own id for the message, or None."""
    row = database.row(
        f"SELECT {COLUMNS} FROM turns WHERE conversation_id = ? AND client_message_id = ?",
        (conversation_id, client_message_id),
    )
    return Turn(*row) if row else None


def running(database: Database) -> list[Turn]:
    """The turns that have not ended: those that run now or, at start, that a crash cut off."""
    return [Turn(*row) for row in database.rows(f"SELECT {COLUMNS} FROM turns WHERE status = 'running'")]


def of_conversation(database: Database, conversation_id: str) -> list[Turn]:
    """All turns of a conversation, in order."""
    rows = database.rows(
        f"SELECT {COLUMNS} FROM turns WHERE conversation_id = ? ORDER BY id", (conversation_id,)
    )
    return [Turn(*row) for row in rows]


def start_of_running(database: Database, conversation_id: str) -> int | None:
    """The event before which the running turn of a conversation had sent nothing; None where none runs."""
    row = database.row(
        "SELECT first_seq FROM turns WHERE status = 'running' AND conversation_id = ?", (conversation_id,)
    )
    return int(row[0]) if row else None


def append_step(conversation_id: str, turn_id: str, role: StepRole, blocks: str) -> Statement:
    """Adds a step at the end of the transcript; `blocks` is JSON text."""
    return Statement(
        "INSERT INTO steps (conversation_id, turn_id, role, blocks) VALUES (?,?,?,?)",
        (conversation_id, turn_id, role, blocks),
    )


def steps(database: Database, conversation_id: str) -> list[Step]:
    """The whole transcript of a conversation, in order."""
    rows = database.rows(
        "SELECT turn_id, role, blocks FROM steps WHERE conversation_id = ? ORDER BY pk", (conversation_id,)
    )
    return [Step(*row) for row in rows]
