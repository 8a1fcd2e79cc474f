"""Messages: the rows of a conversation as people see them, paged by a cursor that is a message."""

from __future__ import annotations

from collections.abc import Sequence

from storage.branches import LAST, MAIN_PATH, Segment
from storage.database import Database, Row
from storage.errors import InvalidCursorError
from storage.records import Message, MessageStatus
from storage.statements import Statement

COLUMNS = (
    "id, conversation_id, turn_id, role, content, status, metadata, created_at, updated_at, branch_id, "
    "parent_id, is_pinned"
)

SHORT_ROWS = 50
SHORT_LENGTH = 50_000


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


def is_short(database: Database, conversation_id: str) -> bool:
    """Whether a conversation and its transcript are read in less than two milliseconds."""
    for table, column in (("messages", "content"), ("steps", "blocks")):
        rows, length = database.rows(
            f"SELECT count(*), total(length({column})) FROM "
            f"(SELECT {column} FROM {table} WHERE conversation_id = ? LIMIT ?)",
            (conversation_id, SHORT_ROWS + 1),
        )[0]
        if rows > SHORT_ROWS or length > SHORT_LENGTH:
            return False
    return True


def append_text(message_id: str, text: str, at: int) -> Statement:
    """Adds text at the end of a message that is being written."""
    return Statement(
        "UPDATE messages SET content = content || ?, updated_at = ? WHERE id = ?",
        (text, at, message_id),
    )


def finish(message_id: str, status: MessageStatus, metadata: str | None, at: int) -> Statement:
    """Gives a message its final status and metadata."""
    return Statement(
        "UPDATE messages SET status = ?, metadata = ?, updated_at = ? WHERE id = ?",
        (status, metadata, at, message_id),
    )


def pin(message_id: str, *, is_pinned: bool, at: int) -> Statement:
    """Pins a message, or takes the pin out."""
    return Statement(
        "UPDATE messages SET is_pinned = ?, updated_at = ? WHERE id = ?", (is_pinned, at, message_id)
    )


def note_late_answer(message_id: str, behavior: str, by: str, at: int) -> Statement:
    """Notes on a request that is over that a person answered it after all; its outcome stays what it was.

    Args:
        message_id: the row of the request.
        behavior: what the person answered.
        by: the client in which they did, as JSON.
        at: when, in milliseconds since the epoch.
    """
    return Statement(
        "UPDATE messages SET metadata = json_set(metadata, '$.lateAnswer', ?, '$.lateAnsweredBy', json(?)), "
        "updated_at = ? WHERE id = ? AND role = 'system' AND status <> 'pending'",
        (behavior, by, at, message_id),
    )


def get(database: Database, message_id: str) -> Message | None:
    """A message, or None."""
    row = database.row(f"SELECT {COLUMNS} FROM messages WHERE id = ?", (message_id,))
    return record(row) if row else None


def count(database: Database, conversation_id: str, path: Sequence[Segment] = MAIN_PATH) -> int:
    """How many messages a branch of a conversation shows."""
    return sum(
        int(row[0])
        for segment in path
        for row in database.rows(
            "SELECT count(*) FROM messages WHERE conversation_id = ? AND branch_id = ? AND pk > ? AND pk <= ?",
            (conversation_id, segment.branch_id, segment.after_pk, segment.to_pk),
        )
    )


def last(database: Database, conversation_id: str, path: Sequence[Segment] = MAIN_PATH) -> str | None:
    """The id of the last message of a branch that a person or an agent wrote; None where there is none."""
    for segment in reversed(path):
        row = database.row(
            "SELECT id FROM messages WHERE conversation_id = ? AND branch_id = ? AND pk > ? AND pk <= ? "
            "AND role IN ('user', 'assistant') ORDER BY pk DESC LIMIT 1",
            (conversation_id, segment.branch_id, segment.after_pk, segment.to_pk),
        )
        if row is not None:
            return str(row[0])
    return None


def page(
    database: Database,
    conversation_id: str,
    path: Sequence[Segment] = MAIN_PATH,
    *,
    limit: int,
    after: str | None = None,
    before: str | None = None,
    from_end: bool = False,
) -> list[Message]:
    """Messages of a branch in ascending order.

    Args:
        database: where to read.
        conversation_id: whose messages.
        path: the branch, as `branches.path` gives it.
        limit: how many at the most.
        after: the first ones newer than this message.
        before: the last ones older than this message.
        from_end: without a cursor, the last ones instead of the first.

    Raises:
        InvalidCursorError: the cursor is no message of this conversation.
    """
    first = 0 if after is None else position(database, conversation_id, after)
    end = LAST if before is None else position(database, conversation_id, before) - 1
    goes_back = after is None and (before is not None or from_end)
    rows: list[Row] = []
    for segment in reversed(path) if goes_back else path:
        if len(rows) < limit:
            rows += database.rows(
                f"SELECT {COLUMNS} FROM messages WHERE conversation_id = ? AND branch_id = ? "
                f"AND pk > ? AND pk <= ? ORDER BY pk {'DESC' if goes_back else 'ASC'} LIMIT ?",
                (
                    conversation_id,
                    segment.branch_id,
                    max(first, segment.after_pk),
                    min(end, segment.to_pk),
                    limit - len(rows),
                ),
            )
    if goes_back:
        rows.reverse()
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


def position(database: Database, conversation_id: str, message_id: str) -> int:
    """The place of a message. Raises InvalidCursorError."""
    row = database.row(
        "SELECT pk FROM messages WHERE id = ? AND conversation_id = ?", (message_id, conversation_id)
    )
    if row is None:
        raise InvalidCursorError(f"{message_id} is no message of this conversation.")
    return int(row[0])
