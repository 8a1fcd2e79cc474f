"""Mentions over HTTP: what is refused, what is kept, and what the model gets to see."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Says, Waits


def mention(kind: str, entity: str, label: str = "It") -> dict[str, str]:
    return {"entityType": kind, "entityId": entity, "label": label}


def project(api: Api, folder: Path, name: str = "Webshop") -> str:
    created: str = api.post("/api/projects", {"name": name, "workingDirectory": str(folder)})["id"]
    return created


@pytest.mark.parametrize(
    "mentions",
    [
        "task",
        [1],
        [{"entityType": "task", "entityId": "x"}],
        [{"entityType": "planet", "entityId": "x", "label": "x"}],
        [{"entityType": "task", "entityId": "", "label": "x"}],
        [{"entityType": "task", "entityId": 5, "label": "x"}],
        [{"entityType": "task", "entityId": "x", "label": None}],
        [{"entityType": "task", "entityId": "x", "label": "x"}] * 51,
    ],
)
def test_malformed_mentions_are_refused(shared: Api, mentions: Any) -> None:
    conversation = shared.new()
    body = {"content": "help", "mentions": mentions}
    answer = shared.request("POST", f"{CONVERSATIONS}/{conversation}/messages", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert shared.messages(conversation) == []


@pytest.mark.parametrize("kind", ["project", "task", "document", "conversation"])
def test_what_does_not_exist_is_refused_by_name(shared: Api, kind: str) -> None:
    conversation = shared.new()
    body = {"content": "help", "mentions": [mention(kind, "id-of-it", "Fix login")]}
    answer = shared.request("POST", f"{CONVERSATIONS}/{conversation}/messages", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_mention")
    assert f"{kind} “Fix login” with the id id-of-it" in answer.json()["error"]
    assert shared.messages(conversation) == []


def test_what_was_deleted_is_refused(shared: Api, work_dir: Path) -> None:
    gone = project(shared, work_dir)
    conversation = shared.new()
    shared.ask(conversation, "help", mentions=[mention("project", gone)])
    shared.delete(f"/api/projects/{gone}")
    body = {"content": "help", "mentions": [mention("project", gone)]}
    answer = shared.request("POST", f"{CONVERSATIONS}/{conversation}/messages", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_mention")


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("../outside.txt", "mention_refused"),
        ("link.txt", "mention_refused"),
        ("folder-link/outside.txt", "mention_refused"),
        ("/etc/hostname", "mention_refused"),
        (".env", "mention_refused"),
        ("plain-name.txt", "mention_refused"),
        ("loop", "mention_refused"),
        (".", "mention_refused"),
        ("x" * 300, "mention_refused"),
        ("missing.txt", "unknown_mention"),
        ("notes.txt/below", "unknown_mention"),
    ],
)
def test_a_file_that_may_not_be_given_is_refused(
    shared: Api, work_dir: Path, tmp_path: Path, file: str, code: str
) -> None:
    (tmp_path / "outside.txt").write_text("private")
    (work_dir / "link.txt").symlink_to(tmp_path / "outside.txt")
    (work_dir / "folder-link").symlink_to(tmp_path)
    (work_dir / ".env").write_text("KEY=1")
    (work_dir / "plain-name.txt").symlink_to(work_dir / ".env")
    (work_dir / "loop").symlink_to(work_dir / "loop")
    conversation = shared.new(workingDirectory=str(work_dir))
    body = {"content": "help", "mentions": [mention("file", file)]}
    answer = shared.request("POST", f"{CONVERSATIONS}/{conversation}/messages", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_mentions_are_kept_with_the_message(shared: Api, work_dir: Path) -> None:
    shop = project(shared, work_dir)
    conversation = shared.new(projectId=shop)
    mentions = [mention("project", shop, "Webshop"), mention("file", "notes.txt", "notes.txt")]
    shared.ask(conversation, "help", mentions=[*mentions, mentions[0]])
    [question, _] = shared.messages(conversation)
    assert question["metadata"] == {"mentions": mentions, "attachments": []}
    shared.ask(conversation, "help, please", parentId="root", mentions=mentions[1:])
    assert shared.messages(conversation)[0]["metadata"]["mentions"] == mentions[1:]
    shared.ask(conversation, "help", mentions=[])
    shared.ask(conversation, "help", mentions=None)
    assert [row["metadata"] for row in shared.messages(conversation) if row["role"] == "user"][1:] == [
        None,
        None,
    ]


def test_a_waiting_message_keeps_its_mentions_and_can_be_given_others(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = connected.client
    gate = threading.Event()
    model.script(Answer(Says("one"), Waits(gate)), Answer(Says("two")))
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    other = api.new(title="The other talk")
    path = f"{CONVERSATIONS}/{conversation}"
    first, second = mention("file", "notes.txt"), mention("conversation", other)
    with api.send(conversation, "first") as stream:
        stream.until("delta")
        with api.send(conversation, "second", whenBusy="queue", mentions=[first]) as waiting:
            queue = api.get(f"{path}/queue")
            while not queue:
                queue = api.get(f"{path}/queue")
            [row] = queue
            assert (row["mentions"], row["attachments"]) == ([first], [])
            where = f"{path}/queue/{row['id']}"
            assert api.patch(where, {"content": "changed"})["mentions"] == [first]
            assert api.patch(where, {"content": "changed", "mentions": [second]})["mentions"] == [second]
            assert api.patch(where, {"content": "changed", "mentions": []})["mentions"] == []
            refused = api.request(
                "PATCH", where, json={"content": "x", "mentions": [mention("task", "nowhere")]}
            )
            assert (refused.status_code, refused.json()["code"]) == (400, "unknown_mention")
            api.patch(where, {"content": "changed", "mentions": [second]})
            gate.set()
            stream.rest()
            waiting.rest()
    sent = [row for row in api.messages(conversation) if row["role"] == "user"][1]
    assert (sent["content"], sent["metadata"]["mentions"]) == ("changed", [second])
