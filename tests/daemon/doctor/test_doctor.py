"""`stagent doctor` with and without a daemon, for people and for programs; it never tells a secret."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from actors.model_catalog import DISCOVERY_TIMEOUT_S
from actors.probing import PATIENT_S
from tests.conftest import StartDaemon
from tests.daemon_process import PROGRAM, DaemonProcess, clean_environment, with_values
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.exchange import Exchange

DEADLINE_S = 120.0
KEY = "a-key-that-nobody-may-see"
IMPATIENT = with_values({"actors.probing.PATIENT_S": 2.0})
"""The program, giving up sooner what never answers."""


def run(
    data_dir: Path, environment: dict[str, str], *args: str, program: Sequence[str] = PROGRAM
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *program, "--data-dir", str(data_dir), "doctor", *args],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )


def findings(
    data_dir: Path, environment: dict[str, str], status: int, program: Sequence[str] = PROGRAM
) -> dict[str, dict[str, Any]]:
    done = run(data_dir, environment, "--json", program=program)
    assert done.returncode == status, done.stdout + done.stderr
    body = json.loads(done.stdout)
    assert body["ok"] == (status == 0)
    return {finding["check"]: finding for finding in body["findings"]}


def test_with_a_daemon(start_daemon: StartDaemon, model: FakeAnthropic) -> None:
    daemon = start_daemon(ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=model.base_url)
    found = findings(daemon.data_dir.root, daemon.environment, 0)
    assert {
        "data_dir", "free_space", "kept", "database", "schema", "discovery", "port", "version", "ripgrep", "path",
        "provider_claude-code", "provider_openai-codex-app-server", "provider_ollama", "mcp", "window", "service", "names",
    } <= set(found)  # fmt: skip
    assert f"process {daemon.pid}" in found["discovery"]["message"]
    assert found["provider_claude-code"]["state"] == "ok"
    assert " ms" in found["provider_claude-code"]["message"]
    assert "connect openai" in found["provider_openai-codex-app-server"]["remedy"]
    probes = daemon.client.get("/api/runtimes/probes")
    assert [one["id"] for one in probes] == ["claude-code", "openai-codex-app-server", "ollama", "offline"]


def test_a_provider_that_refuses(daemon: DaemonProcess, tmp_path: Path) -> None:
    environment = {
        **daemon.environment,
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": f"http://user:{KEY}@127.0.0.1:9/?token={KEY}",
    }
    daemon.stop()
    found = findings(daemon.data_dir.root, environment, 1)
    assert found["provider_claude-code"]["state"] == "problem"
    assert found["provider_claude-code"]["remedy"]
    assert "No daemon runs" in found["discovery"]["message"]
    for shown in (run(daemon.data_dir.root, environment), run(daemon.data_dir.root, environment, "--json")):
        assert KEY not in shown.stdout + shown.stderr
        assert daemon.data_dir.token.read_text().strip() not in shown.stdout + shown.stderr


@pytest.mark.parametrize("with_daemon", [True, False])
def test_a_wrong_key_is_told_by_the_provider_itself(
    start_daemon: StartDaemon, anthropic_api: FakeAnthropic, *, with_daemon: bool
) -> None:
    anthropic_api.require_key("another key")
    daemon = start_daemon(ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=anthropic_api.base_url)
    if not with_daemon:
        daemon.stop()
    found = findings(daemon.data_dir.root, daemon.environment, 1)["provider_claude-code"]
    assert found["state"] == "problem"
    assert re.search(r"\(401\).* \(\d+(\.\d+)? ms\)$", found["message"]), found
    assert "key" in found["remedy"]


class SlowAnthropic(FakeAnthropic):
    """Lists its models, later than the list of models waits for and earlier than the doctor gives up."""

    async def route(self, exchange: Exchange) -> None:
        if exchange.seen.path == "/v1/models":
            await exchange.wait(threading.Event(), DISCOVERY_TIMEOUT_S + 0.2)
        await super().route(exchange)


@pytest.mark.parametrize("with_daemon", [True, False])
def test_a_slow_provider_is_waited_for(start_daemon: StartDaemon, *, with_daemon: bool) -> None:
    with SlowAnthropic() as slow:
        daemon = start_daemon(ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=slow.base_url)
        if not with_daemon:
            daemon.stop()
        found = findings(daemon.data_dir.root, daemon.environment, 0)["provider_claude-code"]
    assert found["state"] == "ok"
    told = re.search(r"lists (\d+) models in (\d+) ms", found["message"])
    assert told is not None, found
    assert int(told[1]) > 0
    assert 1000 * DISCOVERY_TIMEOUT_S < int(told[2]) < 1000 * PATIENT_S


@pytest.mark.parametrize("with_daemon", [True, False])
def test_a_provider_that_never_answers_is_waited_for_within_bounds(
    start_daemon: StartDaemon, *, with_daemon: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        daemon = start_daemon(program=IMPATIENT, ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=url)
        if not with_daemon:
            daemon.stop()
        found = findings(daemon.data_dir.root, daemon.environment, 1, IMPATIENT)["provider_claude-code"]
    assert found["state"] == "problem"
    assert "did not answer within 2 seconds" in found["message"]
    assert found["remedy"]


def test_a_daemon_that_crashed_and_settings_that_are_wrong(daemon: DaemonProcess) -> None:
    daemon.kill()
    daemon.data_dir.settings.write_text('{"maxSteps": "many"}')
    found = findings(daemon.data_dir.root, daemon.environment, 1)
    assert "crashed" in found["discovery"]["message"]
    assert found["settings"]["state"] == "problem"
    assert "maxSteps" in found["settings"]["message"]
    assert found["database"]["state"] == "ok"


def test_nothing_is_made_and_usage_is_status_2(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    environment = clean_environment(tmp_path / "home")
    done = run(tmp_path / "data", environment)
    assert done.returncode == 0, done.stdout
    assert "warning  No model can be used" in done.stdout
    assert "→ `stagent connect anthropic`" in done.stdout
    assert not (tmp_path / "data").exists()
    assert run(tmp_path / "data", environment, "--nonsense").returncode == 2
