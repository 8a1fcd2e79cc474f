"""The log of a real daemon: what belongs together, who may read it, what changes while it runs, what it never says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from daemon.logs.file import NAME
from tests.api import CONVERSATIONS
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Says

DEADLINE_S = 30.0
KEY = "sk-ant-this-is-a-key-of-somebody"
WORDS = "please-tell-nobody"


def lines(daemon: DaemonProcess) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (daemon.data_dir.logs / NAME).read_text().splitlines()]


def wait_for(daemon: DaemonProcess, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first line of the log that is wanted, as soon as it is there."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        for line in lines(daemon):
            if is_it(line):
                return line
    raise AssertionError(f"no such line in {lines(daemon)}")


def run(daemon: DaemonProcess, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "daemon", "--data-dir", str(daemon.data_dir.root), *args],
        env=daemon.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )


def test_a_turn_can_be_followed_from_the_request_to_the_agent_and_back(daemon: DaemonProcess) -> None:
    api = daemon.client
    conversation = api.new()
    answer = api.request(
        "POST",
        f"{CONVERSATIONS}/{conversation}/messages",
        json={"content": f"search {WORDS}"},
        headers={"X-Request-Id": "mine-7"},
    )
    assert answer.headers["X-Request-Id"] == "mine-7"
    start = wait_for(daemon, lambda line: line["logger"] == "actors.agent_work")
    end = wait_for(daemon, lambda line: line["logger"] == "actors.turn_runner")
    assert start["requestId"] == "mine-7"
    assert start["conversationId"] == end["conversationId"] == conversation
    assert start["turnId"] == end["turnId"]
    assert f'"turnId":"{start["turnId"]}"' in answer.text
    assert WORDS not in (daemon.data_dir.logs / NAME).read_text()


def test_every_answer_names_its_request(daemon: DaemonProcess) -> None:
    api = daemon.client
    ids = {
        api.request("GET", path).headers["X-Request-Id"] for path in ("/healthz", "/api/tasks", "/nowhere")
    }
    assert len(ids) == 3
    for wrong in ("has spaces", "x" * 65, 'quote"'):
        given = api.request("GET", "/healthz", headers={"X-Request-Id": wrong}).headers["X-Request-Id"]
        assert given not in {wrong, ""}


def test_the_level_changes_while_it_runs_and_stays(daemon: DaemonProcess, start_daemon: StartDaemon) -> None:
    assert run(daemon, "log-level").stdout == "info\n"
    assert run(daemon, "log-level", "debug").stdout == "debug\n"
    daemon.client.get("/api/chat/search", q=WORDS)
    line = wait_for(daemon, lambda line: "/api/chat/search" in line["message"])
    assert line["level"] == "debug"
    assert WORDS not in line["message"]
    assert daemon.client.get("/api/settings")["logLevel"] == "debug"
    daemon.stop()
    assert run(daemon, "log-level").stdout == "debug\n"
    assert run(daemon, "log-level", "warning").stdout == "warning\n"
    assert run(daemon, "log-level", "loud").returncode == 2
    assert start_daemon(daemon.data_dir.root).client.get("/api/settings")["logLevel"] == "warning"


def test_people_read_it(daemon: DaemonProcess) -> None:
    shown = run(daemon, "logs", "-n", "1").stdout
    assert "INFO" in shown
    assert "is ready at" in shown
    assert run(daemon, "logs", "--level", "error").stdout == ""
    (line,) = run(daemon, "logs", "--json").stdout.splitlines()
    assert json.loads(line)["logger"] == "daemon.serve"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGHUP")
def test_a_hangup_opens_the_log_anew(daemon: DaemonProcess) -> None:
    file = daemon.data_dir.logs / NAME
    assert file.stat().st_mode & 0o777 == 0o600
    reader = subprocess.Popen(
        [sys.executable, "-m", "daemon", "--data-dir", str(daemon.data_dir.root), "logs", "-f", "-n", "1"],
        env=daemon.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    try:
        assert "is ready at" in reader.stdout.readline()
        file.rename(file.with_name("moved"))
        os.kill(daemon.pid, signal.SIGHUP)
        assert "the settings were read again" in reader.stdout.readline()
    finally:
        reader.send_signal(signal.SIGINT)
        status = reader.wait(DEADLINE_S)
        reader.stdout.close()
    assert status == 0
    assert len(file.with_name("moved").read_text().splitlines()) == 1


def test_no_key_and_no_words_reach_the_log(start_daemon: StartDaemon, model: FakeAnthropic) -> None:
    daemon = start_daemon(ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=model.base_url)
    api = daemon.client
    run(daemon, "log-level", "debug")
    model.script(Answer(Says("an answer")))
    api.ask(api.new("claude-code"), WORDS)
    wait_for(daemon, lambda line: line["logger"] == "actors.turn_runner")
    token = daemon.data_dir.token.read_text().strip()
    daemon.stop()
    for text in ((daemon.data_dir.logs / NAME).read_text(), daemon.errors):
        for secret in (KEY, WORDS, token):
            assert secret not in text
