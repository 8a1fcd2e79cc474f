"""Answers to permission requests: in time, late, twice, to the wrong conversation, with and without a rule."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api, EventStream
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess


@pytest.fixture
def conversation(shared: Api, work_dir: Path) -> str:
    return shared.new(workingDirectory=str(work_dir))


@pytest.fixture(autouse=True)
def _no_rules_left(shared: Api) -> Any:
    yield
    for rule in shared.get("/api/permissions"):
        shared.delete(f"/api/permissions/{rule['id']}")


def row(api: Api, conversation: str, request: str) -> dict[str, Any]:
    [found] = [row for row in api.messages(conversation) if row["id"] == request]
    return found


def permission(stream: EventStream) -> dict[str, Any]:
    return stream.until("permission_request")


def test_an_allow_lets_the_tool_run(shared: Api, conversation: str, work_dir: Path) -> None:
    with shared.send(conversation, "run touch made") as stream:
        request = permission(stream)
        assert request["toolName"] == "Bash"
        assert request["toolInput"] == {"command": "touch made"}
        assert request["suggestedPattern"] == "Bash(touch made)"
        assert row(shared, conversation, request["requestId"])["status"] == "pending"
        assert not (work_dir / "made").exists()
        assert shared.respond(conversation, request["requestId"]) == {"ok": True, "stale": False}
        resolved = stream.until("request_resolved")
        assert (resolved["decision"], resolved["outcome"]) == ("person", "allowed")
        assert stream.end()["type"] == "done"
    assert (work_dir / "made").exists()
    answered = row(shared, conversation, request["requestId"])
    assert answered["status"] == "complete"
    assert answered["metadata"]["decision"] == "person"


def test_a_deny_reaches_the_agent_with_its_message(shared: Api, conversation: str, work_dir: Path) -> None:
    with shared.send(conversation, "run touch made") as stream:
        request = permission(stream)["requestId"]
        shared.respond(conversation, request, "deny", message="not today")
        result = stream.until("tool_result")
        stream.rest()
    assert result["isError"]
    assert "not today" in result["output"]
    assert not (work_dir / "made").exists()
    denied = row(shared, conversation, request)
    assert (denied["status"], denied["metadata"]["outcome"]) == ("error", "denied")


@pytest.mark.parametrize("behavior", ["allow", "deny"])
def test_it_is_kept_which_client_answered(shared: Api, conversation: str, behavior: str) -> None:
    client = {"id": "7f", "name": "Firefox on Linux"}
    with shared.send(conversation, "run true") as stream:
        request = permission(stream)["requestId"]
        assert row(shared, conversation, request)["metadata"]["answeredBy"] is None
        shared.respond(conversation, request, behavior, client=client)
        assert stream.until("request_resolved")["answeredBy"] == client
        stream.rest()
    assert row(shared, conversation, request)["metadata"]["answeredBy"] == client


@pytest.mark.parametrize(
    ("agent", "name"), [("curl/8.5.0", "curl"), ("Mozilla/5.0 (X11; Linux) Gecko", None), ("(none)", None)]
)
def test_a_program_that_names_no_client_is_known_by_its_user_agent(
    shared: Api, conversation: str, agent: str, name: str | None
) -> None:
    with shared.send(conversation, "ask Which?: one | two") as stream:
        request = stream.until("question")["requestId"]
        body = {"requestId": request, "behavior": "allow", "updatedInput": {"answers": {"Which?": "one"}}}
        path = f"{CONVERSATIONS}/{conversation}/respond"
        shared.request("POST", path, json=body, headers={"User-Agent": agent}).raise_for_status()
        stream.rest()
    by = row(shared, conversation, request)["metadata"]["answeredBy"]
    assert by == (None if name is None else {"id": None, "name": name})


def test_everybody_who_follows_gets_the_request_while_the_agent_waits(shared: Api, conversation: str) -> None:
    with shared.send(conversation, "run true") as sender, shared.follow(conversation) as other:
        assert permission(sender) == permission(other)
        assert shared.get(f"{CONVERSATIONS}/{conversation}")["turn"] == "waiting"
        assert shared.get(f"{CONVERSATIONS}/{conversation}")["pendingRequests"] == 1
        [pending] = [
            one for one in shared.get("/api/permissions/pending") if one["conversationId"] == conversation
        ]
        shared.respond(conversation, pending["id"])
        assert other.until("request_resolved") == sender.until("request_resolved")
        sender.rest()
    assert shared.get(f"{CONVERSATIONS}/{conversation}")["pendingRequests"] == 0


def test_of_many_answers_at_once_the_first_wins(shared: Api, conversation: str) -> None:
    with shared.send(conversation, "run true") as stream:
        request = permission(stream)["requestId"]
        behaviors = ["allow", "deny"] * 8
        with ThreadPoolExecutor(len(behaviors)) as pool:
            answers = list(pool.map(lambda one: shared.respond(conversation, request, one), behaviors))
        assert [answer["stale"] for answer in answers].count(False) == 1
        winner = behaviors[[answer["stale"] for answer in answers].index(False)]
        outcome = stream.until("request_resolved")["outcome"]
        stream.rest()
    assert outcome == {"allow": "allowed", "deny": "denied"}[winner]
    assert len(stream.of("request_resolved")) == 1


def test_an_answer_after_the_timeout_is_stale_and_the_row_says_so(
    start_daemon: StartDaemon, work_dir: Path
) -> None:
    api = start_daemon(STAGENT_PERMISSION_TIMEOUT_SECONDS="0.1").client
    conversation = api.new(workingDirectory=str(work_dir))
    stream = api.ask(conversation, "run touch made")
    [request] = stream.of("permission_request")
    assert stream.of("request_resolved")[0]["decision"] == "timeout"
    client = {"id": "7f", "name": "Firefox on Linux"}
    answer = api.respond(conversation, request["requestId"], alwaysAllow=True, client=client)
    assert answer == {"ok": True, "stale": True}
    expired = row(api, conversation, request["requestId"])
    assert expired["status"] == "error"
    assert expired["metadata"]["outcome"] == "expired"
    assert expired["metadata"]["answeredBy"] is None
    assert (expired["metadata"]["lateAnswer"], expired["metadata"]["lateAnsweredBy"]) == ("allow", client)
    assert [rule["pattern"] for rule in api.get("/api/permissions")] == ["Bash(touch made)"]
    assert not (work_dir / "made").exists()
    assert api.ask(conversation, "run touch made").of("permission_request") == []
    assert (work_dir / "made").exists()


def test_an_answer_for_a_cancelled_turn_is_stale(shared: Api, conversation: str) -> None:
    with shared.send(conversation, "run true") as stream:
        request = permission(stream)["requestId"]
        shared.cancel(conversation)
        assert stream.end()["type"] == "interrupted"
    assert shared.respond(conversation, request)["stale"] is True
    cancelled = row(shared, conversation, request)
    assert (cancelled["status"], cancelled["metadata"]["outcome"]) == ("error", "cancelled")


def test_an_unknown_request_is_stale_and_its_rule_is_saved(shared: Api, conversation: str) -> None:
    answer = shared.respond(
        conversation, "req-unknown", alwaysAllow=True, toolName="Bash", toolInput={"command": "git diff"}
    )
    assert answer == {"ok": True, "stale": True}
    assert [rule["pattern"] for rule in shared.get("/api/permissions")] == ["Bash(git diff *)"]


def test_a_request_of_another_conversation_is_not_found(shared: Api, conversation: str) -> None:
    other = shared.new()
    path = f"{CONVERSATIONS}/{other}/respond"
    with shared.send(conversation, "run true") as stream:
        request = permission(stream)["requestId"]
        body = {"requestId": request, "behavior": "allow"}
        assert shared.request("POST", path, json=body).status_code == 404
        body = {"requestId": "unknown", "messageId": request, "behavior": "allow"}
        assert shared.request("POST", path, json=body).status_code == 404
        assert shared.get(f"{CONVERSATIONS}/{conversation}")["pendingRequests"] == 1
        shared.respond(conversation, request, "deny")
        stream.rest()


def test_a_changed_input_is_what_runs(shared: Api, conversation: str, work_dir: Path) -> None:
    with shared.send(conversation, "run touch made") as stream:
        request = permission(stream)["requestId"]
        shared.respond(conversation, request, updatedInput={"command": "touch other"})
        stream.rest()
    assert (work_dir / "other").exists()
    assert not (work_dir / "made").exists()
    assert row(shared, conversation, request)["metadata"]["toolInput"] == {"command": "touch other"}


@pytest.mark.parametrize("changed", [{"command": 3}, {"cmd": "x"}, {}])
def test_a_changed_input_that_does_not_fit_leaves_the_request_open(
    shared: Api, conversation: str, changed: dict[str, Any]
) -> None:
    with shared.send(conversation, "run true") as stream:
        request = permission(stream)["requestId"]
        body = {"requestId": request, "behavior": "allow", "updatedInput": changed}
        refused = shared.request("POST", f"{CONVERSATIONS}/{conversation}/respond", json=body)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_input")
        assert shared.respond(conversation, request)["stale"] is False
        stream.rest()


def test_a_deny_rule_holds_for_a_changed_input_too(shared: Api, conversation: str, work_dir: Path) -> None:
    shared.post("/api/permissions", {"pattern": "Bash(rm *)", "behavior": "deny"})
    with shared.send(conversation, "run true") as stream:
        request = permission(stream)["requestId"]
        shared.respond(conversation, request, updatedInput={"command": "rm notes.txt"})
        resolved = stream.until("request_resolved")
        stream.rest()
    assert (resolved["outcome"], resolved["decision"]) == ("denied", "rule")
    assert (work_dir / "notes.txt").exists()
    assert row(shared, conversation, request)["status"] == "error"


def test_always_allow_saves_the_given_pattern_and_decides_the_next_call(
    shared: Api, conversation: str
) -> None:
    with shared.send(conversation, "run echo one") as stream:
        request = permission(stream)["requestId"]
        shared.respond(conversation, request, alwaysAllow=True, permissionPattern="Bash(echo *)")
        stream.rest()
    second = shared.ask(conversation, "run echo two")
    assert second.of("permission_request") == []
    assert "two" in second.of("tool_result")[0]["output"]
    [rule] = shared.get("/api/permissions")
    assert (rule["pattern"], rule["uses"]) == ("Bash(echo *)", 1)


def test_a_new_rule_decides_what_waits(shared: Api, conversation: str) -> None:
    with shared.send(conversation, "run echo one\nrun echo two") as stream:
        first = permission(stream)["requestId"]
        permission(stream)
        shared.respond(conversation, first, alwaysAllow=True, permissionPattern="Bash(echo *)")
        stream.rest()
    decisions = {event["decision"] for event in stream.of("request_resolved")}
    assert decisions == {"person", "rule"}
    assert not any(event["isError"] for event in stream.of("tool_result"))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"requestId": "x"},
        {"behavior": "allow"},
        {"requestId": "x", "behavior": "maybe"},
        {"requestId": "x", "behavior": "deny", "alwaysAllow": True},
        {"requestId": "x", "behavior": "allow", "alwaysAllow": True, "permissionPattern": "Bash("},
        {"requestId": "", "behavior": "allow"},
        {"requestId": "x", "behavior": "allow", "updatedInput": "text"},
    ],
)
def test_an_answer_that_cannot_be_right_is_refused(
    shared: Api, conversation: str, body: dict[str, Any]
) -> None:
    answer = shared.request("POST", f"{CONVERSATIONS}/{conversation}/respond", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_question_is_answered_and_a_secret_kept_out_of_everything(
    daemon: DaemonProcess, work_dir: Path
) -> None:
    api = daemon.client
    conversation = api.new(workingDirectory=str(work_dir))
    with api.send(conversation, "ask Which colour: red | blue") as stream:
        question = stream.until("question")
        assert question["questions"][0]["options"][0]["label"] == "red"
        missing = {"requestId": question["requestId"], "behavior": "allow", "updatedInput": {"answers": {}}}
        path = f"{CONVERSATIONS}/{conversation}/respond"
        assert api.request("POST", path, json=missing).status_code == 400
        given = {"questions": question["questions"], "answers": {"Which colour": "blue"}}
        assert api.respond(conversation, question["requestId"], updatedInput=given)["stale"] is False
        assert stream.until("request_resolved")["outcome"] == "answered"
        stream.rest()
    assert "blue" in stream.text
    assert row(api, conversation, question["requestId"])["metadata"]["answers"] == {"Which colour": "blue"}
