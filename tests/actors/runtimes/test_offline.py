"""The offline tools: an explicit grammar, and the very same way as every agent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from actors.runtimes.offline import NOTICE, parse
from tests.api import Api


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("read a.txt", [("Read", {"file_path": "a.txt"})]),
        ("READ my file.txt 3-9", [("Read", {"file_path": "my file.txt", "offset": 3, "limit": 7})]),
        ("list src", [("Glob", {"pattern": "**/*", "path": "src"})]),
        ("search a.b in src", [("Grep", {"pattern": "a\\.b", "output_mode": "content", "path": "src"})]),
        ("search plain text", [("Grep", {"pattern": "plain\\ text", "output_mode": "content"})]),
        ("run echo a | b", [("Bash", {"command": "echo a | b"})]),
        ("Tasks", [("ListTasks", {})]),
        ("projects", [("ListProjects", {})]),
        ("task Mend the door", [("CreateTask", {"title": "Mend the door"})]),
    ],
)
def test_a_command_names_its_tool(text: str, calls: list[Any]) -> None:
    assert parse(text) == [tuple(calls)]


def test_an_edit_reads_first() -> None:
    assert parse("edit a.py: replace x with y z") == [
        (
            ("Read", {"file_path": "a.py"}),
            ("Edit", {"file_path": "a.py", "old_string": "x", "new_string": "y z"}),
        )
    ]


def test_a_question_has_choices() -> None:
    [[(name, given)]] = parse("ask Which one: a | b | c") or []
    assert name == "AskUserQuestion"
    assert [option["label"] for option in given["questions"][0]["options"]] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "read",
        "edit a.py",
        "ask what",
        "ask what: only",
        "please read a.txt",
        "read a\nhello",
        "task",
        "tasks please",
    ],
)
def test_other_text_is_no_command(text: str) -> None:
    assert parse(text) is None


def test_other_text_gets_an_answer_that_says_so_and_what_to_do(shared: Api) -> None:
    stream = shared.ask(shared.new(), "What is the meaning of life?")
    assert NOTICE in stream.text
    for hint in ("help", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OLLAMA_HOST"):
        assert hint in stream.text
    assert "`read FILE [a-b]`" in shared.ask(shared.new(), "help").text


def test_every_surface_labels_it(shared: Api) -> None:
    runtime = next(one for one in shared.get("/api/runtimes") if one["id"] == "offline")
    assert runtime["label"] == NOTICE
    model = next(one for one in shared.get("/api/chat/models", all="true") if one["id"] == "offline")
    assert (model["label"], model["provider"]) == (NOTICE, "offline")


def test_the_commands_do_what_they_say(shared: Api, work_dir: Path) -> None:
    conversation = shared.new(workingDirectory=str(work_dir))
    assert "second line" in shared.ask(conversation, "read notes.txt 2-2").text
    assert "first line" not in shared.ask(conversation, "read notes.txt 2-2").text
    assert "notes.txt" in shared.ask(conversation, "list .").text
    assert "third line" in shared.ask(conversation, "search third").text
    both = shared.ask(conversation, "read notes.txt 1-1\nread missing.txt").text
    assert "first line" in both
    assert "did not work" in both
    with shared.send(conversation, "edit notes.txt: replace second with 2nd") as stream:
        request = stream.until("permission_request")
        assert "+2nd line" in request["diff"]
        shared.respond(conversation, request["requestId"])
        stream.rest()
    assert (work_dir / "notes.txt").read_text() == "first line\n2nd line\nthird line\n"
