"""A daemon of each provider, for tests of what all of them have to be given, and one whose agent has MCP servers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.daemon.mcp_agent import ENVIRONMENT, SLOW_MACHINE_S
from tests.daemon.providers import WINDOW, Provider
from tests.daemon_process import DaemonProcess, clean_environment
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.ollama_api import FakeOllama
from tests.fakes.openai_api import FakeOpenAI
from tests.fakes.server import FakeProvider


@pytest.fixture(scope="module", params=["claude-code", "openai-codex-app-server", "ollama"])
def running_provider(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Provider]:
    """Shared by a module, since importing an SDK takes a second."""
    fakes: dict[str, tuple[type[FakeProvider], str]] = {
        "claude-code": (FakeAnthropic, "haiku"),
        "openai-codex-app-server": (FakeOpenAI, "gpt-5.4"),
        "ollama": (FakeOllama, "ollama:llama3.1:8b"),
    }
    kind, model = fakes[request.param]
    folder = tmp_path_factory.mktemp("provider")
    (folder / "home").mkdir()
    windows = json.dumps({model: WINDOW for _, model in fakes.values()})
    with kind() as fake:
        match fake:
            case FakeAnthropic():
                where = {"ANTHROPIC_API_KEY": "test", "ANTHROPIC_BASE_URL": fake.base_url}
            case FakeOpenAI():
                where = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": fake.base_url}
            case FakeOllama():
                where = {"OLLAMA_HOST": fake.host}
        environment = clean_environment(
            folder / "home", STAGENT_CONTEXT_WINDOWS=windows, STAGENT_MAX_RETRIES="0", **where
        )
        provider = Provider(request.param, fake, lambda: DaemonProcess(folder / "data", environment), model)
        yield provider
        provider.close()


@pytest.fixture
def provider(running_provider: Provider) -> Iterator[Provider]:
    """A provider with nothing left over from another test; afterwards all that was scripted has been asked for."""
    fake = running_provider.fake
    fake.clear()
    yield running_provider
    assert (fake.unused, fake.unexpected, fake.refused) == (0, (), ())


@pytest.fixture(scope="module")
def running_agent(
    tmp_path_factory: pytest.TempPathFactory, shared_model: FakeAnthropic
) -> Iterator[DaemonProcess]:
    """A daemon whose model is the fake, and which waits for servers as long as a busy machine needs."""
    folder = tmp_path_factory.mktemp("agent")
    (folder / "home").mkdir()
    environment = clean_environment(folder / "home", ANTHROPIC_BASE_URL=shared_model.base_url, **ENVIRONMENT)
    daemon = DaemonProcess(folder / "data", environment)
    yield daemon
    daemon.stop()


@pytest.fixture
def agent(running_agent: DaemonProcess) -> Iterator[DaemonProcess]:
    """That daemon, without the servers, rules and approvals of another test."""
    yield running_agent
    api = running_agent.client
    api.patch(
        "/api/settings",
        {"mcpServers": {}, "mcpStartTimeoutSeconds": SLOW_MACHINE_S, "mcpCallTimeoutSeconds": 300},
    )
    for rule in api.get("/api/permissions"):
        api.delete(f"/api/permissions/{rule['id']}")
    for file in api.get("/api/mcp/approvals"):
        api.request("DELETE", "/api/mcp/approvals", params={"path": file["path"]})
