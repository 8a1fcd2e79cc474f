"""Messages: pages lose and repeat nothing, whatever the milliseconds say."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import conversations, messages, turns
from storage.database import Database
from storage.errors import InvalidCursorError
from storage.records import Conversation, Message
from tests.storage.conftest import a_conversation


def add(database: Database, conversation: Conversation, times: list[int]) -> list[str]:
    ids = [f"{conversation.id}-{n}" for n in range(len(times))]
    database.write(
        *(
            messages.insert(Message(one, conversation.id, None, "user", "text", "complete", None, at, at))
            for one, at in zip(ids, times, strict=True)
        )
    )
    return ids


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(times=st.lists(st.integers(1, 3), max_size=40), limit=st.integers(1, 45))
def test_every_page_size_reaches_every_message_once(database: Database, times: list[int], limit: int) -> None:
    conversation = a_conversation()
    database.write(conversations.insert(conversation))
    ids = add(database, conversation, times)

    def page(**where: object) -> list[str]:
        found = messages.page(database, conversation.id, limit=limit, **where)  # type: ignore[arg-type]
        return [message.id for message in found]

    forward, rows = [], page()
    while rows:
        forward += rows
        rows = page(after=rows[-1])
    backward: list[str] = []
    rows = page(from_end=True)
    while rows:
        backward = rows + backward
        rows = page(before=rows[0])
    assert forward == backward == ids
    assert messages.count(database, conversation.id) == len(ids)


def test_a_cursor_of_elsewhere_is_refused(database: Database, conversation: Conversation) -> None:
    other = a_conversation()
    database.write(conversations.insert(other))
    [cursor] = add(database, other, [1])
    for after, before in ((cursor, None), (None, cursor), ("nothing", None)):
        with pytest.raises(InvalidCursorError, match="no message of this conversation"):
            messages.page(database, conversation.id, limit=1, after=after, before=before)


def test_open_requests_are_system_rows_that_wait(database: Database, conversation: Conversation) -> None:
    for name, role, status in (
        ("a", "system", "pending"),
        ("b", "system", "complete"),
        ("c", "user", "pending"),
        ("d", "system", "pending"),
    ):
        database.write(
            messages.insert(Message(name, conversation.id, None, role, "", status, None, 1, 1))  # type: ignore[arg-type]
        )
    assert [message.id for message in messages.open_requests(database)] == ["a", "d"]


def test_a_late_answer_is_noted_and_changes_no_outcome(
    database: Database, conversation: Conversation
) -> None:
    metadata = '{"outcome":"expired"}'
    database.write(
        messages.insert(Message("r", conversation.id, None, "system", "", "error", metadata, 1, 1)),
        messages.insert(Message("p", conversation.id, None, "system", "", "pending", "{}", 1, 1)),
        messages.note_late_answer("r", "allow", '{"name":"curl"}', 5),
        messages.note_late_answer("p", "allow", "null", 5),
    )
    late, waiting = messages.get(database, "r"), messages.get(database, "p")
    assert late is not None
    assert waiting is not None
    expected = '{"outcome":"expired","lateAnswer":"allow","lateAnsweredBy":{"name":"curl"}}'
    assert (late.metadata, late.status) == (expected, "error")
    assert waiting.metadata == "{}"


@pytest.mark.parametrize(
    ("count", "text", "blocks", "is_short"),
    [(0, "", "", True), (50, "x", "x", True), (51, "", "x", False), (2, "x" * 30_000, "", False), (1, "x", "x" * 60_000, False)],
)  # fmt: skip
def test_a_conversation_is_short_while_it_is_read_in_no_time(
    database: Database, count: int, text: str, blocks: str, is_short: bool
) -> None:
    one, other = a_conversation(), a_conversation()
    database.write(conversations.insert(one), conversations.insert(other))
    for n in range(count):
        database.write(
            messages.insert(Message(f"{n}", one.id, None, "user", text, "complete", None, 1, 1)),
            turns.append_step(one.id, "t", "assistant", blocks),
        )
    assert messages.is_short(database, one.id) is is_short
    assert messages.is_short(database, other.id)
