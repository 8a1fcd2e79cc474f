"""Rows for tests."""

from __future__ import annotations

import pytest

from storage import conversations
from storage.database import Database
from storage.ids import new_id
from storage.records import Conversation


def a_conversation(**fields: object) -> Conversation:
    values: dict[str, object] = {
        "id": new_id(), "project_id": None, "title": None, "title_is_given": False, "runtime_id": "offline",
        "model_id": None, "status": "active", "session_id": None, "working_directory": None, "preview": None,
        "input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0, "unpriced_turns": 0, "created_at": 1,
        "updated_at": 1,
    }  # fmt: skip
    return Conversation(**{**values, **fields})  # type: ignore[arg-type]


@pytest.fixture
def conversation(database: Database) -> Conversation:
    record = a_conversation()
    database.write(conversations.insert(record))
    return record
