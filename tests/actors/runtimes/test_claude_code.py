"""The `claude-code` runtime: the real SDK against a server that speaks the Messages API."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.actors.runtimes.claude_code import answer_row, ask, sent
from tests.api import CONVERSATIONS, Api
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import (
    Answer,
    Calls,
    Pings,
    Redacts,
    Says,
    Thinks,
    Usage,
)

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


pytestmark = pytest.mark.usefixtures("all_is_used")


def test_text_arrives_in_pieces_and_is_kept_whole(api: Api, model: FakeAnthropic) -> None:
    model.script(Answer(Pings(), Says("Hello, wörld 🙂!", chunks=7), usage=Usage(10, 20, 5, 3)))
    conversation, stream = ask(api)
    assert len(stream.of("delta")) == 7
    assert stream.text == "Hello, wörld 🙂!"
    row = answer_row(api, conversation)
    assert row["content"] == stream.text
    metadata = row["metadata"]
    assert (metadata["inputTokens"], metadata["outputTokens"]) == (18, 20)
    assert (metadata["cacheReadTokens"], metadata["cacheWriteTokens"]) == (5, 3)
    assert metadata["stopReason"] == "end_turn"
    assert metadata["modelId"] == "claude-sonnet-5-5"
    cost = (10 * 2 + 5 * 0.1 + 3 * 2.5 + 20 * 10) / 1_000_000
    assert metadata["costUsd"] == pytest.approx(cost)
    usage = api.get(f"{CONVERSATIONS}/{conversation}")["usage"]
    assert usage == {"inputTokens": 18, "outputTokens": 20, "costUsd": pytest.approx(cost)}


def test_the_request_is_made_for_caching_and_names_every_tool(api: Api, model: FakeAnthropic) -> None:
    model.script(Answer(Says("x")))
    ask(api, modelId="opus")
    body = sent(model)
    assert body["model"] == "claude-opus-5-5"
    assert body["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert body["cache_control"] == {"type": "ephemeral"}
    assert body["thinking"]["type"] == "adaptive"
    names = [tool["name"] for tool in body["tools"]]
    assert names[:7] == ["Read", "Write", "Edit", "Glob", "Grep", "Bash", "AskUserQuestion"]
    assert "Working directory:" in body["system"][0]["text"]


def test_thinking_is_shown_and_sent_back_unchanged(api: Api, model: FakeAnthropic, work_dir: Path) -> None:
    model.script(
        Answer(
            Thinks("The file first.", signature="sig-1"),
            Redacts("opaque"),
            Calls("Read", {"file_path": "notes.txt"}),
        ),
        Answer(Says("Read.")),
    )
    conversation, stream = ask(api, workingDirectory=str(work_dir))
    assert "".join(event["content"] for event in stream.of("thinking")) == "The file first."
    blocks = sent(model)["messages"][1]["content"]
    assert blocks[0] == {"type": "thinking", "thinking": "The file first.", "signature": "sig-1"}
    assert blocks[1] == {"type": "redacted_thinking", "data": "opaque"}
    api.patch(f"{CONVERSATIONS}/{conversation}", {"modelId": "haiku"})
    model.script(Answer(Says("Again.")))
    api.ask(conversation, "again")
    kinds = [block["type"] for message in sent(model)["messages"] for block in message["content"]]
    assert "thinking" not in kinds
    assert "redacted_thinking" not in kinds


def test_several_calls_at_once_get_their_results_in_order(
    api: Api, model: FakeAnthropic, work_dir: Path
) -> None:
    (work_dir / "other.txt").write_text("other content\n")
    model.script(
        Answer(
            Says("Both."),
            Calls("Read", {"file_path": "notes.txt"}, id="toolu_a"),
            Calls("Read", {"file_path": "missing.txt"}, id="toolu_b"),
            Calls("Read", {"file_path": "other.txt"}, id="toolu_c"),
        ),
        Answer(Says("Done.")),
    )
    conversation, stream = ask(api, workingDirectory=str(work_dir))
    results = sent(model)["messages"][2]["content"]
    assert [result["tool_use_id"] for result in results] == ["toolu_a", "toolu_b", "toolu_c"]
    assert [result["is_error"] for result in results] == [False, True, False]
    assert "missing.txt" in json.dumps(results[1]["content"])
    assert stream.text == "Both.\n\nDone."
    calls = answer_row(api, conversation)["metadata"]["toolCalls"]
    assert [(call["summary"], call["isError"], call["offset"]) for call in calls] == [
        ("notes.txt", False, 5), ("missing.txt", True, 5), ("other.txt", False, 5),
    ]  # fmt: skip


def test_a_call_that_makes_no_sense_is_told_to_the_model(api: Api, model: FakeAnthropic) -> None:
    model.script(
        Answer(
            Calls("Fly", {"to": "the moon"}),
            Calls("Read", {"path": "x"}),
            Calls("Bash", {"command": ["ls"]}),
        ),
        Answer(Says("I see.")),
    )
    _, stream = ask(api)
    outputs = [event["output"] for event in stream.of("tool_result")]
    assert "There is no tool 'Fly'" in outputs[0]
    assert "`path`" in outputs[1]
    assert "command" in outputs[2]
    assert stream.of("permission_request") == []


def test_half_a_surrogate_pair_ends_neither_the_turn_nor_the_conversation(
    api: Api, model: FakeAnthropic
) -> None:
    model.script(
        Answer(
            Says("a\ud800b"),
            Says("\ud83d"),
            Says("\ude00"),
            Calls("Read", {"file_path": "\ud800"}),
            Calls("Fly\ud800", {}),
            Calls("Grep", {"pattern": "\ud800", "\udfff": 1}),
        ),
        Answer(Says("I see.")),
        Answer(Says("Still here.")),
    )
    conversation, stream = ask(api)
    assert stream.seen[-1]["type"] == "done"
    assert [event["isError"] for event in stream.of("tool_result")] == [True, True, True]
    said = "a\N{REPLACEMENT CHARACTER}b\N{GRINNING FACE}"
    assert sent(model)["messages"][1]["content"][0]["text"] == said
    assert stream.text == f"{said}\n\nI see."
    assert answer_row(api, conversation)["content"] == stream.text
    assert api.ask(conversation, "and now?").text == "Still here."


@pytest.mark.parametrize("count", [10**30, -5])
def test_a_count_of_tokens_that_cannot_be_true_harms_nothing(
    api: Api, model: FakeAnthropic, count: int
) -> None:
    model.script(Answer(Says("One."), usage=Usage(output_tokens=count)), Answer(Says("Two.")))
    conversation, stream = ask(api)
    assert stream.seen[-1]["type"] == "done"
    assert answer_row(api, conversation)["status"] == "complete"
    usage = api.get(f"{CONVERSATIONS}/{conversation}")["usage"]
    assert (usage["outputTokens"] > 0, usage["costUsd"] > 0) == (count > 0, True)
    assert api.ask(conversation, "go on").text == "Two."


@pytest.mark.parametrize("strange", [float("nan"), json.loads("[" * 300 + "]" * 300)])
def test_an_input_that_is_no_json_or_absurdly_deep_is_told_to_the_model(
    api: Api, model: FakeAnthropic, strange: Any
) -> None:
    model.script(Answer(Calls("Read", {"file_path": "a", "limit": strange})), Answer(Says("I see.")))
    _, stream = ask(api)
    assert "Expected `object`" in stream.of("tool_result")[0]["output"]
    assert stream.seen[-1]["type"] == "done"


def test_an_image_reaches_the_model_as_an_image(api: Api, model: FakeAnthropic, work_dir: Path) -> None:
    (work_dir / "dot.png").write_bytes(PNG)
    model.script(Answer(Calls("Read", {"file_path": "dot.png"})), Answer(Says("A dot.")))
    ask(api, workingDirectory=str(work_dir))
    [result] = sent(model)["messages"][2]["content"]
    image = next(part for part in result["content"] if part["type"] == "image")
    assert image["source"]["media_type"] == "image/png"
    assert base64.b64decode(image["source"]["data"]) == PNG


@pytest.mark.parametrize("reason", ["max_tokens", "refusal", "stop_sequence"])
def test_the_stop_reason_is_told(api: Api, model: FakeAnthropic, reason: Any) -> None:
    model.script(Answer(Says("So far"), stop_reason=reason))
    conversation, stream = ask(api)
    assert stream.seen[-1]["stopReason"] == reason
    assert answer_row(api, conversation)["metadata"]["stopReason"] == reason


def test_a_pause_goes_on(api: Api, model: FakeAnthropic) -> None:
    model.script(Answer(Says("First."), stop_reason="pause_turn"), Answer(Says("Second.")))
    assert ask(api)[1].text == "First.\n\nSecond."


def test_short_names_can_be_given_other_ids(api: Api, model: FakeAnthropic) -> None:
    api.patch("/api/settings", {"modelIds": {"haiku": "claude-opus-5-5"}})
    model.script(Answer(Says("x")))
    ask(api, modelId="haiku")
    assert sent(model)["model"] == "claude-opus-5-5"
    api.patch("/api/settings", {"modelIds": {}})


def test_the_history_is_sent_as_messages_with_tool_calls(
    api: Api, model: FakeAnthropic, work_dir: Path
) -> None:
    model.script(
        Answer(Says("Look."), Calls("Read", {"file_path": "notes.txt"}, id="toolu_1")),
        Answer(Says("Three lines.")),
        Answer(Says("You are welcome.")),
    )
    conversation, _ = ask(api, text="what is in it?", workingDirectory=str(work_dir))
    api.ask(conversation, "thanks")
    shapes = [
        (message["role"], [block["type"] for block in message["content"]])
        for message in sent(model)["messages"]
    ]
    assert shapes == [
        ("user", ["text", "text"]),  # the message, and the time
        ("assistant", ["text", "tool_use"]),
        ("user", ["tool_result"]),
        ("assistant", ["text"]),
        ("user", ["text", "text"]),
    ]


def test_a_file_must_be_read_before_it_is_changed_across_turns_too(
    api: Api, model: FakeAnthropic, work_dir: Path
) -> None:
    api.post("/api/permissions", {"pattern": "Edit(notes.txt)"})
    edit = {"file_path": "notes.txt", "old_string": "first", "new_string": "1st"}
    model.script(Answer(Calls("Read", {"file_path": "notes.txt"})), Answer(Says("Read.")))
    conversation, _ = ask(api, workingDirectory=str(work_dir))
    model.script(Answer(Calls("Edit", edit)), Answer(Says("Edited.")))
    stream = api.ask(conversation, "now edit")
    assert not stream.of("tool_result")[0]["isError"]
    assert (work_dir / "notes.txt").read_text().startswith("1st line")
    (work_dir / "notes.txt").write_text("someone else's first line\n")
    model.script(Answer(Calls("Edit", edit)), Answer(Says("Oh.")))
    stream = api.ask(conversation, "edit again")
    assert stream.of("tool_result")[0]["isError"]
    assert (work_dir / "notes.txt").read_text() == "someone else's first line\n"
