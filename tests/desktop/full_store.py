"""A store with a hundred thousand conversations, one of which is long."""

from __future__ import annotations

from storage import conversations, messages
from storage.database import Database
from storage.ids import new_id
from storage.migrations import migrate
from storage.paths import DataDir
from storage.records import Message
from tests.storage.conftest import a_conversation

LONG = "A long conversation"
MINUTE_MS = 60_000


def fill(data_dir: DataDir, conversation_count: int, message_count: int) -> None:
    """Makes it: numbered conversations, and last the long one, with numbered messages."""
    data_dir.prepare()
    database = Database(data_dir.database)
    migrate(database, data_dir.backups)
    rows = [
        a_conversation(title=f"Conversation {number}", updated_at=number * MINUTE_MS)
        for number in range(1, conversation_count)
    ]
    long = a_conversation(title=LONG, updated_at=conversation_count * MINUTE_MS)
    database.write(*(conversations.insert(row) for row in (*rows, long)))
    database.write(*(messages.insert(_message(long.id, number)) for number in range(message_count)))
    database.close()


def _message(conversation_id: str, number: int) -> Message:
    role = "assistant" if number % 2 else "user"
    text = f"Message {number}\n\n```python\nprint({number})\n```" if number % 2 else f"Message {number}"
    return Message(new_id(), conversation_id, None, role, text, "complete", None, number + 1, number + 1)  # type: ignore[arg-type]
