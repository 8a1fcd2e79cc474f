"""Conversations over HTTP: lists, pages, titles, changes, deletion."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Refuses, Says, Waits

FIELDS = {
    "id", "projectId", "title", "runtimeId", "modelId", "status", "createdAt", "updatedAt", "sessionId",
    "workingDirectory", "turn", "pendingRequests", "lastMessagePreview", "branchId", "usage",
    "lastOutcome", "unread",
}  # fmt: skip


def test_a_new_conversation_has_every_field(shared: Api) -> None:
    created = shared.post(CONVERSATIONS, {"runtimeId": "offline"})
    assert set(created) == FIELDS
    assert created["status"] == "active"
    assert created["turn"] == "idle"
    assert created["usage"] == {"inputTokens": 0, "outputTokens": 0, "costUsd": 0.0}
    assert created["createdAt"].endswith("Z")
    detail = shared.get(f"{CONVERSATIONS}/{created['id']}")
    assert set(detail) == FIELDS | {"messageCount", "lastSeq"}
    assert {name: detail[name] for name in FIELDS} == created


def test_unknown_fields_are_ignored(shared: Api) -> None:
    assert shared.post(CONVERSATIONS, {"runtimeId": "offline", "colour": "red"})["title"] is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_request"),
        ({"runtimeId": "emacs"}, "unknown_runtime"),
        ({"runtimeId": None}, "invalid_request"),
        ({"runtimeId": "offline", "projectId": "nowhere"}, "unknown_project"),
        ({"runtimeId": "offline", "modelId": "sonnet"}, "model_does_not_fit"),
        ({"runtimeId": "claude-code", "modelId": "gpt-5.4"}, "model_does_not_fit"),
        ({"runtimeId": "offline", "workingDirectory": "relative"}, "invalid_directory"),
        ({"runtimeId": "offline", "workingDirectory": "/does/not/exist"}, "invalid_directory"),
        ({"runtimeId": "offline", "workingDirectory": "/" + "x" * 300}, "invalid_directory"),
        ({"runtimeId": "offline", "title": ""}, "invalid_request"),
        ({"runtimeId": "offline", "title": 7}, "invalid_request"),
    ],
)
def test_a_conversation_that_cannot_be_is_refused(shared: Api, body: Any, code: str) -> None:
    answer = shared.request("POST", CONVERSATIONS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["error"]


def test_the_refusal_of_a_runtime_names_the_valid_ones(shared: Api) -> None:
    message = shared.request("POST", CONVERSATIONS, json={"runtimeId": "emacs"}).json()["error"]
    for runtime in ("claude-code", "openai-codex-app-server", "ollama", "offline"):
        assert runtime in message


def test_several_wrong_fields_are_all_named(shared: Api) -> None:
    body = {"runtimeId": 1, "title": 2, "modelId": 3}
    details = shared.request("POST", CONVERSATIONS, json=body).json()["details"]
    assert {detail["field"] for detail in details} == {"runtimeId", "title", "modelId"}


def test_pages_lose_and_repeat_nothing(api: Api) -> None:
    created = [api.new() for _ in range(25)]
    seen: list[str] = []
    path: str | None = f"{CONVERSATIONS}?limit=4"
    while path is not None:
        answer = api.request("GET", path)
        rows = answer.json()
        assert len(rows) <= 4
        seen += [row["id"] for row in rows]
        link = answer.headers.get("link")
        path = link.partition("<")[2].partition(">")[0] if link else None
    assert seen == created[::-1]


def test_filters_narrow_the_list(api: Api, work_dir: Path) -> None:
    project = api.post("/api/projects", {"name": "shop", "workingDirectory": str(work_dir)})["id"]
    mine = api.new(projectId=project, title="Apples and pears")
    other = api.new("ollama")
    archived = api.new()
    api.patch(f"{CONVERSATIONS}/{archived}", {"status": "archived"})
    api.ask(other := api.new(), "read unfindable-word.txt")

    def ids(**params: Any) -> list[str]:
        return [row["id"] for row in api.get(CONVERSATIONS, **params)]

    assert ids(projectId=project) == [mine]
    assert ids(status="archived") == [archived]
    assert archived not in ids(status="active")
    assert ids(q="pear") == [mine]
    assert ids(q="unfindable") == [other]
    assert ids(q="unfindable", status="archived") == []
    assert ids(q="%") == []
    assert ids(limit=0) == []
    assert ids(projectId="nowhere") == []


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "-1"}, {"limit": "x"}, {"limit": "1.5"}, {"limit": "99999"}, {"status": "open"},
        {"cursor": "!!"}, {"cursor": "MQ"}, {"runtimeId": "emacs"}, {"turn": "x"}, {"limit": ""},
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_is_refused(shared: Api, params: dict[str, str]) -> None:
    assert shared.request("GET", CONVERSATIONS, params=params).status_code == 400


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("Why is the sky blue?", "Why is the sky blue?"),
        ("\n\n  first line  \nsecond", "first line"),
        ("word " * 30, "word word word word word word word word word word word…"),
        ("x" * 100, "x" * 59 + "…"),
    ],
)
def test_the_first_message_gives_the_title(shared: Api, message: str, title: str) -> None:
    conversation = shared.new()
    shared.ask(conversation, message)
    found = shared.get(f"{CONVERSATIONS}/{conversation}")
    assert found["title"] == title
    assert len(found["title"]) <= 60
    shared.ask(conversation, "another message")
    assert shared.get(f"{CONVERSATIONS}/{conversation}")["title"] == title


def test_a_given_title_stays(shared: Api) -> None:
    conversation = shared.new(title="Mine")
    shared.ask(conversation, "help")
    assert shared.get(f"{CONVERSATIONS}/{conversation}")["title"] == "Mine"
    assert shared.patch(f"{CONVERSATIONS}/{conversation}", {"title": "Yours"})["title"] == "Yours"


def test_the_list_shows_the_last_message_and_the_newest_first(api: Api) -> None:
    first, second = api.new(), api.new()
    api.ask(first, "help")
    rows = api.get(CONVERSATIONS)
    assert [row["id"] for row in rows] == [first, second]
    assert rows[0]["lastMessagePreview"].startswith("**Offline tools")


def test_how_a_turn_ended_and_whether_it_was_seen(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    conversation = api.new("claude-code")
    path = f"{CONVERSATIONS}/{conversation}"

    def marks() -> tuple[str | None, bool]:
        [row] = [row for row in api.get(CONVERSATIONS) if row["id"] == conversation]
        return row["lastOutcome"], row["unread"]

    assert marks() == (None, False)
    model.script(Answer(Says("one")), Refuses(401), Answer(Says("two"), Waits(threading.Event())))
    api.ask(conversation, "go")
    assert marks() == ("complete", True)
    before = api.get(path)["updatedAt"]
    with api.stream("GET", "/api/events") as feed:
        assert api.request("POST", f"{path}/read").status_code == 204
        told = feed.until("conversation_changed")["conversation"]
    assert (told["id"], told["unread"], told["updatedAt"]) == (conversation, False, before)
    assert marks() == ("complete", False)
    api.ask(conversation, "again")
    assert marks() == ("error", True)
    api.post(f"{path}/read")
    with api.send(conversation, "once more") as stream:
        stream.until("delta")
        api.cancel(conversation)
        stream.end()
    assert marks() == ("interrupted", False)  # the person who stopped it knows
    assert api.request("POST", f"{CONVERSATIONS}/nowhere/read").status_code == 404


def test_changes_are_validated_together(shared: Api) -> None:
    path = f"{CONVERSATIONS}/{shared.new('claude-code', modelId='sonnet')}"
    assert shared.request("PATCH", path, json={"status": "gone"}).status_code == 400
    assert shared.request("PATCH", path, json={"modelId": "gpt-5.4"}).status_code == 400
    refused = shared.request("PATCH", path, json={"runtimeId": "openai-codex-app-server"})
    assert refused.json()["code"] == "model_does_not_fit"
    both = shared.patch(path, {"runtimeId": "openai-codex-app-server", "modelId": "gpt-5.4"})
    assert (both["runtimeId"], both["modelId"]) == ("openai-codex-app-server", "gpt-5.4")
    assert shared.patch(path, {"modelId": None})["modelId"] is None
    assert shared.patch(path, {})["runtimeId"] == "openai-codex-app-server"
    assert shared.request("PATCH", f"{CONVERSATIONS}/nowhere", json={}).status_code == 404


def test_a_change_in_mid_turn_applies_from_the_next(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    gate = threading.Event()
    model.script(Answer(Says("one"), Waits(gate)), Answer(Says("two")))
    conversation = api.new("claude-code", modelId="sonnet")
    before = len(model.requests)
    with api.send(conversation, "go") as stream:
        stream.until("delta")
        api.patch(f"{CONVERSATIONS}/{conversation}", {"modelId": "haiku"})
        gate.set()
        stream.rest()
    api.ask(conversation, "again")
    asked = [request.body["model"] for request in model.requests[before:]]
    assert asked == ["claude-sonnet-5-5", "claude-haiku-5-5"]


def test_deletion_stops_the_turn_and_removes_everything(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    model.script(Answer(Says("one"), Waits(threading.Event())))
    conversation = api.new("claude-code")
    with api.send(conversation, "go") as stream:
        stream.until("delta")
        api.delete(f"{CONVERSATIONS}/{conversation}")
        assert stream.end()["type"] in {"interrupted", "error"}
    for path in ("", "/messages", "/stream", "/queue"):
        assert api.request("GET", f"{CONVERSATIONS}/{conversation}{path}").status_code == 404
    assert api.request("DELETE", f"{CONVERSATIONS}/{conversation}").status_code == 404
    body = {"content": "still there?"}
    assert api.request("POST", f"{CONVERSATIONS}/{conversation}/messages", json=body).status_code == 404
    model.wait_for_disconnect()


def test_ten_thousand_stored_conversations_cost_no_thread(api: Api, daemon: DaemonProcess) -> None:
    def threads() -> int:
        return len(list(Path(f"/proc/{daemon.process.pid}/task").iterdir()))

    api.new()
    before = threads()
    for _ in range(200):
        api.new()
    assert threads() < before + 20  # executors may start another thread
