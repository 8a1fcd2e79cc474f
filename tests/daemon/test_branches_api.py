"""Other ways to go on: a message changed, an answer asked for again, a conversation copied. Nothing is lost."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from tests.api import CONVERSATIONS, Api
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Waits


def talk(api: Api, conversation: str, **params: Any) -> list[str]:
    """What people and agents said, without the rows of requests."""
    return [row["content"] for row in api.messages(conversation, **params) if row["role"] != "system"]


def asked(model: FakeAnthropic) -> list[list[str]]:
    """The texts of the messages of each request to the model."""
    return [
        [
            "".join(block.get("text", "") for block in message["content"])
            for message in request.body["messages"]
        ]
        for request in model.requests
        if request.path.endswith("/messages")
    ]


def test_a_changed_message_makes_a_branch_and_loses_nothing(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    model.script(*(Answer(Says(f"answer {n}")) for n in range(1, 5)))
    conversation = api.new("claude-code")
    api.ask(conversation, "one")
    api.ask(conversation, "two")
    first, first_answer, second, _second_answer = api.messages(conversation)
    assert [first["parentId"], second["parentId"]] == [None, first_answer["id"]]
    assert all(row["siblings"] == [] and row["branchId"] == "main" for row in api.messages(conversation))

    started = api.ask(conversation, "two, changed", parentId=second["parentId"])
    assert talk(api, conversation) == ["one", "answer 1", "two, changed", "answer 3"]
    assert talk(api, conversation, branch="main") == ["one", "answer 1", "two", "answer 2"]
    detail = api.get(f"{CONVERSATIONS}/{conversation}")
    branch = detail["branchId"]
    assert started.seen[0]["branchId"] == branch != "main"
    assert detail["messageCount"] == 4
    changed = api.messages(conversation)[2]
    assert changed["siblings"] == [
        {"messageId": second["id"], "branchId": "main"},
        {"messageId": changed["id"], "branchId": branch},
    ]
    assert [one["isCurrent"] for one in api.get(f"{CONVERSATIONS}/{conversation}/branches")] == [False, True]
    assert [text.partition("\n")[0] for text in asked(model)[-1]] == ["one", "answer 1", "two, changed"]

    api.patch(f"{CONVERSATIONS}/{conversation}", {"branchId": "main"})
    api.ask(conversation, "three")
    assert talk(api, conversation) == ["one", "answer 1", "two", "answer 2", "three", "answer 4"]
    assert talk(api, conversation, branch=branch) == ["one", "answer 1", "two, changed", "answer 3"]


def test_the_first_message_can_be_changed(shared: Api) -> None:
    conversation = shared.new()
    shared.ask(conversation, "help")
    shared.ask(conversation, "hello", parentId="root")
    rows = shared.messages(conversation)
    assert [row["content"] for row in rows[:1]] == ["hello"]
    assert len(rows) == 2
    assert len(rows[0]["siblings"]) == 2
    assert shared.messages(conversation, branch="main")[0]["content"] == "help"


def test_an_answer_is_asked_for_again_on_a_branch(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    model.script(*(Answer(Says(f"try {n}")) for n in range(1, 4)))
    conversation = api.new("claude-code")
    api.ask(conversation, "guess")
    question, answer = api.messages(conversation)
    for message in (answer, question):
        with api.stream("POST", f"{CONVERSATIONS}/{conversation}/messages/{message['id']}/retry") as stream:
            assert stream.end()["type"] == "done"
    assert talk(api, conversation) == ["guess", "try 3"]
    assert next(one["messageId"] for one in api.messages(conversation)[1]["siblings"]) == answer["id"]
    assert len(api.messages(conversation)[1]["siblings"]) == 3
    assert {tuple(text.partition("\n")[0] for text in one) for one in asked(model)} == {("guess",)}


def test_pages_go_across_the_parts_of_a_branch(shared: Api) -> None:
    conversation = shared.new()
    for n in range(3):
        shared.ask(conversation, f"list {n}")
    rows = shared.messages(conversation)
    shared.ask(conversation, "list x", parentId=rows[3]["id"])
    shared.ask(conversation, "list y")
    everything = [row["id"] for row in shared.messages(conversation)]
    assert everything[:4] == [row["id"] for row in rows[:4]]
    assert len(everything) == 8
    for limit in (1, 3, 5, 8):
        forward: list[str] = []
        while page := shared.messages(
            conversation, limit=limit, **({"after": forward[-1]} if forward else {})
        ):
            forward += [row["id"] for row in page]
        assert forward == everything
        backward: list[str] = []
        cursor: dict[str, Any] = {"from": "end"}
        while page := shared.messages(conversation, limit=limit, **cursor):
            backward = [row["id"] for row in page] + backward
            cursor = {"before": backward[0]}
        assert backward == everything


def test_a_branch_of_a_branch_shows_what_it_left(shared: Api) -> None:
    conversation = shared.new()
    shared.ask(conversation, "a")
    first = shared.messages(conversation)
    shared.ask(conversation, "b")
    shared.ask(conversation, "c", parentId=first[1]["id"])
    inner = shared.messages(conversation)
    shared.ask(conversation, "d")
    shared.ask(conversation, "e", parentId=inner[3]["id"])
    assert [row["content"] for row in shared.messages(conversation) if row["role"] == "user"] == [
        "a",
        "c",
        "e",
    ]


def test_what_cannot_be_gone_on_from_is_refused(
    connected: DaemonProcess, model: FakeAnthropic, shared: Api
) -> None:
    api = connected.client
    gate = threading.Event()
    model.script(Answer(Says("a"), Waits(gate), Says("b")))
    conversation, other = api.new("claude-code"), api.new("offline")
    api.ask(other, "help")
    [foreign, _] = api.messages(other)
    path = f"{CONVERSATIONS}/{conversation}"
    with api.send(conversation, "go") as stream:
        stream.until("delta")
        mine = api.messages(conversation)[0]["id"]
        for method, where, body, status, code in (
            ("POST", f"{path}/messages", {"content": "x", "parentId": "root"}, 409, "turn_running"),
            (
                "POST",
                f"{path}/messages",
                {"content": "x", "parentId": "root", "whenBusy": "queue"},
                409,
                "turn_running",
            ),
            ("POST", f"{path}/messages/{mine}/retry", None, 409, "turn_running"),
            ("PATCH", path, {"branchId": "main"}, 200, None),
            ("PATCH", path, {"branchId": "nowhere"}, 400, "unknown_branch"),
            ("GET", f"{path}/messages?branch=nowhere", None, 400, "unknown_branch"),
            ("POST", f"{path}/messages", {"content": "x", "parentId": foreign["id"]}, 400, "unknown_parent"),
            ("POST", f"{path}/messages/{foreign['id']}/retry", None, 404, "message_not_found"),
            ("POST", f"{path}/fork", {"messageId": foreign["id"]}, 404, "message_not_found"),
            ("POST", f"{path}/fork", {}, 400, "invalid_request"),
            ("PATCH", f"{path}/messages/{mine}", {"pinned": "yes"}, 400, "invalid_request"),
        ):
            response = (
                api.request(method, where, json=body) if body is not None else api.request(method, where)
            )
            assert (response.status_code, response.json().get("code") if status >= 400 else None) == (
                status,
                code,
            ), where
        gate.set()
        stream.rest()


def test_a_conversation_is_copied_up_to_a_message(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = connected.client
    model.script(
        Answer(Calls("Bash", {"command": "true"})),
        Answer(Says("It ran.")),
        Answer(Says("Later.")),
        Answer(Says("In the copy.")),
    )
    conversation = api.new("claude-code", workingDirectory=str(work_dir), title="Work")
    with api.send(conversation, "run it") as stream:
        api.respond(conversation, stream.until("permission_request")["requestId"])
        stream.rest()
    api.ask(conversation, "and then")
    rows = api.messages(conversation)
    answer = rows[1]
    copy = api.post(f"{CONVERSATIONS}/{conversation}/fork", {"messageId": answer["id"]})
    assert copy["title"] == "Work (copy)"
    assert copy["workingDirectory"] == str(work_dir)
    copied = api.messages(copy["id"])
    assert [(row["role"], row["content"], row["status"]) for row in copied] == [
        (row["role"], row["content"], row["status"]) for row in rows[:3]
    ]
    assert not {row["id"] for row in copied} & {row["id"] for row in rows}
    assert copied[1]["parentId"] == copied[0]["id"]

    api.ask(copy["id"], "go on")
    request = model.requests[-1].body["messages"]
    assert [block["type"] for message in request for block in message["content"]].count("tool_result") == 1
    assert talk(api, conversation) == ["run it", "It ran.", "and then", "Later."]
    api.delete(f"{CONVERSATIONS}/{conversation}")
    assert talk(api, copy["id"]) == ["run it", "It ran.", "go on", "In the copy."]


def test_a_message_is_pinned_and_let_go(shared: Api) -> None:
    conversation = shared.new()
    shared.ask(conversation, "help")
    [question, _] = shared.messages(conversation)
    path = f"{CONVERSATIONS}/{conversation}/messages/{question['id']}"
    assert shared.patch(path, {"pinned": True})["pinned"] is True
    assert shared.get(path)["pinned"] is True
    assert shared.patch(path, {"pinned": False})["pinned"] is False


def test_a_branch_survives_a_restart(start_daemon: Any) -> None:
    daemon = start_daemon()
    api = daemon.client
    conversation = api.new()
    api.ask(conversation, "one")
    api.ask(conversation, "other", parentId="root")
    daemon.stop()
    api = start_daemon().client
    api.ask(conversation, "more")
    assert [row["content"] for row in api.messages(conversation) if row["role"] == "user"] == [
        "other",
        "more",
    ]
