"""OpenConversations: whom one can ask without asking first where it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from actors.bridge import Actor, started
from actors.open_conversations import OpenConversations


@pytest.fixture
def ref() -> Iterator[Any]:
    ref = started(Actor.start())
    yield ref
    ref.stop()


def test_who_is_open_and_alive_can_be_reached(ref: Any) -> None:
    opened = OpenConversations()
    assert opened.reachable("c") is None
    opened.put("c", ref)
    assert opened.reachable("c") == ref
    assert list(opened) == [ref]
    ref.stop()
    assert opened.reachable("c") is None


def test_an_actor_that_has_ended_takes_no_later_one_off(ref: Any) -> None:
    opened = OpenConversations()
    opened.put("c", ref)
    assert not opened.remove("c", "urn of another one")
    assert opened.remove("c", ref.actor_urn)
    assert not opened.remove("c")


def test_nobody_is_reached_once_the_daemon_stops(ref: Any) -> None:
    opened = OpenConversations()
    opened.put("c", ref)
    opened.close()
    assert opened.reachable("c") is None
    assert opened.get("c") == ref
