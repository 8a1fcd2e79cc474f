"""Waiting messages: in order, over a crash, changed and taken back, and what was taken back is never sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api, EventStream
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Says, Waits


def queue(api: Api, conversation: str) -> list[dict[str, Any]]:
    waiting: list[dict[str, Any]] = api.get(f"{CONVERSATIONS}/{conversation}/queue")
    return waiting


def sent(api: Api, conversation: str) -> list[str]:
    return [row["content"] for row in api.messages(conversation) if row["role"] == "user"]


def asked(model: FakeAnthropic) -> list[str]:
    """The last text of each request to the model."""
    texts = []
    for request in model.requests:
        if request.path.endswith("/messages"):
            blocks = request.body["messages"][-1]["content"]
            texts.append(next(block["text"] for block in blocks if block["type"] == "text"))
    return texts


@contextmanager
def waiting(api: Api, conversation: str, *contents: str, **fields: Any) -> Iterator[list[EventStream]]:
    """Messages in the queue, in this order, and the streams of those who sent them."""
    with ExitStack() as stack:
        streams = []
        for content in contents:
            before = len(queue(api, conversation))
            stream = stack.enter_context(api.send(conversation, content, whenBusy="queue", **fields))
            while len(queue(api, conversation)) == before:
                pass
            streams.append(stream)
        yield streams


@pytest.fixture
def connect(start_daemon: StartDaemon, anthropic_api: FakeAnthropic) -> Callable[[], DaemonProcess]:
    """Starts a daemon on the same data again and again."""
    return lambda: start_daemon(ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=anthropic_api.base_url)


def test_after_a_crash_the_queue_goes_on_in_order_as_it_was_last_changed(
    connect: Callable[[], DaemonProcess], anthropic_api: FakeAnthropic
) -> None:
    daemon = connect()
    api = daemon.client
    anthropic_api.script(Answer(Says("one"), Waits(threading.Event())))
    conversation = api.new("claude-code")
    path = f"{CONVERSATIONS}/{conversation}/queue"
    with api.send(conversation, "first") as stream:
        stream.until("delta")
        with waiting(api, conversation, "second", "third", "never", "fourth"):
            ids = {row["content"]: row["id"] for row in queue(api, conversation)}
            assert list(ids) == ["second", "third", "never", "fourth"]
            assert api.get(f"{path}/{ids['third']}")["content"] == "third"
            api.patch(f"{path}/{ids['third']}", {"content": "third, changed"})
            api.delete(f"{path}/{ids['never']}")
            daemon.kill()
    anthropic_api.always(Answer(Says("well")))
    api = connect().client
    with api.follow(conversation, after=0) as stream:
        for _ in range(4):
            stream.end()
    assert sent(api, conversation) == ["first", "second", "third, changed", "fourth"]
    starts = [event["messageId"] for event in stream.of("message")]
    assert starts[1:] == [ids["second"], ids["third"], ids["fourth"]]
    assert queue(api, conversation) == []
    assert not any(text.startswith(("never", "third\n")) or text == "third" for text in asked(anthropic_api))


def test_a_retry_of_a_waiting_message_waits_with_it_also_over_a_crash(
    connect: Callable[[], DaemonProcess], anthropic_api: FakeAnthropic
) -> None:
    daemon = connect()
    api = daemon.client
    anthropic_api.script(Answer(Says("one"), Waits(threading.Event())))
    conversation = api.new("claude-code")
    with api.send(conversation, "first") as stream:
        stream.until("delta")
        with (
            waiting(api, conversation, "second", clientMessageId="mine"),
            api.send(conversation, "second", whenBusy="queue", clientMessageId="mine"),
        ):
            assert len(queue(api, conversation)) == 1
            daemon.kill()
    gate = threading.Event()
    anthropic_api.script(Answer(Says("two"), Waits(gate)))
    api = connect().client
    with api.send(conversation, "second", whenBusy="queue", clientMessageId="mine") as again:
        again.until("delta")
        gate.set()
        assert again.end()["type"] == "done"
    assert sent(api, conversation) == ["first", "second"]


def test_of_removal_and_start_one_wins(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    gate = threading.Event()
    model.script(Answer(Says("one"), Waits(gate)))
    model.always(Answer(Says("well")))
    conversation = api.new("claude-code")
    path = f"{CONVERSATIONS}/{conversation}/queue"
    contents = [f"message {n}" for n in range(12)]
    with api.send(conversation, "first") as stream:
        stream.until("delta")
        with waiting(api, conversation, *contents) as streams, ThreadPoolExecutor(3) as pool:
            rows = queue(api, conversation)
            removals = [
                pool.submit(api.request, "DELETE", f"{path}/{row['id']}") for row in (*rows[::3], *rows[1::3])
            ]
            gate.set()
            statuses = [removal.result().status_code for removal in removals]
            ends = [one.rest()[-1] for one in streams]
    removed = {
        row["content"]
        for row, status in zip((*rows[::3], *rows[1::3]), statuses, strict=True)
        if status == 204
    }
    assert set(statuses) <= {204, 404}
    assert sent(api, conversation) == ["first", *(one for one in contents if one not in removed)]
    for content, end in zip(contents, ends, strict=True):
        assert (end.get("code") == "removed_from_queue") == (content in removed)
    assert not removed & {text.partition("\n")[0] for text in asked(model)}


def test_a_stopped_turn_lets_the_next_message_start(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    model.script(Answer(Says("one"), Waits(threading.Event())), Answer(Says("two")))
    conversation = api.new("claude-code")
    with api.send(conversation, "first") as stream:
        stream.until("delta")
        with waiting(api, conversation, "second") as [second]:
            api.cancel(conversation)
            assert stream.end()["type"] == "interrupted"
            assert second.end()["type"] == "done"
    assert second.text == "two"


def test_who_waits_in_a_conversation_that_is_deleted_is_told(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    model.script(Answer(Says("one"), Waits(threading.Event())))
    conversation = api.new("claude-code")
    with api.send(conversation, "first") as stream:
        stream.until("delta")
        with waiting(api, conversation, "second") as [second]:
            api.delete(f"{CONVERSATIONS}/{conversation}")
            assert second.rest()[-1]["code"] in {"conversation_not_found", "conversation_deleted"}


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"content": "x"}), ("DELETE", None)])
def test_what_does_not_wait_is_not_found(shared: Api, method: str, body: Any) -> None:
    conversation = shared.new()
    shared.ask(conversation, "help")
    for message in (shared.messages(conversation)[0]["id"], "nowhere"):
        path = f"{CONVERSATIONS}/{conversation}/queue/{message}"
        answer = shared.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_queued")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_request"),
        ({"content": ""}, "invalid_request"),
        ({"content": " \n"}, "empty_content"),
        ({"content": 3}, "invalid_request"),
    ],
)
def test_a_change_that_cannot_be_right_leaves_the_message_as_it_is(
    shared: Api, body: dict[str, Any], code: str
) -> None:
    conversation = shared.new()
    with shared.send(conversation, "run true") as stream:
        request = stream.until("permission_request")["requestId"]
        with waiting(shared, conversation, "help") as [second]:
            [row] = queue(shared, conversation)
            path = f"{CONVERSATIONS}/{conversation}/queue/{row['id']}"
            refused = shared.request("PATCH", path, json=body)
            assert (refused.status_code, refused.json()["code"]) == (400, code)
            assert queue(shared, conversation) == [row]
            shared.respond(conversation, request, "deny")
            second.rest()
