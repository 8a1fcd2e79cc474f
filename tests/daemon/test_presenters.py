"""What a list keeps of the rows that it has shown must never be what they no longer are."""

from __future__ import annotations

import msgspec

from actors.events import TurnState
from daemon import presenters
from storage import conversations
from storage.database import Database
from storage.statements import Scalar


def test_a_list_shows_each_row_as_it_is_now(database: Database) -> None:
    record = conversations.blank("offline", 1_775_210_400_007, title="before")
    database.write(conversations.insert(record))
    changes: list[dict[str, Scalar]] = [
        {},
        {"title": "after"},
        {"title": None},
        {"is_unread": True},
        {"is_unread": False, "preview": "x"},
    ]
    turns: list[tuple[TurnState, int]] = [("idle", 0), ("running", 0), ("waiting", 1), ("waiting", 2)]
    for change in changes:
        if change:
            database.write(conversations.update(record.id, change, record.updated_at))
        for turn in turns:
            [row] = conversations.page(database, limit=9)
            shown = msgspec.json.encode([presenters.listed(row, turn)])
            assert shown == msgspec.json.encode([presenters.conversation(conversations.record(row), turn)])


def test_what_is_kept_is_bounded() -> None:
    assert presenters.listed.cache_info().maxsize == presenters.KEPT_CONVERSATIONS
