"""Conversations: lists with keyset paging, and the writes that a turn makes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from storage.database import Database, Row
from storage.ids import new_id
from storage.records import Conversation, ConversationStatus
from storage.search import match_expression, message_expression
from storage.statements import Scalar, Statement

COLUMNS = (
    "id, project_id, title, title_is_given, runtime_id, model_id, status, session_id, working_directory, "
    "preview, input_tokens, output_tokens, cost_usd, unpriced_turns, created_at, updated_at, branch_id, "
    "last_outcome, is_unread"
)
CHANGEABLE = frozenset(
    {
        "project_id",
        "title",
        "title_is_given",
        "runtime_id",
        "model_id",
        "status",
        "session_id",
        "preview",
        "branch_id",
        "last_outcome",
        "is_unread",
    }
)
PREVIEW_LENGTH = 200
SEARCHED_MESSAGES = 10_000
"""A search in a list looks at so many of the newest matching messages: ranking all would take seconds."""


def insert(conversation: Conversation) -> Statement:
    """Adds a conversation."""
    return Statement(
        f"INSERT INTO conversations ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            conversation.id,
            conversation.project_id,
            conversation.title,
            conversation.title_is_given,
            conversation.runtime_id,
            conversation.model_id,
            conversation.status,
            conversation.session_id,
            conversation.working_directory,
            conversation.preview,
            conversation.input_tokens,
            conversation.output_tokens,
            conversation.cost_usd,
            conversation.unpriced_turns,
            conversation.created_at,
            conversation.updated_at,
            conversation.branch_id,
            conversation.last_outcome,
            conversation.is_unread,
        ),
    )


def blank(
    runtime_id: str,
    at: int,
    *,
    project_id: str | None = None,
    title: str | None = None,
    model_id: str | None = None,
    working_directory: str | None = None,
    preview: str | None = None,
) -> Conversation:
    """A new conversation, with a new id, in which nobody has said anything."""
    return Conversation(
        id=new_id(),
        project_id=project_id,
        title=title,
        title_is_given=title is not None,
        runtime_id=runtime_id,
        model_id=model_id,
        status="active",
        session_id=None,
        working_directory=working_directory,
        preview=preview,
        input_tokens=0,
        output_tokens=0,
        cost_usd=0.0,
        unpriced_turns=0,
        created_at=at,
        updated_at=at,
    )


def update(conversation_id: str, changes: dict[str, Scalar], at: int) -> Statement:
    """Changes some columns.

    Raises:
        ValueError: a column that may not be changed like this.
    """
    if not CHANGEABLE.issuperset(changes):
        raise ValueError(f"not changeable: {sorted(set(changes) - CHANGEABLE)}")
    assignments = "".join(f"{column} = ?, " for column in changes)
    return Statement(
        f"UPDATE conversations SET {assignments}updated_at = max(updated_at, ?) WHERE id = ?",
        (*changes.values(), at, conversation_id),
    )


def add_usage(
    conversation_id: str, input_tokens: int, output_tokens: int, cost_usd: float | None
) -> Statement:
    """Adds what a turn used; a cost of None means that the price is not known."""
    return Statement(
        "UPDATE conversations SET input_tokens = input_tokens + ?, output_tokens = output_tokens + ?, "
        "cost_usd = cost_usd + ?, unpriced_turns = unpriced_turns + ? WHERE id = ?",
        (input_tokens, output_tokens, cost_usd or 0.0, int(cost_usd is None), conversation_id),
    )


def mark_read(conversation_id: str) -> Statement:
    """Notes that a person has looked. Its place in lists stays."""
    return Statement(
        "UPDATE conversations SET is_unread = 0 WHERE id = ? AND is_unread = 1", (conversation_id,)
    )


def delete(conversation_id: str) -> Statement:
    """Removes a conversation and, by its foreign keys, all that belongs to it."""
    return Statement("DELETE FROM conversations WHERE id = ?", (conversation_id,))


def get(database: Database, conversation_id: str) -> Conversation | None:
    """A conversation, or None."""
    row = database.row(f"SELECT {COLUMNS} FROM conversations WHERE id = ?", (conversation_id,))
    return record(row) if row else None


def exists(database: Database, conversation_id: str) -> bool:
    """Whether there is such a conversation."""
    return database.row("SELECT 1 FROM conversations WHERE id = ?", (conversation_id,)) is not None


def page(
    database: Database,
    *,
    limit: int,
    status: ConversationStatus | None = None,
    project_id: str | None = None,
    runtime_id: str | None = None,
    query: str | None = None,
    ids: Sequence[str] | None = None,
    before: tuple[int, str] | None = None,
) -> list[Row]:
    """The newest conversations, or those after the one with this `(updated_at, id)`: rows, for `record`.

    Args:
        database: where to read.
        limit: how many at the most.
        status: only those of this status.
        project_id: only those of this project.
        runtime_id: only those of this runtime.
        query: only those with these words in their title or messages. Such a search can take longer
            than an event loop should wait.
        ids: only these.
        before: the last row of the page before.
    """
    conditions: list[str] = []
    params: list[Scalar] = []
    for column, value in (("status", status), ("project_id", project_id), ("runtime_id", runtime_id)):
        if value is not None:
            conditions.append(f"{column} = ?")
            params.append(value)
    if ids is not None:
        conditions.append("id IN (SELECT value FROM json_each(?))")
        params.append(json.dumps(ids))
    if before is not None:
        conditions.append("(updated_at, id) < (?, ?)")
        params.extend(before)
    if query is not None:
        expression = match_expression(query)
        if expression is None:
            return []
        conditions.append(
            "(pk IN (SELECT rowid FROM conversations_fts WHERE conversations_fts MATCH ?) OR id IN "
            "(SELECT conversation_id FROM messages WHERE pk IN (SELECT rowid FROM messages_fts "
            "WHERE messages_fts MATCH ? ORDER BY rowid DESC LIMIT ?)))"
        )
        params.extend((expression, message_expression(database, query), SEARCHED_MESSAGES))
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    return database.rows(
        f"SELECT {COLUMNS} FROM conversations {where}ORDER BY updated_at DESC, id DESC LIMIT ?",
        (*params, limit),
    )


def archived_before(database: Database, at: int, limit: int) -> list[str]:
    """The archived conversations that nothing has changed since a time, oldest first; their ids."""
    rows = database.rows(
        "SELECT id FROM conversations WHERE status = 'archived' AND updated_at < ? "
        "ORDER BY updated_at, id LIMIT ?",
        (at, limit),
    )
    return [str(row[0]) for row in rows]


def records(rows: Iterable[Row]) -> list[Conversation]:
    """The records of a page."""
    return [record(row) for row in rows]


def record(row: Row) -> Conversation:
    """The record of a row of `COLUMNS`."""
    return Conversation(*row[:3], bool(row[3]), *row[4:18], bool(row[18]))  # type: ignore[call-arg]  # as many columns as fields


def preview_of(content: str) -> str:
    """The start of a message on one line, for lists."""
    line = " ".join(content[: PREVIEW_LENGTH * 4].split())
    return line if len(line) <= PREVIEW_LENGTH else line[: PREVIEW_LENGTH - 1] + "…"
