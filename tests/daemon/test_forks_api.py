"""Copies of conversations, and branches of branches: what they show, page by page, and that nothing leaks back."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Waits


def fork(api: Api, conversation: str, message: str) -> str:
    made: str = api.post(f"{CONVERSATIONS}/{conversation}/fork", {"messageId": message})["id"]
    return made


def talk(api: Api, conversation: str, **params: Any) -> list[str]:
    return [row["content"] for row in api.messages(conversation, **params) if row["role"] != "system"]


def shown(row: dict[str, Any]) -> tuple[Any, ...]:
    """What a copy has in common with the row it is of."""
    metadata = {**(row["metadata"] or {}), "requestId": None}
    return row["role"], row["content"], row["status"], row["pinned"], metadata, row["createdAt"]


def test_a_copy_has_calls_decisions_and_pins_and_is_a_conversation_of_its_own(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = connected.client
    model.script(
        Answer(
            Calls("Bash", {"command": "touch yes"}),
            Calls("Bash", {"command": "touch no"}),
            Calls("Read", {"file_path": "notes.txt"}),
        ),
        Answer(Says("Half done.")),
        Answer(Says("In the copy.")),
    )
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    with api.send(conversation, "do it") as stream:
        first = stream.until("permission_request")["requestId"]
        second = stream.until("permission_request")["requestId"]
        api.respond(conversation, second, "deny", message="no")
        api.respond(conversation, first)
        stream.rest()
    rows = api.messages(conversation)
    api.patch(f"{CONVERSATIONS}/{conversation}/messages/{rows[0]['id']}", {"pinned": True})
    rows = api.messages(conversation)
    copy = fork(api, conversation, rows[1]["id"])
    copied = api.messages(copy)
    assert [shown(row) for row in copied] == [shown(row) for row in rows]
    assert [row["role"] for row in copied] == ["user", "assistant", "system", "system"]
    for row in copied[2:]:
        assert row["metadata"]["requestId"] == row["id"]
        assert api.respond(copy, row["id"])["stale"] is True
    assert api.messages(copy)[3]["metadata"]["outcome"] == "denied"
    assert [row["metadata"] for row in api.messages(conversation)] == [row["metadata"] for row in rows]

    assert api.ask(copy, "go on").text == "In the copy."
    blocks = [block for one in model.requests[-1].body["messages"] for block in one["content"]]
    assert [block["type"] for block in blocks].count("tool_use") == 3
    assert [block["type"] for block in blocks].count("tool_result") == 3
    assert not model.refused
    api.delete(f"{CONVERSATIONS}/{copy}")
    assert api.messages(conversation) == rows


def test_a_copy_of_a_running_conversation_ends_before_what_runs(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    gate = threading.Event()
    model.script(Answer(Says("one")), Answer(Says("tw"), Waits(gate), Says("o")), Answer(Says("copied")))
    conversation = api.new("claude-code")
    api.ask(conversation, "first")
    with api.send(conversation, "second") as stream:
        stream.until("delta")
        running = api.messages(conversation)[-1]["id"]
        copy = fork(api, conversation, running)
        assert talk(api, copy) == ["first", "one", "second"]
        detail = api.get(f"{CONVERSATIONS}/{copy}")
        assert (detail["turn"], detail["messageCount"], detail["branchId"]) == ("idle", 3, "main")
        assert api.ask(copy, "and?").text == "copied"
        gate.set()
        assert stream.end()["type"] == "done"
    assert talk(api, conversation) == ["first", "one", "second", "two"]
    assert not model.refused


def test_a_copy_of_another_branch_shows_that_branch(shared: Api) -> None:
    conversation = shared.new(title="Work")
    shared.ask(conversation, "help")
    shared.ask(conversation, "list a")
    [_, answer, old, old_answer] = shared.messages(conversation)
    shared.ask(conversation, "list b", parentId=answer["id"])
    copy = fork(shared, conversation, old_answer["id"])
    assert talk(shared, copy) == talk(shared, conversation, branch="main")
    assert all(row["siblings"] == [] for row in shared.messages(copy))
    assert [one["id"] for one in shared.get(f"{CONVERSATIONS}/{copy}/branches")] == ["main"]
    again = fork(shared, copy, shared.messages(copy)[0]["id"])
    assert talk(shared, again) == ["help"]
    assert shared.get(f"{CONVERSATIONS}/{again}")["title"] == "Work (copy) (copy)"
    assert old["id"] not in {row["id"] for row in shared.messages(copy)}


def pages(api: Api, conversation: str, limit: int, branch: str, *, backwards: bool) -> list[str]:
    """All ids of a branch, read by the addresses of the Link header."""
    path = f"{CONVERSATIONS}/{conversation}/messages?limit={limit}&branch={branch}"
    path += "&from=end" if backwards else ""
    found: list[str] = []
    while path:
        answer = api.request("GET", path)
        ids = [row["id"] for row in answer.json()]
        found = ids + found if backwards else found + ids
        path = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    return found


@pytest.fixture
def deep(shared: Api) -> tuple[str, dict[str, list[str]]]:
    """A conversation with four branches, three of them below each other; what a person said on each."""
    conversation = shared.new()
    told: dict[str, list[str]] = {"main": ["list a", "list b", "list c"]}
    for content in told["main"]:
        shared.ask(conversation, content)

    def leave(said: list[str], keep: int, *contents: str) -> list[str]:
        rows = [row for row in shared.messages(conversation) if row["role"] != "system"]
        shared.ask(conversation, contents[0], parentId=rows[2 * keep - 1]["id"] if keep else "root")
        for content in contents[1:]:
            shared.ask(conversation, content)
        all_said = [*said[:keep], *contents]
        told[shared.get(f"{CONVERSATIONS}/{conversation}")["branchId"]] = all_said
        return all_said

    one = leave(told["main"], 2, "list d", "list e", "list f")
    two = leave(one, 3, "list g", "list h")
    leave(two, 4, "list i")
    leave(two, 0, "list z")
    return conversation, told


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_three_levels_of_branches_have_pages_both_ways(
    shared: Api, deep: tuple[str, dict[str, list[str]]], limit: int
) -> None:
    conversation, told = deep
    assert len(told) == 5
    for branch, contents in told.items():
        rows = shared.messages(conversation, branch=branch)
        assert [row["content"] for row in rows if row["role"] == "user"] == contents
        assert [row["parentId"] for row in rows] == [None, *(row["id"] for row in rows[:-1])]
        ids = [row["id"] for row in rows]
        assert pages(shared, conversation, limit, branch, backwards=False) == ids
        assert pages(shared, conversation, limit, branch, backwards=True) == ids
        between = shared.messages(conversation, branch=branch, after=ids[0], before=ids[-1])
        assert [row["id"] for row in between] == ids[1:-1]


def test_every_branch_can_be_gone_on_with(shared: Api, deep: tuple[str, dict[str, list[str]]]) -> None:
    conversation, told = deep
    for branch, contents in told.items():
        shared.patch(f"{CONVERSATIONS}/{conversation}", {"branchId": branch})
        shared.ask(conversation, f"list on {branch}")
        said = [row["content"] for row in shared.messages(conversation) if row["role"] == "user"]
        assert said == [*contents, f"list on {branch}"]
        assert shared.get(f"{CONVERSATIONS}/{conversation}")["branchId"] == branch
    assert len(shared.get(f"{CONVERSATIONS}/{conversation}/branches")) == len(told)


def test_siblings_name_the_branch_that_shows_each(
    shared: Api, deep: tuple[str, dict[str, list[str]]]
) -> None:
    conversation, told = deep
    for branch in told:
        for row in shared.messages(conversation, branch=branch):
            for sibling in row["siblings"]:
                there = shared.messages(conversation, branch=sibling["branchId"])
                assert sibling["messageId"] in {one["id"] for one in there}
            assert not row["siblings"] or row["id"] in {one["messageId"] for one in row["siblings"]}
    first = shared.messages(conversation, branch="main")[0]
    assert len(first["siblings"]) == 2


def test_of_two_changes_of_one_message_at_once_one_starts(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    gate = threading.Event()
    model.script(Answer(Says("one")), Answer(Says("two"), Waits(gate)))
    conversation = api.new("claude-code")
    api.ask(conversation, "first")
    with api.send(conversation, "changed", parentId="root") as stream:
        stream.until("delta")
        path = f"{CONVERSATIONS}/{conversation}/messages"
        body = {"content": "changed too", "parentId": "root"}
        assert api.request("POST", path, json=body).json()["code"] == "turn_running"
        gate.set()
        stream.rest()
    assert len(api.get(f"{CONVERSATIONS}/{conversation}/branches")) == 2
    assert talk(api, conversation) == ["changed", "two"]
    assert talk(api, conversation, branch="main") == ["first", "one"]


def test_root_in_an_empty_conversation_makes_no_branch(shared: Api) -> None:
    conversation = shared.new()
    shared.ask(conversation, "help", parentId="root")
    assert len(shared.get(f"{CONVERSATIONS}/{conversation}/branches")) == 1
    last = shared.messages(conversation)[-1]["id"]
    shared.ask(conversation, "help", parentId=last)
    assert len(shared.get(f"{CONVERSATIONS}/{conversation}/branches")) == 1
