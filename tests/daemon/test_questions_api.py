"""Questions over HTTP: several at once, with options, in free text, and secrets that go to the model alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Thinks

COLOURS = [{"label": "Red", "description": "warm"}, {"label": "Blue", "description": "cold"}]
ONE = {"question": "Which colour?", "header": "Colour", "options": COLOURS}
MANY = {"question": "Which ones?", "header": "Several", "options": COLOURS, "multiSelect": True, "id": "many"}
FREE = {"question": "What is it called?", "header": "Name", "id": "name"}
SECRET = {"question": "The password?", "header": "Password", "isSecret": True, "id": "pw"}
PASSWORD = "correct-horse-battery"


def row(api: Api, conversation: str, request: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{CONVERSATIONS}/{conversation}/messages/{request}")
    return found


def results(model: FakeAnthropic) -> str:
    """The tool results of the last request to the model."""
    last = model.requests[-1].body["messages"]
    return str([one for message in last for one in message["content"] if one["type"] == "tool_result"])


def test_several_questions_are_asked_and_answered_together(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    model.script(Answer(Calls("AskUserQuestion", {"questions": [ONE, MANY, FREE]})), Answer(Says("Thanks.")))
    conversation = api.new("claude-code")
    with api.send(conversation, "go") as stream, api.follow(conversation) as other:
        asked = stream.until("question")
        assert other.until("question") == asked
        assert [(one["id"], one["multiSelect"], one["isSecret"]) for one in asked["questions"]] == [
            ("Which colour?", False, False),
            ("many", True, False),
            ("name", False, False),
        ]
        assert asked["questions"][0]["options"] == COLOURS
        assert asked["questions"][2]["options"] == []
        assert row(api, conversation, asked["requestId"])["status"] == "pending"
        assert api.get(f"{CONVERSATIONS}/{conversation}")["turn"] == "waiting"
        answers = {"Which colour?": "Something else: green", "Which ones?": "Red, Blue", "name": "Fred"}
        updated = {"questions": asked["questions"], "answers": answers}
        assert api.respond(conversation, asked["requestId"], updatedInput=updated)["stale"] is False
        assert other.until("request_resolved")["outcome"] == "answered"
        assert stream.end()["type"] == "done"
    answered = row(api, conversation, asked["requestId"])
    assert (answered["status"], answered["metadata"]["decision"]) == ("complete", "person")
    assert answered["metadata"]["answers"] == {
        "Which colour?": "Something else: green",
        "many": "Red, Blue",
        "name": "Fred",
    }
    for answer in answers.values():
        assert answer in results(model)
    assert api.respond(conversation, asked["requestId"], updatedInput=updated)["stale"] is True


@pytest.mark.parametrize(
    "updated",
    [
        None,
        {},
        {"answers": []},
        {"answers": {"name": 3, "pw": "x"}},
        {"answers": {"name": "Fred"}},
        {"answers": {"name": "x" * 20_001, "pw": "x"}},
    ],
)
def test_answers_that_cannot_be_right_leave_the_question_open(
    connected: DaemonProcess, model: FakeAnthropic, updated: Any
) -> None:
    api = connected.client
    model.script(Answer(Calls("AskUserQuestion", {"questions": [FREE, SECRET]})), Answer(Says("Well.")))
    conversation = api.new("claude-code")
    with api.send(conversation, "go") as stream:
        request = stream.until("question")["requestId"]
        body = {"requestId": request, "behavior": "allow", "updatedInput": updated}
        refused = api.request("POST", f"{CONVERSATIONS}/{conversation}/respond", json=body)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_input")
        assert api.respond(conversation, request, "deny", message="Not now.")["stale"] is False
        stream.rest()
    denied = row(api, conversation, request)
    assert (denied["status"], denied["metadata"]["outcome"]) == ("error", "denied")
    assert "declined to answer. They say: Not now." in results(model)


@pytest.fixture
def connect(start_daemon: StartDaemon, anthropic_api: FakeAnthropic) -> Callable[[], DaemonProcess]:
    """Starts a daemon on the same data again and again."""
    return lambda: start_daemon(ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=anthropic_api.base_url)


def files_with(folder: Path, text: str) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and text.encode() in path.read_bytes()
    ]


def test_a_secret_reaches_the_model_and_what_it_runs_and_nothing_else(
    connect: Callable[[], DaemonProcess], anthropic_api: FakeAnthropic, work_dir: Path
) -> None:
    daemon = connect()
    api = daemon.client
    command = f"printf '%s' {PASSWORD} > used; echo it was {PASSWORD}"
    anthropic_api.script(
        Answer(Calls("AskUserQuestion", {"questions": [SECRET, FREE]})),
        Answer(
            Thinks(f"So it is {PASSWORD}."),
            Says(f"I use {PASSWORD} now.", chunks=9),
            Calls("Bash", {"command": command}),
        ),
        Answer(Says("Done.")),
    )
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    with (
        api.stream("GET", "/api/events") as feed,
        api.send(conversation, "go") as stream,
    ):
        question = stream.until("question")
        given = {"answers": {"pw": PASSWORD, "name": "Fred"}}
        api.respond(conversation, question["requestId"], updatedInput=given)
        request = stream.until("permission_request")
        assert PASSWORD in results(anthropic_api)
        assert request["toolInput"] == {"command": command.replace(PASSWORD, "[secret]")}
        assert request["suggestedPattern"] is None
        api.respond(conversation, request["requestId"])
        assert stream.end()["type"] == "done"
        while feed.until("conversation_changed")["conversation"]["turn"] != "idle":
            pass
    assert "I use [secret] now." in stream.text
    assert (work_dir / "used").read_text() == PASSWORD
    rows = {one["id"]: one for one in api.messages(conversation)}
    assert rows[question["requestId"]]["metadata"]["answers"] == {"pw": "[secret]", "name": "Fred"}
    seen = str([stream.seen, feed.seen, list(rows.values())])
    assert "it was [secret]" in seen
    assert PASSWORD not in seen
    daemon.stop()
    assert PASSWORD not in daemon.errors
    assert files_with(daemon.data_dir.root, PASSWORD) == []
    assert files_with(daemon.data_dir.root, "Fred")

    api = connect().client
    anthropic_api.script(Answer(Says("I remember.")))
    assert api.ask(conversation, "and now?").seen[-1]["type"] == "done"
    assert PASSWORD not in str(anthropic_api.requests[-1].body)
    assert "The password?" in results(anthropic_api)
    assert "the person gave it to you, but it is not kept" in results(anthropic_api)


def test_a_changed_command_gets_the_secret_where_its_stand_in_was(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = connected.client
    model.script(
        Answer(Calls("AskUserQuestion", {"questions": [SECRET]})),
        Answer(Calls("Bash", {"command": f"echo {PASSWORD} > first"})),
        Answer(Says("Done.")),
    )
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    with api.send(conversation, "go") as stream:
        question = stream.until("question")["requestId"]
        api.respond(conversation, question, updatedInput={"answers": {"pw": PASSWORD}})
        request = stream.until("permission_request")["requestId"]
        api.respond(conversation, request, updatedInput={"command": "echo [secret] > second"})
        stream.rest()
    assert not (work_dir / "first").exists()
    assert (work_dir / "second").read_text() == f"{PASSWORD}\n"
    assert row(api, conversation, request)["metadata"]["toolInput"] == {"command": "echo [secret] > second"}


def test_a_question_that_nobody_answers_ends_and_the_agent_goes_on(
    start_daemon: StartDaemon, anthropic_api: FakeAnthropic
) -> None:
    api = start_daemon(
        ANTHROPIC_API_KEY="test",
        ANTHROPIC_BASE_URL=anthropic_api.base_url,
        STAGENT_PERMISSION_TIMEOUT_SECONDS="0.1",
    ).client
    anthropic_api.script(Answer(Calls("AskUserQuestion", {"questions": [ONE]})), Answer(Says("I go on.")))
    conversation = api.new("claude-code")
    stream = api.ask(conversation, "go")
    assert stream.text == "I go on."
    [asked] = stream.of("question")
    assert stream.of("request_resolved")[0]["decision"] == "timeout"
    late = api.respond(conversation, asked["requestId"], updatedInput={"answers": {"Which colour?": "Red"}})
    assert late["stale"] is True
    expired = row(api, conversation, asked["requestId"])
    assert (expired["status"], expired["metadata"]["outcome"]) == ("error", "expired")


def test_a_malformed_question_is_refused_without_asking_anybody(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    wrong = [{**ONE, "options": COLOURS[:1]}]
    model.script(Answer(Calls("AskUserQuestion", {"questions": wrong})), Answer(Says("Oh.")))
    stream = api.ask(api.new("claude-code"), "go")
    assert stream.of("question") == []
    [result] = stream.of("tool_result")
    assert result["isError"]
    assert "give 2 to 8" in result["output"]
