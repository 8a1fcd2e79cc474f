"""Providers that are not there, do not answer, or are never asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import StartDaemon
from tests.daemon_process import CLOSED_PORT, REPOSITORY, DaemonProcess, clean_environment
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.openai_api import FakeOpenAI
from tests.fakes.script import Answer, Refuses, Says, Silent, Waits


@pytest.mark.parametrize(
    ("runtime", "variable"),
    [("claude-code", "ANTHROPIC_API_KEY"), ("openai-codex-app-server", "OPENAI_API_KEY")],
)
def test_without_a_key_the_turn_says_what_to_do(
    shared_daemon: DaemonProcess, runtime: str, variable: str
) -> None:
    api = shared_daemon.client
    last = api.ask(api.new(runtime), "go").seen[-1]
    assert (last["type"], last["code"]) == ("error", "not_connected")
    assert variable in last["message"]
    assert "stagent connect" in last["message"]


def test_an_unreachable_provider_is_named_after_the_retries(start_daemon: StartDaemon) -> None:
    daemon = start_daemon(ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=CLOSED_PORT, STAGENT_MAX_RETRIES="1")
    last = daemon.client.ask(daemon.client.new("claude-code"), "go").seen[-1]
    assert (last["type"], last["code"]) == ("error", "provider_unreachable")
    assert CLOSED_PORT in last["message"]


def test_a_provider_that_stays_busy_ends_the_turn(
    start_daemon: StartDaemon, anthropic_api: FakeAnthropic
) -> None:
    daemon = start_daemon(
        ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=anthropic_api.base_url, STAGENT_MAX_RETRIES="2"
    )
    anthropic_api.always(Refuses(429, headers={"retry-after-ms": "5"}))
    stream = daemon.client.ask(daemon.client.new("claude-code"), "go")
    assert stream.seen[-1]["code"] == "rate_limited"
    assert len(anthropic_api.requests) == 3


@pytest.mark.parametrize("before", [True, False])
def test_silence_has_an_end(start_daemon: StartDaemon, anthropic_api: FakeAnthropic, before: bool) -> None:
    daemon = start_daemon(
        ANTHROPIC_API_KEY="test",
        ANTHROPIC_BASE_URL=anthropic_api.base_url,
        STAGENT_SILENCE_TIMEOUT_SECONDS="0.3",
    )
    anthropic_api.script(Silent() if before else Answer(Says("Something "), Waits()))
    conversation = daemon.client.new("claude-code")
    last = daemon.client.ask(conversation, "go").seen[-1]
    assert (last["type"], last["code"]) == ("error", "provider_silent")
    assert daemon.client.messages(conversation)[-1]["content"] == ("" if before else "Something ")


def test_a_short_turn_limit_ends_an_agent_that_never_stops(
    start_daemon: StartDaemon, anthropic_api: FakeAnthropic, work_dir: Path
) -> None:
    from tests.fakes.script import Calls

    daemon = start_daemon(
        ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=anthropic_api.base_url, STAGENT_MAX_STEPS="3"
    )
    anthropic_api.always(Answer(Calls("Read", {"file_path": "notes.txt"})))
    conversation = daemon.client.new("claude-code", workingDirectory=str(work_dir))
    last = daemon.client.ask(conversation, "go").seen[-1]
    assert (last["type"], last["code"]) == ("error", "too_many_steps")
    assert len(anthropic_api.requests) == 3


def test_an_idle_daemon_has_imported_no_sdk(tmp_path: Path) -> None:
    script = (
        "import sys, daemon.serve, daemon.cli\n"
        "heavy = {'anthropic', 'openai', 'httpx2', 'pydantic', 'tree_sitter', 'keyring', 'rich', 'webview'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=clean_environment(tmp_path),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_a_daemon_that_only_answers_plain_requests_maps_no_sdk(shared_daemon: DaemonProcess) -> None:
    for path in ("/healthz", "/api/chat/conversations", "/api/permissions", "/api/projects", "/api/settings"):
        shared_daemon.client.get(path)
    maps = Path(f"/proc/{shared_daemon.process.pid}/maps").read_text()
    assert "pydantic_core" not in maps  # both SDKs need it


def test_a_conversation_is_not_sent_on_to_another_address(
    start_daemon: StartDaemon, anthropic_api: FakeAnthropic, openai_api: FakeOpenAI
) -> None:
    daemon = start_daemon(
        ANTHROPIC_API_KEY="test",
        ANTHROPIC_BASE_URL=anthropic_api.base_url,
        OPENAI_API_KEY="test",
        OPENAI_BASE_URL=openai_api.base_url,
    )
    with FakeAnthropic() as elsewhere:
        target = f"{elsewhere.base_url}/v1/messages"
        for fake, runtime in ((anthropic_api, "claude-code"), (openai_api, "openai-codex-app-server")):
            fake.script(Refuses(307, type="redirect", message="moved", headers={"location": target}))
            last = daemon.client.ask(daemon.client.new(runtime), "go").seen[-1]
            assert (last["type"], last["code"]) == ("error", "provider_redirects")
            assert target in last["message"]
        assert elsewhere.requests == ()
