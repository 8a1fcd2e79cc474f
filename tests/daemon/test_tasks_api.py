"""Tasks over HTTP: kept, listed, and worked on by an agent in the background, whatever happens to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from storage import conversations, queue, tasks
from storage.database import Database
from storage.ids import new_id
from storage.migrations import migrate
from storage.paths import DataDir
from storage.records import QueuedMessage, Task
from tests.api import CONVERSATIONS, Api, EventStream
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Refuses, Says, Waits

TASKS = "/api/tasks"


def new_task(api: Api, title: str = "help", **fields: Any) -> dict[str, Any]:
    created: dict[str, Any] = api.post(TASKS, {"title": title, **fields})
    return created


def task(api: Api, task_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{TASKS}/{task_id}")
    return found


@contextmanager
def feed(api: Api) -> Any:
    with api.stream("GET", "/api/events") as stream:
        yield stream


def until_status(stream: EventStream, task_id: str, status: str) -> dict[str, Any]:
    """The task as the feed shows it once it has this status."""
    while True:
        event = stream.next()
        if event["type"] == "task_changed" and event["task"]["id"] == task_id:
            changed: dict[str, Any] = event["task"]
            if changed["status"] == status:
                return changed


def test_a_task_is_kept_changed_and_removed(shared: Api) -> None:
    project = shared.post("/api/projects", {"name": "House"})["id"]
    made = new_task(shared, "  Mend the door ", description="It squeaks.", projectId=project, priority="high")
    assert made["title"] == "Mend the door"
    assert (made["status"], made["result"], made["conversationId"]) == ("planned", None, None)
    assert task(shared, made["id"]) == made
    changed = shared.patch(
        f"{TASKS}/{made['id']}", {"status": "completed", "result": "Oiled.", "description": None}
    )
    assert (changed["status"], changed["result"], changed["description"]) == ("completed", "Oiled.", None)
    assert changed["priority"] == "high"
    shared.delete(f"/api/projects/{project}")
    assert task(shared, made["id"])["projectId"] is None
    shared.delete(f"{TASKS}/{made['id']}")
    assert shared.request("GET", f"{TASKS}/{made['id']}").json()["code"] == "task_not_found"


def test_the_list_has_filters_and_pages(shared: Api) -> None:
    project = shared.post("/api/projects", {"name": "Listed"})["id"]
    made = [new_task(shared, f"number {n}", projectId=project)["id"] for n in range(7)]
    shared.patch(f"{TASKS}/{made[2]}", {"status": "cancelled"})
    newest = [made[2], *(one for one in reversed(made) if one != made[2])]
    seen: list[str] = []
    path = f"{TASKS}?projectId={project}&limit=3"
    while path:
        answer = shared.request("GET", path)
        seen += [one["id"] for one in answer.json()]
        path = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert seen == newest
    of_status = shared.get(TASKS, projectId=project, status="cancelled")
    assert [one["id"] for one in of_status] == [made[2]]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_request"),
        ({"title": ""}, "invalid_request"),
        ({"title": "  "}, "empty_title"),
        ({"title": "x", "priority": "urgent"}, "invalid_request"),
        ({"title": "x", "status": "done"}, "invalid_request"),
        ({"title": "x", "projectId": "nowhere"}, "unknown_project"),
        ({"title": "x" * 501}, "invalid_request"),
    ],
)
def test_a_task_that_cannot_be_right_is_refused(shared: Api, body: dict[str, Any], code: str) -> None:
    refused = shared.request("POST", TASKS, json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    if body.get("title") != "x" or len(body) > 1:
        made = new_task(shared)["id"]
        if body:
            refused = shared.request("PATCH", f"{TASKS}/{made}", json=body)
            assert (refused.status_code, refused.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    "query", ["status=done", "limit=-1", "limit=x", "cursor=!", "cursor=eA", "status=planned&status=failed"]
)
def test_a_list_that_makes_no_sense_is_refused(shared: Api, query: str) -> None:
    assert shared.request("GET", f"{TASKS}?{query}").status_code == 400


def test_a_run_is_a_conversation_of_its_own(shared: Api, work_dir: Path) -> None:
    project = shared.post("/api/projects", {"name": "Work", "workingDirectory": str(work_dir)})["id"]
    made = new_task(shared, "read notes.txt", projectId=project)
    with feed(shared) as stream:
        run = shared.request("POST", f"{TASKS}/{made['id']}/run")
        assert run.status_code == 202
        started = run.json()
        assert started["id"] == made["id"]
        assert started["conversation"]["id"] == started["conversationId"]
        assert (started["conversation"]["title"], started["conversation"]["projectId"]) == (
            "read notes.txt",
            project,
        )
        ended = until_status(stream, made["id"], "completed")
    assert "second line" in ended["result"]
    assert task(shared, made["id"]) == ended
    seen = [
        event["task"]["status"]
        for event in stream.seen
        if event["type"] == "task_changed" and event["task"]["id"] == made["id"]
    ]
    assert seen[-1] == "completed"
    assert set(seen) <= {"planned", "queued", "running", "completed"}
    [asked, answer] = shared.messages(started["conversationId"])
    assert asked["content"] == "read notes.txt"
    assert answer["content"].strip() == ended["result"]
    shared.ask(started["conversationId"], "help")
    assert task(shared, made["id"]) == ended, "only the first turn is the run"
    shared.delete(f"{CONVERSATIONS}/{started['conversationId']}")
    left = task(shared, made["id"])
    assert (left["status"], left["result"], left["conversationId"]) == ("completed", ended["result"], None)


def test_a_task_runs_again_in_another_conversation(shared: Api) -> None:
    made = new_task(shared, "help")["id"]
    with feed(shared) as stream:
        first = shared.post(f"{TASKS}/{made}/run", {"runtimeId": "offline"})["conversationId"]
        until_status(stream, made, "completed")
        second = shared.post(f"{TASKS}/{made}/run")
        assert second["result"] in {None, shared.messages(first)[1]["content"].strip()}
        until_status(stream, made, "completed")
    assert second["conversationId"] != first
    assert task(shared, made)["conversationId"] == second["conversationId"]


def test_the_text_is_title_and_description(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    model.script(Answer(Says("Done.")))
    made = new_task(api, "Mend the door", description="It squeaks.")["id"]
    with feed(api) as stream:
        run = api.post(f"{TASKS}/{made}/run", {"modelId": "haiku"})
        assert (run["conversation"]["runtimeId"], run["conversation"]["modelId"]) == ("claude-code", "haiku")
        assert until_status(stream, made, "completed")["result"] == "Done."
    assert api.messages(run["conversationId"])[0]["content"] == "Mend the door\n\nIt squeaks."


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"runtimeId": "nobody"}, "unknown_runtime"),
        ({"runtimeId": "offline", "modelId": "haiku"}, "model_does_not_fit"),
        ({"modelId": "no such model"}, "model_does_not_fit"),
        ({"runtimeId": 3}, "invalid_request"),
    ],
)
def test_a_run_that_cannot_be_is_refused(shared: Api, body: dict[str, Any], code: str) -> None:
    made = new_task(shared)["id"]
    refused = shared.request("POST", f"{TASKS}/{made}/run", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert task(shared, made)["status"] == "planned"
    assert shared.request("POST", f"{TASKS}/nowhere/run").json()["code"] == "task_not_found"


def test_of_many_runs_at_once_one_starts_and_asks_like_any_other(shared: Api) -> None:
    made = new_task(shared, "run true")["id"]
    with feed(shared) as stream:
        with ThreadPoolExecutor(8) as pool:
            runs = list(pool.map(lambda _: shared.request("POST", f"{TASKS}/{made}/run"), range(8)))
        assert sorted(one.status_code for one in runs) == [202, *[409] * 7]
        assert {one.json()["code"] for one in runs if one.status_code == 409} == {"task_running"}
        [conversation] = [one.json()["conversationId"] for one in runs if one.status_code == 202]
        with shared.follow(conversation) as turn:
            request = turn.until("permission_request")["requestId"]
            assert task(shared, made)["status"] == "running"
            for method, body in (("DELETE", None), ("PATCH", {"status": "planned"})):
                refused = shared.request(method, f"{TASKS}/{made}", json=body)
                assert (refused.status_code, refused.json()["code"]) == (409, "task_running")
            assert shared.patch(f"{TASKS}/{made}", {"priority": "low"})["status"] == "running"
            pending = [one["conversationId"] for one in shared.get("/api/permissions/pending")]
            assert conversation in pending
            shared.respond(conversation, request)
        until_status(stream, made, "completed")
    shared.delete(f"{TASKS}/{made}")
    assert shared.get(f"{CONVERSATIONS}/{conversation}")["id"] == conversation


def test_cancelling_the_turn_cancels_the_task(shared: Api) -> None:
    made = new_task(shared, "run true")["id"]
    with feed(shared) as stream:
        conversation = shared.post(f"{TASKS}/{made}/run")["conversationId"]
        with shared.follow(conversation) as turn:
            turn.until("permission_request")
            shared.cancel(conversation)
        cancelled = until_status(stream, made, "cancelled")
    assert (cancelled["result"], cancelled["conversationId"]) == (None, conversation)


def test_deleting_the_conversation_cancels_the_task_and_leaves_it(shared: Api) -> None:
    made = new_task(shared, "run true")["id"]
    conversation = shared.post(f"{TASKS}/{made}/run")["conversationId"]
    with shared.follow(conversation) as turn:
        turn.until("permission_request")
        shared.delete(f"{CONVERSATIONS}/{conversation}")
    left = task(shared, made)
    assert (left["status"], left["conversationId"]) == ("cancelled", None)


def test_a_turn_that_fails_fails_the_task(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    model.script(Refuses(400, message="no such thing"))
    made = new_task(api, "try")["id"]
    with feed(api) as stream:
        run = api.post(f"{TASKS}/{made}/run", {"runtimeId": "claude-code"})
        failed = until_status(stream, made, "failed")
    error = api.messages(run["conversationId"])[-1]["metadata"]["error"]
    assert failed["result"] == error


@pytest.fixture
def connect(start_daemon: StartDaemon, anthropic_api: FakeAnthropic) -> Callable[[], DaemonProcess]:
    """Starts a daemon on the same data again and again."""
    return lambda: start_daemon(ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=anthropic_api.base_url)


@pytest.mark.parametrize("ends", ["stop", "kill"])
def test_an_end_of_the_daemon_fails_the_task_and_it_can_run_again(
    connect: Callable[[], DaemonProcess], anthropic_api: FakeAnthropic, ends: str
) -> None:
    daemon = connect()
    anthropic_api.script(Answer(Says("half"), Waits(threading.Event())))
    made = new_task(daemon.client, "work")["id"]
    conversation = daemon.client.post(f"{TASKS}/{made}/run")["conversationId"]
    with daemon.client.follow(conversation) as turn:
        turn.until("delta")
        getattr(daemon, ends)()
    api = connect().client
    failed = task(api, made)
    assert failed["status"] == "failed"
    assert "Run it again" in failed["result"]
    anthropic_api.script(Answer(Says("whole")))
    with feed(api) as stream:
        api.post(f"{TASKS}/{made}/run")
        assert until_status(stream, made, "completed")["result"] == "whole"


def test_the_feed_tells_of_new_changed_and_deleted_tasks(shared: Api) -> None:
    with feed(shared) as stream:
        made = new_task(shared, "watched")["id"]
        until_status(stream, made, "planned")
        shared.patch(f"{TASKS}/{made}", {"status": "running"})
        until_status(stream, made, "running")
        shared.delete(f"{TASKS}/{made}")
        assert stream.until("task_deleted", taskId=made)


def a_data_dir_with_a_queue(folder: Path, *before: str) -> tuple[str, str]:
    """What a crash leaves right after a task was given to its conversation, behind other messages; both ids."""
    data_dir = DataDir(folder)
    data_dir.prepare()
    database = Database(data_dir.database)
    migrate(database, data_dir.backups)
    task = Task("task", None, "help", None, "planned", "medium", None, None, 1, 1)
    conversation = conversations.blank("offline", 1, title="help")
    waiting = [QueuedMessage(new_id(), conversation.id, content, None, 1, 1) for content in (*before, "help")]
    database.write(
        tasks.insert(task),
        conversations.insert(conversation),
        *map(queue.insert, waiting),
        tasks.start_run(task.id, conversation.id, waiting[-1].id, 2),
    )
    database.close()
    return task.id, conversation.id


def test_a_crash_before_the_turn_lets_it_run_at_the_next_start(
    start_daemon: StartDaemon, tmp_path: Path
) -> None:
    made, conversation = a_data_dir_with_a_queue(tmp_path / "data")
    api = start_daemon().client
    with api.follow(conversation, after=0) as turn:
        assert turn.end()["type"] == "done"
    ended = task(api, made)
    assert (ended["status"], ended["conversationId"]) == ("completed", conversation)
    assert "I understand these commands" in ended["result"]


@pytest.mark.parametrize("what", ["queue", "conversation"])
def test_a_task_whose_message_is_taken_back_is_cancelled(
    start_daemon: StartDaemon, tmp_path: Path, what: str
) -> None:
    made, conversation = a_data_dir_with_a_queue(tmp_path / "data", "run true")
    api = start_daemon().client
    path = f"{CONVERSATIONS}/{conversation}"
    with feed(api) as stream, api.follow(conversation, after=0) as turn:
        turn.until("permission_request")
        assert task(api, made)["status"] == "queued"
        [row] = api.get(f"{path}/queue")
        api.delete(f"{path}/queue/{row['id']}" if what == "queue" else path)
        until_status(stream, made, "cancelled")
    assert task(api, made)["conversationId"] == (conversation if what == "queue" else None)
