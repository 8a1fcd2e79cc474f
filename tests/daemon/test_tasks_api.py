"""Tasks over HTTP: kept, listed, and worked on by an agent in the background, whatever happens to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api
from tests.daemon.task_runs import TASKS, feed, new_task, task, until_status
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Says


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


def test_the_feed_tells_of_new_changed_and_deleted_tasks(shared: Api) -> None:
    with feed(shared) as stream:
        made = new_task(shared, "watched")["id"]
        until_status(stream, made, "planned")
        shared.patch(f"{TASKS}/{made}", {"status": "running"})
        until_status(stream, made, "running")
        shared.delete(f"{TASKS}/{made}")
        assert stream.until("task_deleted", taskId=made)
