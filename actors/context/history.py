"""The conversation so far, as the model gets it: read from the store alone."""

from __future__ import annotations

from actors.transcript import Entry, rebuild
from storage import branches, messages, turns
from storage.database import Database
from storage.records import Conversation

ALL = 1_000_000


def read(database: Database, conversation: Conversation, writing: str | None = None) -> list[Entry]:
    """The history of the conversation's branch.

    Args:
        database: where to read.
        conversation: whose history.
        writing: the row of the answer that is being written, which does not belong to it yet.
    """
    path = branches.path(database, conversation.id, conversation.branch_id)
    rows = messages.page(database, conversation.id, path, limit=ALL)
    return rebuild([row for row in rows if row.id != writing], turns.steps(database, conversation.id))
