"""Rendered messages: kept by version, gone with their message."""

from __future__ import annotations

from storage import conversations, messages, rendered
from storage.database import Database
from storage.ids import new_id
from storage.records import Conversation, Message


def add(database: Database, conversation: Conversation) -> str:
    message = Message(new_id(), conversation.id, None, "assistant", "a", "complete", None, 1, 1)
    database.write(messages.insert(message))
    return message.id


def test_what_another_version_made_is_not_found(database: Database, conversation: Conversation) -> None:
    one, two = add(database, conversation), add(database, conversation)
    database.write(rendered.put(one, 1, "old"), rendered.put(two, 2, "new"))
    assert rendered.get(database, [one, two, "none"], 2) == {two: "new"}
    database.write(rendered.put(one, 2, "newer"))
    assert rendered.get(database, [one, two], 2) == {one: "newer", two: "new"}
    assert rendered.get(database, [], 2) == {}


def test_it_goes_with_its_message(database: Database, conversation: Conversation) -> None:
    message = add(database, conversation)
    database.write(rendered.put(message, 1, "html"), conversations.delete(conversation.id))
    assert rendered.get(database, [message], 1) == {}
    database.write(rendered.put(message, 1, "too late"))
    assert rendered.get(database, [message], 1) == {}
