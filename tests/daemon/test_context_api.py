"""What models are given, as the providers' servers see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api import Api
from tests.conftest import StartDaemon
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.ollama_api import FakeOllama
from tests.fakes.openai_api import FakeOpenAI
from tests.fakes.script import Answer, Calls, Says
from tests.fakes.server import FakeProvider


class Provider:
    """A daemon that talks to a fake, and what the fake was asked, in one form for all providers."""

    def __init__(self, runtime: str, fake: FakeProvider, api: Api, model: str | None) -> None:
        self.runtime = runtime
        self.fake = fake
        self.api = api
        self.model = model

    def new(self, **fields: Any) -> str:
        return self.api.new(self.runtime, modelId=self.model, **fields)

    def bodies(self) -> list[dict[str, Any]]:
        return [request.body for request in self.fake.requests if request.method == "POST"]

    def system(self, body: dict[str, Any]) -> str:
        if self.runtime == "claude-code":
            return "".join(part["text"] for part in body["system"])
        if self.runtime == "ollama":
            return str(body["messages"][0]["content"])
        return str(body["instructions"])

    def asked(self, body: dict[str, Any]) -> list[str]:
        """The texts of the messages in the order of the request, without the system prompt."""
        rows = body["input"] if "input" in body else body["messages"]
        return [_text(row) for row in rows if row.get("role") != "system"]


def _text(row: dict[str, Any]) -> str:
    content = row.get("content", row.get("output", row.get("arguments")))
    if isinstance(content, list):
        return "".join(_text(part) if "content" in part else part.get("text", "") for part in content)
    return str(content)


@pytest.fixture(params=["claude-code", "openai-codex-app-server", "ollama"])
def provider(
    request: pytest.FixtureRequest,
    start_daemon: StartDaemon,
    anthropic_api: FakeAnthropic,
    openai_api: FakeOpenAI,
    ollama_api: FakeOllama,
) -> Any:
    fakes: dict[str, tuple[FakeProvider, str | None, Callable[[], dict[str, str]]]] = {
        "claude-code": (
            anthropic_api,
            "haiku",
            lambda: {"ANTHROPIC_API_KEY": "test", "ANTHROPIC_BASE_URL": anthropic_api.base_url},
        ),
        "openai-codex-app-server": (
            openai_api,
            "gpt-5.4",
            lambda: {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": openai_api.base_url},
        ),
        "ollama": (ollama_api, "ollama:llama3.1:8b", lambda: {"OLLAMA_HOST": ollama_api.host}),
    }
    fake, model, environment = fakes[request.param]
    yield Provider(request.param, fake, start_daemon(**environment()).client, model)
    assert (fake.unused, fake.unexpected, fake.refused) == (0, (), ())


def test_a_turn_is_given_its_surroundings_and_they_do_not_break_the_cache(
    provider: Provider, work_dir: Path
) -> None:
    (work_dir / "AGENTS.md").write_text("Always say please.\n")
    (work_dir / ".git").mkdir()
    (work_dir / ".git" / "HEAD").write_text("ref: refs/heads/topic\n")
    project = provider.api.post(
        "/api/projects",
        {"name": "Greeter", "description": "Greets people.", "workingDirectory": str(work_dir)},
    )["id"]
    provider.fake.script(
        Answer(Calls("Read", {"file_path": "notes.txt"})), Answer(Says("Read.")), Answer(Says("Yes."))
    )
    conversation = provider.new(projectId=project)
    provider.api.ask(conversation, "read it")
    (work_dir / ".git" / "HEAD").write_text("ref: refs/heads/other\n")
    provider.api.ask(conversation, "and now?")

    first, second, third = provider.bodies()
    system = provider.system(first)
    for part in ("Greeter", "Greets people.", str(work_dir), "Always say please."):
        assert part in system
    assert provider.system(second) == provider.system(third) == system
    asked = provider.asked(third)
    assert asked[: len(provider.asked(first))] == provider.asked(first)
    assert asked[: len(provider.asked(second))] == provider.asked(second)
    assert asked[0].startswith("read it")
    assert "Git branch: topic" in asked[0]
    assert asked[-1].startswith("and now?")
    assert "Git branch: other" in asked[-1]
    assert "Now: " in asked[-1]


def test_an_instruction_file_that_cannot_be_used_is_named(provider: Provider, work_dir: Path) -> None:
    (work_dir / "AGENTS.md").write_text("Say please. " * 10_000)
    (work_dir / "CLAUDE.md").symlink_to("/etc/passwd")
    provider.fake.script(Answer(Says("Hello.")))
    stream = provider.api.ask(provider.new(workingDirectory=str(work_dir)), "hi")
    assert stream.seen[-1]["type"] == "done"
    said = [event["message"] for event in stream.of("status") if event["phase"] == "preparing"]
    assert any("AGENTS.md was cut" in message for message in said)
    assert any("CLAUDE.md was skipped" in message for message in said)
    [body] = provider.bodies()
    assert "Say please." in provider.system(body)
    assert len(provider.system(body)) < 30_000
    assert "root:" not in provider.system(body)
