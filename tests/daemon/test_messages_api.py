"""Messages over HTTP: pages, what is refused, cancel, the queue."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from storage import conversations, messages
from storage.database import Database
from storage.ids import new_id
from storage.migrations import migrate
from storage.paths import DataDir
from storage.records import Conversation, Message
from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Says, Waits

AT = 1_775_210_400_000


def fill(data_dir: Path, count: int) -> str:
    """A conversation of many messages that share one millisecond."""
    folder = DataDir(data_dir)
    folder.prepare()
    database = Database(folder.database)
    migrate(database, folder.backups)
    conversation = new_id()
    database.write(
        conversations.insert(
            Conversation(
                id=conversation, project_id=None, title="many", title_is_given=True, runtime_id="offline",
                model_id=None, status="active", session_id=None, working_directory=None, preview=None,
                input_tokens=0, output_tokens=0, cost_usd=0.0, unpriced_turns=0, created_at=AT, updated_at=AT,
            )
        ),
        *(
            messages.insert(
                Message(f"{n:05d}", conversation, None, "user", f"m{n}", "complete", None, AT, AT)
            )
            for n in range(count)
        ),
    )  # fmt: skip
    database.close()
    return conversation


def test_pages_forward_and_backward_reach_every_message(start_daemon: StartDaemon, tmp_path: Path) -> None:
    conversation = fill(tmp_path / "data", 57)
    api = start_daemon().client
    everything = [f"{n:05d}" for n in range(57)]

    def ids(**params: Any) -> list[str]:
        return [row["id"] for row in api.messages(conversation, **params)]

    assert ids() == everything
    for limit in (1, 10, 19, 57, 100):
        forward: list[str] = []
        page = ids(limit=limit)
        while page:
            forward += page
            page = ids(limit=limit, after=page[-1])
        assert forward == everything
        backward: list[str] = []
        page = ids(limit=limit, **{"from": "end"})
        while page:
            backward = page + backward
            page = ids(limit=limit, before=page[0])
        assert backward == everything
    assert ids(after="00010", before="00015") == ["00011", "00012", "00013", "00014"]
    assert ids(limit=0) == []
    assert ids(limit=3, before="00010") == ["00007", "00008", "00009"]


def test_the_link_header_leads_through_all_pages(start_daemon: StartDaemon, tmp_path: Path) -> None:
    conversation = fill(tmp_path / "data", 25)
    api = start_daemon().client
    for start in ("?limit=4", "?limit=4&from=end"):
        seen: set[str] = set()
        path: str | None = f"{CONVERSATIONS}/{conversation}/messages{start}"
        while path is not None:
            answer = api.request("GET", path)
            seen |= {row["id"] for row in answer.json()}
            link = answer.headers.get("link")
            path = link.partition("<")[2].partition(">")[0] if link else None
        assert len(seen) == 25


def test_a_cursor_of_another_conversation_is_refused(shared: Api) -> None:
    first, second = shared.new(), shared.new()
    shared.ask(first, "help")
    cursor = shared.messages(first)[0]["id"]
    path = f"{CONVERSATIONS}/{second}/messages"
    for params in ({"after": cursor}, {"before": cursor}, {"after": "nothing"}):
        answer = shared.request("GET", path, params=params)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")
    for params in ({"limit": "-1"}, {"limit": "ten"}, {"from": "start"}):
        assert shared.request("GET", path, params=params).status_code == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_request"),
        ({"content": ""}, "invalid_request"),
        ({"content": " \n\t "}, "empty_content"),
        ({"content": 5}, "invalid_request"),
        ({"content": "a\0b"}, "nul_character"),
        ({"content": "x" * 1_048_577}, "content_too_large"),
        ({"content": "x", "whenBusy": "shout"}, "invalid_request"),
        ({"content": "x", "clientMessageId": ""}, "invalid_request"),
    ],
)
def test_a_message_that_cannot_be_is_refused(shared: Api, body: Any, code: str) -> None:
    conversation = shared.new()
    answer = shared.request("POST", f"{CONVERSATIONS}/{conversation}/messages", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert shared.messages(conversation) == []


def test_a_megabyte_of_text_is_kept_as_it_is(shared: Api) -> None:
    conversation = shared.new()
    text = "é" * (1_048_576 // 2)
    shared.ask(conversation, text)
    assert shared.messages(conversation)[0]["content"] == text


def test_cancel_keeps_the_text_so_far(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    model.script(Answer(Says("half of it "), Waits(threading.Event())))
    conversation = api.new("claude-code")
    with api.send(conversation, "go") as stream:
        stream.until("delta")
        api.cancel(conversation)
        last = stream.end()
        assert (last["type"], last["reason"]) == ("interrupted", "cancelled")
    answer = api.messages(conversation)[-1]
    assert (answer["status"], answer["content"]) == ("interrupted", "half of it ")
    assert api.get(f"{CONVERSATIONS}/{conversation}")["turn"] == "idle"
    model.wait_for_disconnect()
    model.script(Answer(Says("all of it")))
    assert api.ask(conversation, "go on").text == "all of it"


def test_cancel_without_a_turn_is_a_conflict(shared: Api) -> None:
    conversation = shared.new()
    answer = shared.request("POST", f"{CONVERSATIONS}/{conversation}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_turn")
    assert shared.request("POST", f"{CONVERSATIONS}/nowhere/cancel").status_code == 404


def test_cancel_before_the_first_token(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    model.script(Answer(Waits(threading.Event()), Says("never")))
    conversation = api.new("claude-code")
    with api.send(conversation, "go") as stream:
        stream.until("status", phase="thinking")
        api.cancel(conversation)
        assert stream.end()["type"] == "interrupted"
    assert api.messages(conversation)[-1]["content"] == ""


def test_while_a_turn_runs_a_message_is_refused_or_queued(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    gate = threading.Event()
    model.script(Answer(Says("one"), Waits(gate)), Answer(Says("two")), Answer(Says("three")))
    conversation = api.new("claude-code")
    path = f"{CONVERSATIONS}/{conversation}"
    with api.send(conversation, "first") as first:
        first.until("delta")
        refused = api.request("POST", f"{path}/messages", json={"content": "second"})
        assert (refused.status_code, refused.json()["code"]) == (409, "turn_running")
        with (
            api.send(conversation, "second", whenBusy="queue") as second,
            api.send(conversation, "third", whenBusy="queue") as third,
            api.send(conversation, "never", whenBusy="queue") as removed,
        ):
            queue = api.get(f"{path}/queue")
            while len(queue) < 3:
                queue = api.get(f"{path}/queue")
            by_text = {message["content"]: message["id"] for message in queue}
            api.patch(f"{path}/queue/{by_text['third']}", {"content": "third, changed"})
            api.delete(f"{path}/queue/{by_text['never']}")
            assert [event["code"] for event in removed.rest()] == ["removed_from_queue"]
            assert api.request("DELETE", f"{path}/queue/{by_text['never']}").status_code == 404
            gate.set()
            first.rest()
            second.rest()
            third.rest()
    started = second.seen[0]
    assert (started["type"], started["messageId"], started["wasQueued"]) == (
        "message",
        by_text["second"],
        True,
    )
    assert (first.text, second.text, third.text) == ("one", "two", "three")
    rows = [row["content"] for row in api.messages(conversation) if row["role"] == "user"]
    assert rows == ["first", "second", "third, changed"]
    assert api.get(f"{path}/queue") == []


def test_a_queue_survives_a_restart(start_daemon: StartDaemon, anthropic_api: FakeAnthropic) -> None:
    environment = {"ANTHROPIC_API_KEY": "test", "ANTHROPIC_BASE_URL": anthropic_api.base_url}
    daemon = start_daemon(**environment)
    api = daemon.client
    anthropic_api.script(Answer(Says("one"), Waits(threading.Event())))
    conversation = api.new("claude-code")
    path = f"{CONVERSATIONS}/{conversation}"
    with api.send(conversation, "first") as stream:
        stream.until("delta")
        with api.send(conversation, "second", whenBusy="queue"):
            while not api.get(f"{path}/queue") or api.messages(conversation)[1]["content"] != "one":
                pass
    daemon.kill()
    anthropic_api.script(Answer(Says("two")))
    api = start_daemon(**environment).client
    with api.follow(conversation, after=0) as stream:
        stream.until("message", wasQueued=True)
        assert stream.end()["type"] == "done"
    assert [row["content"] for row in api.messages(conversation)] == ["first", "one", "second", "two"]
