"""When a person who looks elsewhere is told something."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.attention import LONG_TURN_S, MAX_TEXT_LENGTH, Attention, Notice


def changed(turn: str, pending: int = 0, **fields: Any) -> dict[str, Any]:
    conversation = {
        "id": "c",
        "title": "Login",
        "turn": turn,
        "pendingRequests": pending,
        "lastMessagePreview": "Mended.",
        **fields,
    }
    return {"type": "conversation_changed", "conversation": conversation, "seq": 1}


def told(*events: dict[str, Any], is_focused: bool = False, step_s: float = 1.0) -> list[Notice]:
    attention = Attention()
    notices = [
        attention.receive(event, place * step_s, is_focused=is_focused) for place, event in enumerate(events)
    ]
    return [notice for notice in notices if notice is not None]


def test_a_conversation_that_needs_a_person_is_told_once() -> None:
    events = [changed("running"), changed("waiting", 1), changed("waiting", 1), changed("running")]
    assert told(*events) == [Notice("c", "Login", "Waits for your answer.")]


def test_each_new_request_is_told() -> None:
    events = [changed("waiting", 1), changed("waiting", 2), changed("waiting", 1), changed("waiting", 2)]
    assert len(told(*events)) == 3


def test_the_end_of_a_long_turn_is_told() -> None:
    assert told(changed("running"), changed("idle"), step_s=LONG_TURN_S) == [Notice("c", "Login", "Mended.")]


def test_the_end_of_a_short_turn_is_not() -> None:
    assert told(changed("running"), changed("idle"), step_s=LONG_TURN_S - 1) == []


def test_the_wait_for_a_person_belongs_to_the_turn() -> None:
    events = [changed("running"), changed("waiting", 1), changed("running"), changed("idle")]
    assert [notice.text for notice in told(*events, step_s=LONG_TURN_S / 3)][-1] == "Mended."


@pytest.mark.parametrize("events", [[changed("waiting", 1)], [changed("running"), changed("idle")]])
def test_who_works_in_the_window_sees_it_there(events: list[dict[str, Any]]) -> None:
    assert told(*events, is_focused=True, step_s=LONG_TURN_S) == []


@pytest.mark.parametrize(
    "event", [{"type": "reset"}, {"type": "conversation_deleted", "conversationId": "c"}]
)
def test_what_is_gone_is_forgotten(event: dict[str, Any]) -> None:
    assert told(changed("running"), event, changed("idle"), step_s=LONG_TURN_S) == []


def test_a_conversation_without_title_or_text_has_words_too() -> None:
    (notice,) = told(
        changed("running", title=None),
        changed("idle", title=None, lastMessagePreview=None),
        step_s=LONG_TURN_S,
    )
    assert (notice.title, notice.text) == ("New conversation", "The turn has ended.")


def test_a_long_text_is_cut() -> None:
    (notice,) = told(changed("running"), changed("idle", lastMessagePreview="x" * 1000), step_s=LONG_TURN_S)
    assert len(notice.text) == MAX_TEXT_LENGTH
