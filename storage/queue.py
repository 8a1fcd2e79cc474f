"""User messages that wait for a turn to end, in the order in which they came."""

from __future__ import annotations

from storage.database import Database
from storage.records import QueuedMessage
from storage.statements import Statement, built
from storage.tables import QueuedMessageTable as Table

COLUMNS = (
    Table.id,
    Table.conversation_id,
    Table.content,
    Table.client_message_id,
    Table.created_at,
    Table.updated_at,
    Table.mentions,
    Table.attachments,
)


def insert(message: QueuedMessage) -> Statement:
    """Adds a message at the end of its conversation's queue."""
    values = (
        message.id,
        message.conversation_id,
        message.content,
        message.client_message_id,
        message.created_at,
        message.updated_at,
        message.mentions,
        message.attachments,
    )
    return built(Table.insert(dict(zip(COLUMNS, values, strict=True))))


def update(message: QueuedMessage) -> Statement:
    """Changes the text and the mentions of a waiting message."""
    changed = Table.update(content=message.content, mentions=message.mentions, updated_at=message.updated_at)
    return built(changed.where(Table.id == message.id))


def delete(message_id: str) -> Statement:
    """Takes a message off its queue."""
    return built(Table.delete().where(Table.id == message_id))


def waiting(database: Database, conversation_id: str) -> list[QueuedMessage]:
    """The queue of a conversation, the next one first."""
    query = Table.select(*COLUMNS).where(Table.conversation_id == conversation_id).order_by(Table.id)
    return [QueuedMessage(*row) for row in database.select(query)]


def has(database: Database, conversation_id: str, client_message_id: str) -> bool:
    """Whether a message waits that a client has sent under this id."""
    row = database.row(
        "SELECT 1 FROM queued_messages WHERE conversation_id = ? AND client_message_id = ?",
        (conversation_id, client_message_id),
    )
    return row is not None


def conversations(database: Database) -> list[str]:
    """The conversations that have a queue."""
    rows = database.select(Table.select(Table.conversation_id).distinct())
    return [row[0] for row in rows]
