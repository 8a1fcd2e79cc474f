"""Projects, settings, models, runtimes, prompts, search and the feed over HTTP."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon.scanning import scanned, until
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.openai_api import FakeOpenAI
from tests.fakes.script import Answer, Says, Waits


def test_a_project_lives_and_goes(shared: Api, work_dir: Path) -> None:
    project = shared.post("/api/projects", {"name": "Shop", "workingDirectory": str(work_dir)})
    assert set(project) == {
        "id", "name", "description", "workingDirectory", "status", "createdAt", "updatedAt",
    }  # fmt: skip
    path = f"/api/projects/{project['id']}"
    changed = shared.patch(path, {"description": "sells", "status": "archived", "workingDirectory": None})
    assert (changed["description"], changed["status"], changed["workingDirectory"]) == (
        "sells",
        "archived",
        None,
    )
    assert changed["name"] == "Shop"
    assert shared.get(path) == changed
    assert [one["id"] for one in shared.get("/api/projects", status="archived")] == [project["id"]]
    assert shared.request("PATCH", path, json={"name": ""}).status_code == 400
    assert shared.request("PATCH", path, json={"workingDirectory": "/nowhere/at/all"}).status_code == 400
    conversation = shared.new(projectId=project["id"])
    shared.delete(path)
    assert shared.request("GET", path).status_code == 404
    assert shared.get(f"{CONVERSATIONS}/{conversation}")["projectId"] is None
    assert work_dir.exists()


def test_an_agent_works_in_its_projects_folder(shared: Api, work_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    project = shared.post("/api/projects", {"name": "Shop", "workingDirectory": str(work_dir)})["id"]
    conversation = shared.new(projectId=project, workingDirectory=str(tmp_path / "else"))
    assert "first line" in shared.ask(conversation, "read notes.txt").text


def test_without_a_folder_an_agent_gets_an_empty_one_of_its_own(api: Api, daemon: DaemonProcess) -> None:
    conversation = api.new()
    assert "No files" in api.ask(conversation, "list .").text
    own = daemon.data_dir.workspace(conversation)
    assert own.is_dir()
    assert list(own.iterdir()) == []


def test_settings_are_kept_and_checked(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    api = daemon.client
    before = api.get("/api/settings")
    assert before["permissionTimeoutSeconds"] == 600
    changed = api.patch("/api/settings", {"maxSteps": 7, "unknown": 1})
    assert changed == {**before, "maxSteps": 7}
    for wrong in ({"maxSteps": 0}, {"maxSteps": "x"}, {"permissionTimeoutSeconds": -1}, {"modelIds": 3}):
        answer = api.request("PATCH", "/api/settings", json=wrong)
        assert answer.status_code == 400
        assert next(iter(wrong)) in answer.json()["error"]
    assert api.get("/api/settings") == changed
    assert json.loads(daemon.data_dir.settings.read_text()) == {"maxSteps": 7}
    daemon.stop()
    assert start_daemon().client.get("/api/settings")["maxSteps"] == 7
    assert start_daemon(daemon.data_dir.root.parent / "other", STAGENT_MAX_STEPS="9").client.get(
        "/api/settings"
    )["maxSteps"] == 9  # fmt: skip


def test_the_models_of_a_connected_provider_are_available(connected: DaemonProcess) -> None:
    def read() -> dict[str, Any]:
        return {one["id"]: one for one in connected.client.get("/api/chat/models")}

    # On a busy machine the SDK takes its time to be imported; the provider is asked again soon.
    models = until(read, lambda found: any(name.startswith("claude-") for name in found))
    assert models["sonnet"]["available"] is True
    assert models["gpt-5.4"]["available"] is False
    assert models["opus"]["contextWindow"]
    assert "offline" not in models
    assert not {"claude-sonnet-5-5", "claude-haiku-5-5"} & set(models)
    everything = connected.client.get("/api/chat/models", all="1")
    assert everything[-1]["id"] == "offline"
    for one in everything:
        assert set(one) == {
            "id", "label", "provider", "tier", "costLabel", "available", "runtimeId", "contextWindow",
        }  # fmt: skip


def test_without_a_provider_the_offline_tools_are_the_default(shared: Api) -> None:
    assert shared.get("/api/chat/models")[-1]["id"] == "offline"
    runtimes = {one["id"]: one for one in shared.get("/api/runtimes")}
    assert [name for name, one in runtimes.items() if one["isDefault"]] == ["offline"]
    assert runtimes["claude-code"]["installed"] is True
    assert runtimes["claude-code"]["version"]
    assert "ANTHROPIC_API_KEY" in runtimes["claude-code"]["whyNot"]


def test_suggested_prompts_speak_of_what_is_there(api: Api, work_dir: Path) -> None:
    def labels() -> dict[str, list[str]]:
        found = api.get("/api/chat/suggested-prompts")
        assert [one["id"] for one in found] == ["explore", "create", "debug", "automate", "smart"]
        for category in found:
            assert 3 <= len(category["prompts"]) <= 5
            assert all(len(one["label"]) <= 40 and one["prompt"] for one in category["prompts"])
        return {one["id"]: [prompt["label"] for prompt in one["prompts"]] for one in found}

    assert "Give me a tour of Webshop" not in labels()["explore"]
    (work_dir / "Makefile").write_text("test:\n\ttrue\n")
    project = api.post("/api/projects", {"name": "Webshop", "workingDirectory": str(work_dir)})["id"]
    api.post("/api/tasks", {"title": "Sell shoes"})
    scanned(api, project)
    api.ask(api.new(), "Fix the login page")
    found = labels()
    assert found["explore"][0] == "Give me a tour of Webshop"
    assert found["smart"][0] == "Pick up “Fix the login page”"
    assert found["create"][0] == "Start on “Sell shoes”"
    assert found["debug"][0] == "Run the tests of Webshop"


def test_search_finds_messages(api: Api) -> None:
    conversation = api.new()
    api.ask(conversation, "where is the needle?")
    [hit] = api.get("/api/chat/search", q="needle")
    assert hit["conversationId"] == conversation
    assert "<mark>needle</mark>" in hit["snippet"]
    assert api.request("GET", "/api/chat/search").status_code == 400
    assert api.request("GET", "/api/chat/search", params={"q": "x", "limit": 0}).status_code == 400


def test_the_feed_tells_of_every_conversation_and_can_be_resumed(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = connected.client
    gate = threading.Event()
    model.script(Answer(Says("one"), Waits(gate)))
    seen: list[dict[str, Any]] = []

    def until(stream: Any, **fields: Any) -> dict[str, Any]:
        while True:
            event: dict[str, Any] = stream.next()
            seen.append(event)
            found: dict[str, Any] = event.get("conversation", event)
            if all(found.get(name) == value for name, value in fields.items()):
                return event

    with api.stream("GET", "/api/events") as feed:
        conversation = api.new("claude-code")
        until(feed, id=conversation, turn="idle")
        with api.send(conversation, "Name this") as stream:
            until(feed, id=conversation, turn="running", title="Name this")
            gate.set()
            stream.rest()
        until(feed, id=conversation, turn="idle", lastMessagePreview="one")
    offline = api.new(workingDirectory=str(work_dir))
    with api.send(offline, "run true") as stream:
        request = stream.until("permission_request")["requestId"]
        with api.stream("GET", "/api/events", headers={"Last-Event-ID": str(seen[-1]["seq"])}) as feed:
            until(feed, id=offline, turn="waiting", pendingRequests=1)
            api.respond(offline, request, "deny")
            until(feed, id=offline, turn="idle", pendingRequests=0)
            api.delete(f"{CONVERSATIONS}/{offline}")
            until(feed, type="conversation_deleted", conversationId=offline)
        stream.rest()
    numbers = [event["seq"] for event in seen]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


@pytest.mark.parametrize("after", ["0", "9007199254740991"])
def test_a_place_that_the_feed_does_not_know_is_a_reset(shared: Api, after: str) -> None:
    with shared.stream("GET", f"/api/events?after={after}") as feed:
        shared.new()
        first = feed.next()
        assert first["type"] in {"reset", "conversation_changed"}
        while first["type"] != "conversation_changed":
            first = feed.next()


def test_the_api_describes_itself(shared: Api) -> None:
    document = shared.get("/api/openapi.json")
    assert document["openapi"].startswith("3.1")
    created = document["paths"]["/api/chat/conversations"]["post"]
    assert created["responses"]["201"]
    assert "Conversation" in document["components"]["schemas"]


def test_the_models_of_another_server_are_looked_for_when_the_settings_name_it(
    start_daemon: StartDaemon, openai_api: FakeOpenAI
) -> None:
    api = start_daemon(OPENAI_API_KEY="test").client

    def local() -> list[str]:
        return [one["id"] for one in api.get("/api/chat/models") if one["provider"] == "ollama"]

    assert local() == []
    api.patch("/api/settings", {"openaiCompatibleUrl": openai_api.base_url})
    assert local()
    api.patch("/api/settings", {"openaiCompatibleUrl": None})
    assert local() == []
