"""The agent's tools on what stagent keeps, over HTTP: reading never asks, changing does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says

READING = {
    "ListProjects": {},
    "ListTasks": {},
    "SearchConversations": {"query": "x"},
    "ReadDocument": {"document_id": "x"},
}
CHANGING = {"CreateTask": {"title": "x"}, "UpdateTask": {"task_id": "x", "status": "completed"}}


@pytest.fixture(autouse=True)
def _no_rules_left(shared: Api) -> Any:
    yield
    for rule in shared.get("/api/permissions"):
        shared.delete(f"/api/permissions/{rule['id']}")


def test_a_task_is_noted_down_after_a_person_said_so(shared: Api) -> None:
    project = shared.post("/api/projects", {"name": "Noted"})["id"]
    conversation = shared.new(projectId=project)
    with shared.send(conversation, "task Mend the door") as stream:
        request = stream.until("permission_request")
        assert (request["toolName"], request["summary"]) == ("CreateTask", "Mend the door")
        assert request["suggestedPattern"] == "CreateTask"
        assert shared.get("/api/tasks", projectId=project) == []
        shared.respond(conversation, request["requestId"], alwaysAllow=True)
        stream.rest()
    assert shared.ask(conversation, "task Oil it").of("permission_request") == []
    listed = shared.ask(conversation, "tasks\nprojects")
    assert listed.of("permission_request") == []
    assert "[planned, medium] Mend the door" in listed.text
    assert "this conversation's project" in listed.text
    made = shared.get("/api/tasks", projectId=project)
    assert [one["title"] for one in made] == ["Oil it", "Mend the door"]


def test_a_change_reaches_those_who_follow_the_feed(shared: Api) -> None:
    shared.post("/api/permissions", {"pattern": "CreateTask"})
    with shared.stream("GET", "/api/events") as feed:
        shared.ask(shared.new(), "task Watched by many")
        while feed.until("task_changed")["task"]["title"] != "Watched by many":
            pass


@pytest.mark.parametrize(("name", "given"), [*READING.items(), *CHANGING.items()])
def test_rules_know_the_tools_by_their_names(shared: Api, name: str, given: dict[str, Any]) -> None:
    def verdict() -> str:
        tried = shared.post("/api/permissions/test", {"toolName": name, "toolInput": given})
        behavior: str = tried["behavior"]
        return behavior

    assert verdict() == ("allow" if name in READING else "ask")
    shared.post("/api/permissions", {"pattern": name})
    assert verdict() == "allow"
    shared.post("/api/permissions", {"pattern": name, "behavior": "ask"})
    assert verdict() == "ask"
    shared.post("/api/permissions", {"pattern": name, "behavior": "deny"})
    assert verdict() == "deny"


def test_a_model_has_the_tools(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    task = api.post("/api/tasks", {"title": "Mend the door", "description": "It squeaks."})["id"]
    model.script(
        Answer(
            Calls("ListTasks", {}),
            Calls("SearchConversations", {"query": "squeaking hinge"}),
            Calls("UpdateTask", {"task_id": task, "status": "completed", "result": "Oiled."}),
        ),
        Answer(Says("Done.")),
    )
    conversation = api.new("claude-code")
    with api.send(conversation, "the squeaking hinge") as stream:
        asked = stream.until("permission_request")
        assert asked["toolName"] == "UpdateTask"
        api.respond(conversation, asked["requestId"])
        stream.rest()
    assert len(stream.of("permission_request")) == 1
    outputs = [event["output"] for event in stream.of("tool_result")]
    assert not any(event["isError"] for event in stream.of("tool_result"))
    assert any(task in output for output in outputs)
    assert any("this conversation" in output for output in outputs)
    assert api.get(f"/api/tasks/{task}")["result"] == "Oiled."
