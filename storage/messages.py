"""Messages: the rows of a conversation as people see them, paged by a cursor that is a message."""

from __future__ import annotations

from storage.database import Database, Row
from storage.errors import InvalidCursorError
from storage.records import Message, MessageStatus
from storage.statements import Scalar, Statement

COLUMNS = (
    "id, conversation_id, turn_id, role, content, status, metadata, created_at, updated_at, branch_id, "
    "parent_id, is_pinned"
)


def insert(message: Message) -> Statement:
    """Adds a message at the end of its conversation."""
    return Statement(
        f"INSERT INTO messages ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            message.id,
            message.conversation_id,
            message.turn_id,
            message.role,
            message.content,
            message.status,
            message.metadata,
            message.created_at,
            message.updated_at,
            message.branch_id,
            message.parent_id,
            message.is_pinned,
        ),
    )


def append_text(message_id: str, text: str, at: int) -> Statement:
    """Adds text at the end of a message that is being written."""
    return Statement(
        "UPDATE messages SET content = content || ?, status = 'streaming', updated_at = ? WHERE id = ?",
        (text, at, message_id),
    )


def finish(message_id: str, status: MessageStatus, metadata: str | None, at: int) -> Statement:
    """Gives a message its final status and metadata."""
    return Statement(
        "UPDATE messages SET status = ?, metadata = ?, updated_at = ? WHERE id = ?",
        (status, metadata, at, message_id),
    )


def note_late_answer(message_id: str, behavior: str, at: int) -> Statement:
    """Notes on a request that is over that a person answered it after all; its outcome stays what it was."""
    return Statement(
        "UPDATE messages SET metadata = json_set(metadata, '$.lateAnswer', ?), updated_at = ? "
        "WHERE id = ? AND role = 'system' AND status <> 'pending'",
        (behavior, at, message_id),
    )


def get(database: Database, message_id: str) -> Message | None:
    """A message, or None."""
    row = database.row(f"SELECT {COLUMNS} FROM messages WHERE id = ?", (message_id,))
    return record(row) if row else None


def count(database: Database, conversation_id: str) -> int:
    """How many messages a conversation has."""
    row = database.row("SELECT count(*) FROM messages WHERE conversation_id = ?", (conversation_id,))
    return int(row[0]) if row else 0


def page(
    database: Database,
    conversation_id: str,
    *,
    limit: int,
    after: str | None = None,
    before: str | None = None,
    from_end: bool = False,
) -> list[Message]:
    """Messages in ascending order.

    Args:
        database: where to read.
        conversation_id: whose messages.
        limit: how many at the most.
        after: the first ones newer than this message.
        before: the last ones older than this message.
        from_end: without a cursor, the last ones instead of the first.

    Raises:
        InvalidCursorError: the cursor is no message of this conversation.
    """
    conditions = "conversation_id = ?"
    params: list[Scalar] = [conversation_id]
    for cursor, comparison in ((after, ">"), (before, "<")):
        if cursor is not None:
            conditions += f" AND pk {comparison} ?"
            params.append(_position(database, conversation_id, cursor))
    if after is None and (before is not None or from_end):
        rows = database.rows(
            f"SELECT {COLUMNS} FROM messages WHERE {conditions} ORDER BY pk DESC LIMIT ?", (*params, limit)
        )
        rows.reverse()
    else:
        rows = database.rows(
            f"SELECT {COLUMNS} FROM messages WHERE {conditions} ORDER BY pk LIMIT ?", (*params, limit)
        )
    return [record(row) for row in rows]


def open_requests(database: Database) -> list[Message]:
    """The permission requests and questions that wait for an answer, oldest first."""
    rows = database.rows(
        f"SELECT {COLUMNS} FROM messages WHERE role = 'system' AND status = 'pending' ORDER BY pk"
    )
    return [record(row) for row in rows]


def record(row: Row) -> Message:
    """The record of a row of `COLUMNS`."""
    return Message(*row[:11], bool(row[11]))  # type: ignore[call-arg]  # a row has twelve columns


def _position(database: Database, conversation_id: str, message_id: str) -> int:
    row = database.row(
        "SELECT pk FROM messages WHERE id = ? AND conversation_id = ?", (message_id, conversation_id)
    )
    if row is None:
        raise InvalidCursorError(f"{message_id} is no message of this conversation.")
    return int(row[0])
