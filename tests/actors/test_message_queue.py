"""The queue: in order, changeable, and what was removed is never sent."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from actors.errors import NotQueuedError, QueueFullError, RemovedFromQueueError
from actors.message_queue import MAX_WAITING, MessageQueue
from actors.messages import EditQueued
from storage.records import QueuedMessage


def message(number: int, client: str | None = None) -> QueuedMessage:
    return QueuedMessage(f"q{number}", "c", f"text {number}", client, 1, 1)


def test_messages_leave_in_the_order_in_which_they_came() -> None:
    queue = MessageQueue([message(1)])
    queue.add(message(2))
    reply = queue.reply("q2")
    taken = [queue.next(), queue.next(), queue.next()]
    assert [one[0].id for one in taken if one] == ["q1", "q2"]
    assert taken[2] is None
    assert taken[1] is not None
    assert taken[1][1] is reply


def test_a_removed_message_is_never_taken_and_its_sender_is_told() -> None:
    queue = MessageQueue([message(1), message(2)])
    reply = queue.reply("q1")
    queue.remove("q1")
    with pytest.raises(RemovedFromQueueError):
        reply.get(timeout=0)
    assert [one.id for one in queue.messages] == ["q2"]
    with pytest.raises(NotQueuedError):
        queue.remove("q1")
    with pytest.raises(NotQueuedError):
        queue.change(EditQueued("q1", "x"), 2)


def test_a_message_that_could_not_start_is_the_next_one_again() -> None:
    queue = MessageQueue([message(1), message(2)])
    reply = queue.reply("q1")
    assert not queue.put_back("q1"), "it was not taken"
    queue.next()
    assert not queue.put_back("q2")
    assert queue.put_back("q1")
    assert not queue.put_back("q1")
    taken = queue.next()
    assert taken is not None
    assert (taken[0].id, taken[1]) == ("q1", reply)


def test_a_changed_message_keeps_its_place() -> None:
    queue = MessageQueue([message(1), message(2)])
    assert queue.change(EditQueued("q1", "other"), 9).content == "other"
    assert [(one.id, one.content, one.updated_at) for one in queue.messages] == [
        ("q1", "other", 9), ("q2", "text 2", 1),
    ]  # fmt: skip


def test_a_client_finds_its_message_again() -> None:
    queue = MessageQueue([message(1, "mine")])
    found = queue.of_client("mine")
    assert found is not None
    assert found.id == "q1"
    assert queue.of_client("other") is None
    assert queue.of_client(None) is None


def test_the_queue_has_a_bound() -> None:
    queue = MessageQueue([message(n) for n in range(MAX_WAITING)])
    with pytest.raises(QueueFullError, match="100"):
        queue.add(message(1000))


def test_mentions_stay_unless_they_are_changed_too() -> None:
    queue = MessageQueue([replace(message(1), mentions="[1]")])
    assert queue.change(EditQueued("q1", "x"), 2).mentions == "[1]"
    assert queue.change(EditQueued("q1", "x", "[2]"), 3).mentions == "[2]"
