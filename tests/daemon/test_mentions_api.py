"""Mentions over HTTP: what is refused, what is kept, and what the model gets to see."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api
from tests.daemon.providers import Provider
from tests.daemon.uploading import upload
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Waits


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


def test_every_model_is_given_what_is_mentioned(provider: Provider, work_dir: Path) -> None:
    api = provider.api
    shop = project(api, work_dir)
    task = api.post("/api/tasks", {"title": "Fix login", "projectId": shop})["id"]
    document = upload(api, "spec.md", b"# The specification")["id"]
    other = api.new(title="Old talk")
    api.ask(other, "list .")
    (work_dir / "code.py").write_text("print('as it was')")
    provider.fake.script(Answer(Says("I see.")), Answer(Says("I still see.")))
    conversation = provider.new(projectId=shop)
    mentions = [
        mention("project", shop, "Webshop"),
        mention("task", task, "Fix login"),
        mention("document", document, "spec.md"),
        mention("conversation", other, "Old talk"),
        mention("file", "code.py", "code.py"),
    ]
    api.ask(conversation, "What is all this?", mentions=mentions)
    (work_dir / "code.py").write_text("print('as it became')")
    api.ask(conversation, "And now?")
    first, second = provider.bodies()
    [asked] = provider.asked(first)
    assert asked.startswith("What is all this?")
    for text in (
        f"The person mentions the project “Webshop”. Project Webshop, active, id {shop}",
        f"Task Fix login, planned, medium priority, id {task}",
        "# The specification",
        "Person: list .",
        "print('as it was')",
    ):
        assert text in asked
    # Later turns send what was given then, so that a provider's cache stays valid.
    assert provider.asked(second)[0] == asked
    assert "as it became" not in str(second)


def test_the_offline_tools_show_what_they_were_given(shared: Api, work_dir: Path) -> None:
    conversation = shared.new(workingDirectory=str(work_dir))
    mentions = [mention("file", "notes.txt", "notes.txt")]
    for content in ("what is in it?", "list ."):
        text = shared.ask(conversation, content, mentions=mentions).text
        assert "I was given the file “notes.txt”:" in text
        assert "second line" in text
    assert "I was given" not in shared.ask(conversation, "list .").text


def test_what_is_deleted_while_a_message_waits_is_named_and_ends_nothing(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = connected.client
    gate = threading.Event()
    model.script(Answer(Says("one"), Waits(gate)), Answer(Says("two")))
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    task = api.post("/api/tasks", {"title": "Fix login"})["id"]
    mentions = [mention("task", task, "Fix login"), mention("file", "notes.txt", "notes.txt")]
    with api.send(conversation, "first") as stream:
        stream.until("delta")
        second: dict[str, Any] = {"clientMessageId": "mine", "whenBusy": "queue", "mentions": mentions}
        with api.send(conversation, "second", **second) as waiting:
            while not api.get(f"{CONVERSATIONS}/{conversation}/queue"):
                pass
            api.delete(f"/api/tasks/{task}")
            (work_dir / "notes.txt").unlink()
            with api.send(conversation, "second", **second) as again:
                gate.set()
                stream.rest()
                assert waiting.rest()[-1]["type"] == "done"
                assert again.rest()[-1] == waiting.seen[-1]
    asked = str(model.requests[-1].body["messages"][-1]["content"])
    assert "mentions the task “Fix login”. It is gone: it was deleted after the message was sent" in asked
    assert "mentions the file “notes.txt”. It is gone. There is no file notes.txt" in asked


def test_an_answer_asked_for_again_is_given_what_there_is_now(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = connected.client
    model.script(Answer(Says("one")), Answer(Says("two")))
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    api.ask(conversation, "read it", mentions=[mention("file", "notes.txt", "notes.txt")])
    (work_dir / "notes.txt").write_text("fourth line")
    answer = api.messages(conversation)[-1]["id"]
    with api.stream("POST", f"{CONVERSATIONS}/{conversation}/messages/{answer}/retry") as stream:
        stream.rest()
    [asked] = model.requests[-1].body["messages"]
    assert "fourth line" in str(asked)
    assert "second line" not in str(asked)


def test_a_long_document_is_given_by_its_start(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    document = upload(api, "long.txt", b"start " + b"x" * 20_000)["id"]
    model.script(
        Answer(Calls("ReadDocument", {"document_id": document, "offset": 19_990, "limit": 100})),
        Answer(Says("read")),
    )
    conversation = api.new("claude-code")
    done = api.ask(conversation, "sum it up", mentions=[mention("document", document, "long.txt")]).seen[-1]
    asked = str(model.requests[-1].body["messages"][0]["content"])
    assert "The first 2,000 characters of 20,006 characters" in asked
    assert f'ReadDocument, document_id "{document}"' in asked
    assert len(asked) < 4_000
    assert [link["href"] for link in done["quickAccess"]] == [f"/documents/{document}"]
