"""Events: what follows a number, also from the middle of a run."""

from __future__ import annotations

import pytest

from storage import conversations, events
from storage.database import Database
from storage.records import Conversation, EventRow


@pytest.fixture
def filled(database: Database, conversation: Conversation) -> Conversation:
    database.write(
        events.insert(conversation.id, "t", EventRow(1, 1, False, b"a")),
        events.insert(conversation.id, "t", EventRow(2, 6, True, b"run")),
        events.insert(conversation.id, "t", EventRow(7, 7, False, b"b")),
        events.insert(conversation.id, "t", EventRow(100, 100, False, b"c")),
    )
    return conversation


@pytest.mark.parametrize(
    ("after", "first"), [(0, [1, 2, 7, 100]), (1, [2, 7, 100]), (4, [2, 7, 100]), (6, [7, 100]), (7, [100]), (50, [100]), (100, [])]
)  # fmt: skip
def test_the_rows_that_hold_something_newer(
    database: Database, filled: Conversation, after: int, first: list[int]
) -> None:
    assert [row.first_seq for row in events.after(database, filled.id, after, 10)] == first
    assert [row.first_seq for row in events.after(database, filled.id, after, 1)] == first[:1]


def test_the_last_number(database: Database, filled: Conversation) -> None:
    assert events.last_seq(database, filled.id) == 100
    assert events.last_seq(database, "nowhere") == 0
    database.write(conversations.delete(filled.id))
    assert events.last_seq(database, filled.id) == 0
