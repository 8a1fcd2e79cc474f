"""The `ollama` runtime: models on this machine, and any server that speaks Chat Completions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api, EventStream
from tests.conftest import StartDaemon
from tests.daemon_process import CLOSED_PORT, DaemonProcess, clean_environment
from tests.fakes.ollama_api import FakeOllama
from tests.fakes.openai_api import FakeOpenAI
from tests.fakes.script import Answer, Calls, CutsOff, Says, Thinks, Usage


@pytest.fixture(scope="module")
def shared_ollama() -> Iterator[FakeOllama]:
    with FakeOllama() as fake:
        yield fake


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, shared_ollama: FakeOllama) -> Iterator[DaemonProcess]:
    folder = tmp_path_factory.mktemp("local")
    (folder / "home").mkdir()
    daemon = DaemonProcess(
        folder / "data", clean_environment(folder / "home", OLLAMA_HOST=shared_ollama.host)
    )
    yield daemon
    daemon.stop()


@pytest.fixture
def api(local: DaemonProcess) -> Api:
    return local.client


@pytest.fixture
def ollama(shared_ollama: FakeOllama) -> Iterator[FakeOllama]:
    shared_ollama.clear()
    yield shared_ollama
    assert (shared_ollama.unused, shared_ollama.unexpected, shared_ollama.refused) == (0, (), ())


def ask(api: Api, **fields: Any) -> tuple[str, EventStream]:
    conversation = api.new("ollama", **fields)
    return conversation, api.ask(conversation, "go")


def completion(fake: Any) -> dict[str, Any]:
    body: dict[str, Any] = fake.requests_to("/v1/chat/completions")[-1].body
    return body


def test_its_models_are_listed_with_tier_and_price(api: Api, ollama: FakeOllama) -> None:
    models = [one for one in api.get("/api/chat/models") if one["provider"] == "ollama"]
    assert models
    for one in models:
        assert one["id"].startswith("ollama:")
        assert one["costLabel"] == "Free"
        assert one["tier"] in {"Fast", "Balanced", "Best"}
        assert one["available"] is True
        assert one["runtimeId"] == "ollama"
    runtime = next(one for one in api.get("/api/runtimes") if one["id"] == "ollama")
    assert runtime["signedIn"] is True
    assert runtime["isDefault"] is True
    assert runtime["version"]


def test_a_conversation_with_a_local_model(api: Api, ollama: FakeOllama, work_dir: Path) -> None:
    ollama.script(
        Answer(Thinks("Which file?"), Says("Look."), Calls("Read", {"file_path": "notes.txt"})),
        Answer(Says("Three lines.", chunks=4), usage=Usage(5, 7)),
    )
    name = "ollama:qwen3:32b"
    conversation, stream = ask(api, workingDirectory=str(work_dir), modelId=name)
    assert stream.text == "Look.\n\nThree lines."
    assert "".join(event["content"] for event in stream.of("thinking")) == "Which file?"
    roles = [message["role"] for message in completion(ollama)["messages"]]
    assert roles == ["system", "user", "assistant", "tool"]
    assert completion(ollama)["model"] == name.removeprefix("ollama:")
    assert api.get(f"{CONVERSATIONS}/{conversation}")["usage"]["costUsd"] == 0


def test_a_model_that_knows_no_tools_is_asked_without_them(api: Api, shared_ollama: FakeOllama) -> None:
    shared_ollama.clear()
    shared_ollama.script(Answer(Says("Just words.")), Answer(Says("Still.")))
    conversation, stream = ask(api, modelId="ollama:gemma2:2b")
    assert stream.text == "Just words."
    assert "tools" not in completion(shared_ollama)
    assert api.ask(conversation, "again").text == "Still."
    assert len(shared_ollama.refused) == 1


def test_without_a_model_the_first_one_answers(api: Api, ollama: FakeOllama) -> None:
    ollama.script(Answer(Says("Hi.")))
    assert ask(api)[1].text == "Hi."


def test_a_stream_without_an_end_is_an_error(api: Api, ollama: FakeOllama) -> None:
    ollama.script(Answer(Says("Part"), CutsOff()))
    conversation, stream = ask(api)
    assert stream.seen[-1]["code"] == "stream_cut"
    assert api.messages(conversation)[-1]["content"] == "Part"


def test_no_server_is_said_with_its_address(daemon: DaemonProcess) -> None:
    conversation = daemon.client.new("ollama", modelId="ollama:llama3")
    daemon.client.patch("/api/settings", {"maxRetries": 0})
    last = daemon.client.ask(conversation, "go").seen[-1]
    assert (last["type"], last["code"]) == ("error", "provider_unreachable")
    assert CLOSED_PORT in last["message"]
    runtime = next(one for one in daemon.client.get("/api/runtimes") if one["id"] == "ollama")
    assert not runtime["signedIn"]
    why_not = f"No server answers at {CLOSED_PORT}: connection refused. Start it, or set OLLAMA_HOST."
    assert runtime["whyNot"] == why_not


def test_a_compatible_server_takes_its_place(start_daemon: StartDaemon, openai_api: FakeOpenAI) -> None:
    api = start_daemon(STAGENT_OPENAI_COMPATIBLE_URL=openai_api.base_url).client
    openai_api.script(Answer(Says("Compatible.")))
    conversation = api.new("ollama", modelId="ollama:some/model")
    assert api.ask(conversation, "go").text == "Compatible."
    assert completion(openai_api)["model"] == "some/model"
