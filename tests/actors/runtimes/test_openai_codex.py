"""The `openai-codex-app-server` runtime: the real SDK against a server that speaks the Responses API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api, EventStream
from tests.daemon_process import DaemonProcess, clean_environment
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.openai_api import FakeOpenAI
from tests.fakes.script import (
    Answer,
    Breaks,
    Calls,
    CutsOff,
    Garbles,
    Refuses,
    Says,
    Thinks,
    Usage,
)

RUNTIME = "openai-codex-app-server"


@pytest.fixture(scope="module")
def shared_openai() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, shared_openai: FakeOpenAI, shared_model: FakeAnthropic
) -> Iterator[DaemonProcess]:
    """A daemon that both providers answer."""
    folder = tmp_path_factory.mktemp("both")
    (folder / "home").mkdir()
    environment = clean_environment(
        folder / "home",
        OPENAI_API_KEY="test",
        OPENAI_BASE_URL=shared_openai.base_url,
        ANTHROPIC_API_KEY="test",
        ANTHROPIC_BASE_URL=shared_model.base_url,
    )
    daemon = DaemonProcess(folder / "data", environment)
    yield daemon
    daemon.stop()


@pytest.fixture
def api(both: DaemonProcess) -> Api:
    return both.client


@pytest.fixture
def openai(shared_openai: FakeOpenAI) -> Iterator[FakeOpenAI]:
    shared_openai.clear()
    yield shared_openai
    assert (shared_openai.unused, shared_openai.unexpected, shared_openai.refused) == (0, (), ())


def sent(openai: FakeOpenAI) -> dict[str, Any]:
    body: dict[str, Any] = openai.requests[-1].body
    return body


def ask(api: Api, **fields: Any) -> tuple[str, EventStream]:
    conversation = api.new(RUNTIME, **fields)
    return conversation, api.ask(conversation, "go")


def test_text_arrives_and_usage_is_counted(api: Api, openai: FakeOpenAI) -> None:
    openai.script(Answer(Says("Hello, wörld 🙂!", chunks=5), usage=Usage(10, 20, 6, 0)))
    conversation, stream = ask(api)
    assert stream.text == "Hello, wörld 🙂!"
    metadata = api.messages(conversation)[-1]["metadata"]
    assert (metadata["inputTokens"], metadata["outputTokens"], metadata["cacheReadTokens"]) == (16, 20, 6)
    assert metadata["modelId"].startswith("gpt-5.4")
    assert metadata["costUsd"] == pytest.approx((10 * 2.5 + 6 * 0.25 + 20 * 15) / 1_000_000)
    body = sent(openai)
    assert body["model"] == "gpt-5.4"
    assert body["store"] is False
    assert body["reasoning"] == {"summary": "auto"}
    session = api.get(f"{CONVERSATIONS}/{conversation}")["sessionId"]
    assert body["prompt_cache_key"] == session


def test_reasoning_is_shown_and_sent_back_with_its_call(api: Api, openai: FakeOpenAI, work_dir: Path) -> None:
    openai.script(
        Answer(Thinks("Look at the file."), Calls("Read", {"file_path": "notes.txt"})), Answer(Says("Read."))
    )
    conversation, stream = ask(api, workingDirectory=str(work_dir))
    assert "Look at the file." in "".join(event["content"] for event in stream.of("thinking"))
    kinds = [item["type"] for item in sent(openai)["input"]]
    assert kinds == ["message", "reasoning", "function_call", "function_call_output"]
    assert sent(openai)["input"][1]["encrypted_content"]
    openai.script(Answer(Says("Again.")))
    api.patch(f"{CONVERSATIONS}/{conversation}", {"modelId": "gpt-5.4-mini"})
    api.ask(conversation, "again")
    assert "reasoning" not in [item["type"] for item in sent(openai)["input"]]


def test_several_calls_and_their_errors_come_back_in_order(
    api: Api, openai: FakeOpenAI, work_dir: Path
) -> None:
    openai.script(
        Answer(
            Calls("Read", {"file_path": "notes.txt"}, id="call_a"),
            Calls("Read", {"file_path": "nowhere"}, id="call_b"),
            Calls("Sing", {}, id="call_c"),
        ),
        Answer(Says("Done.")),
    )
    _, stream = ask(api, workingDirectory=str(work_dir))
    outputs = {
        item["call_id"]: item["output"]
        for item in sent(openai)["input"]
        if item["type"] == "function_call_output"
    }
    assert list(outputs) == ["call_a", "call_b", "call_c"]
    assert "first line" in outputs["call_a"]
    assert "nowhere" in outputs["call_b"]
    assert "Sing" in outputs["call_c"]
    assert stream.text == "Done."


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Refuses(401), "provider_unauthorized"),
        (Refuses(404), "model_not_found"),
        (Refuses(400, message="no"), "provider_refused"),
        (Answer(Says("Part "), CutsOff()), "stream_cut"),
        (Answer(Says("Part "), Garbles()), "provider_garbled"),
        (Answer(Says("Part "), Breaks("server_error", "sorry")), "provider_unavailable"),
    ],
)
def test_a_failure_ends_the_turn_once_and_keeps_what_arrived(
    api: Api, openai: FakeOpenAI, failure: Any, code: str
) -> None:
    openai.script(failure)
    conversation, stream = ask(api)
    assert (stream.seen[-1]["type"], stream.seen[-1]["code"]) == ("error", code)
    row = api.messages(conversation)[-1]
    assert row["status"] == "error"
    assert row["content"] == ("Part " if isinstance(failure, Answer) else "")


def test_a_busy_provider_is_asked_again(api: Api, openai: FakeOpenAI) -> None:
    openai.script(Refuses(429, headers={"retry-after-ms": "10"}), Refuses(503), Answer(Says("Now.")))
    _, stream = ask(api)
    assert len([event for event in stream.of("status") if event["phase"] == "waiting"]) == 2
    assert stream.text == "Now."


def test_a_model_without_reasoning_is_asked_without(api: Api, openai: FakeOpenAI) -> None:
    openai.script(
        Refuses(400, message="Unsupported parameter: 'reasoning.summary' is not supported with this model."),
        Answer(Says("Plain.")),
    )
    _, stream = ask(api, modelId="gpt-4.1")
    assert stream.text == "Plain."
    assert "reasoning" not in sent(openai)


def test_a_conversation_moves_from_one_provider_to_the_other(
    api: Api, openai: FakeOpenAI, model: FakeAnthropic, work_dir: Path
) -> None:
    model.script(
        Answer(Thinks("Hm."), Says("Look."), Calls("Read", {"file_path": "notes.txt"}, id="toolu_1")),
        Answer(Says("Three lines.")),
    )
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    api.ask(conversation, "what is in it?")
    api.patch(f"{CONVERSATIONS}/{conversation}", {"runtimeId": RUNTIME, "modelId": "gpt-5.4"})
    openai.script(Answer(Says("As it says.")))
    assert api.ask(conversation, "sure?").text == "As it says."
    kinds = [item["type"] for item in sent(openai)["input"]]
    assert kinds == ["message", "message", "function_call", "function_call_output", "message", "message"]
    api.patch(f"{CONVERSATIONS}/{conversation}", {"runtimeId": "claude-code", "modelId": "haiku"})
    model.script(Answer(Says("Quite.")))
    assert api.ask(conversation, "really?").text == "Quite."
    assert not model.refused
