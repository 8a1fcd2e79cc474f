"""A disk that is full for a while: nobody is told a falsehood, and what was said is stored when there is room."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.api import CONVERSATIONS, DEADLINE_S, Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Says, Waits

LONG = "A line of an answer that is long enough to need a page.\n" * 400


@contextmanager
def full_disk(daemon: DaemonProcess) -> Iterator[None]:
    """No file of the daemon can grow: what a full disk is to it."""
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def wait_for_change(api: Api, conversation: str, **fields: Any) -> None:
    """Follows the feed until the conversation looks like this."""
    with api.stream("GET", "/api/events") as feed:
        found = api.get(f"{CONVERSATIONS}/{conversation}")
        while any(found[name] != value for name, value in fields.items()):
            feed.next()
            found = api.get(f"{CONVERSATIONS}/{conversation}")


@pytest.fixture
def daemon(start_daemon: StartDaemon, model: FakeAnthropic) -> DaemonProcess:
    return start_daemon(ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=model.base_url)


def test_an_answer_that_cannot_be_stored_says_so_and_is_stored_later(
    daemon: DaemonProcess, model: FakeAnthropic
) -> None:
    api = daemon.client
    gate = threading.Event()
    model.script(Answer(Says("start "), Waits(gate), Says(LONG, chunks=40)))
    conversation = api.new("claude-code")
    with api.stream("GET", "/api/events") as feed, api.send(conversation, "go") as stream:
        stream.until("delta")
        with full_disk(daemon):
            gate.set()
            end = stream.end()
            assert (end["type"], end["code"]) == ("error", "storage_error")
        while api.messages(conversation)[-1]["status"] == "streaming":
            feed.next()
    row = api.messages(conversation)[-1]
    assert row["status"] in {"complete", "error"}
    # How much was said before the first write failed is the scheduler's choice; all of it must be there.
    assert row["content"].startswith("start ")
    assert row["content"] == stream.text


def test_a_message_that_could_not_be_stored_can_be_sent_again(
    daemon: DaemonProcess, model: FakeAnthropic
) -> None:
    api = daemon.client
    model.script(Answer(Says("Here.")))
    conversation = api.new("claude-code")
    body = {"content": LONG, "clientMessageId": "mine"}
    with full_disk(daemon):
        refused = api.request("POST", f"{CONVERSATIONS}/{conversation}/messages", json=body)
        assert (refused.status_code, refused.json()["code"]) == (500, "storage_error")
    done = api.ask(conversation, LONG, clientMessageId="mine")
    assert done.seen[-1]["type"] == "done"
    rows = api.messages(conversation)
    assert [row["status"] for row in rows] == ["complete", "complete"]
    assert rows[0]["parentId"] is None


def test_a_conversation_that_could_not_be_deleted_goes_on(
    daemon: DaemonProcess, model: FakeAnthropic
) -> None:
    api = daemon.client
    model.script(Answer(Says(LONG)), Answer(Says("Still here.")))
    conversation = api.new("claude-code")
    api.ask(conversation, "one")
    with full_disk(daemon):
        assert api.request("DELETE", f"{CONVERSATIONS}/{conversation}").status_code == 500
    assert api.ask(conversation, "two").text == "Still here."
    api.delete(f"{CONVERSATIONS}/{conversation}")


def test_waiting_messages_go_on_waiting_until_there_is_room(
    daemon: DaemonProcess, model: FakeAnthropic
) -> None:
    api = daemon.client
    gate = threading.Event()
    model.script(Answer(Says("one"), Waits(gate)), Answer(Says("two")), Answer(Says("three")))
    conversation = api.new("claude-code")
    path = f"{CONVERSATIONS}/{conversation}"
    with api.send(conversation, "go") as stream:
        stream.until("delta")
        with api.send(conversation, "second", whenBusy="queue") as second:
            while len(api.get(f"{path}/queue")) < 1:
                pass
            with api.send(conversation, LONG, whenBusy="queue") as third:
                while len(api.get(f"{path}/queue")) < 2:
                    pass
                with full_disk(daemon):
                    gate.set()
                    stream.rest()
                    # The next one may be about to start: it comes back when that cannot be stored either.
                    deadline = time.monotonic() + DEADLINE_S
                    while [row["content"] for row in api.get(f"{path}/queue")] != ["second", LONG]:
                        assert time.monotonic() < deadline
                assert second.end()["type"] == "done"
                assert third.end()["type"] == "done"
    assert (second.text, third.text) == ("two", "three")
    said = [row["content"] for row in api.messages(conversation) if row["role"] == "user"]
    assert said == ["go", "second", LONG]
    assert api.get(f"{path}/queue") == []
