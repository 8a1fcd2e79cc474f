"""What a crash, a stop and a broken machine leave behind: nothing acknowledged is lost, nothing lies."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess, clean_environment
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Streams, Waits


@pytest.fixture
def connect(start_daemon: StartDaemon, anthropic_api: FakeAnthropic) -> Callable[[], DaemonProcess]:
    """Starts a daemon on the same data again and again."""
    return lambda: start_daemon(ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=anthropic_api.base_url)


def wait_for_text(api: Api, conversation: str, text: str) -> None:
    """Until the store has the text; the deadline is the test's own."""
    while api.messages(conversation)[-1]["content"] != text:
        pass


def settled(api: Api, conversation: str) -> list[dict[str, Any]]:
    rows = api.messages(conversation)
    assert not [row for row in rows if row["status"] in {"streaming", "pending"}]
    return rows


def test_kill_in_mid_text_keeps_what_was_stored_and_numbers_go_on(
    connect: Callable[[], DaemonProcess], anthropic_api: FakeAnthropic
) -> None:
    daemon = connect()
    anthropic_api.script(Answer(Says("words that arrived ", chunks=5), Waits(threading.Event())))
    conversation = daemon.client.new("claude-code")
    with daemon.client.send(conversation, "go") as stream:
        while stream.text != "words that arrived ":
            stream.next()
        wait_for_text(daemon.client, conversation, "words that arrived ")
        seen = stream.seen
        daemon.kill()
    api = connect().client
    user, answer = settled(api, conversation)
    assert user["content"] == "go"
    assert (answer["status"], answer["content"]) == ("interrupted", "words that arrived ")
    with api.follow(conversation, after=seen[-1]["seq"]) as stream:
        last = stream.next()
        assert (last["type"], last["reason"]) == ("interrupted", "restart")
        assert last["seq"] > seen[-1]["seq"]
    anthropic_api.script(Answer(Says("and on")))
    assert api.ask(conversation, "go on").text == "and on"
    history = anthropic_api.requests[-1].body["messages"]
    assert [message["role"] for message in history] == ["user", "assistant", "user"]
    assert history[1]["content"][0]["text"] == "words that arrived"


def test_kill_while_a_person_is_asked_expires_the_request(
    connect: Callable[[], DaemonProcess], anthropic_api: FakeAnthropic, work_dir: Path
) -> None:
    daemon = connect()
    anthropic_api.script(Answer(Says("I will."), Calls("Bash", {"command": "touch made"})))
    conversation = daemon.client.new("claude-code", workingDirectory=str(work_dir))
    with daemon.client.send(conversation, "go") as stream:
        request = stream.until("permission_request")
        daemon.kill()
    api = connect().client
    rows = {row["id"]: row for row in settled(api, conversation)}
    expired = rows[request["requestId"]]
    assert expired["status"] == "error"
    assert (expired["metadata"]["outcome"], expired["metadata"]["decision"]) == ("expired", "shutdown")
    assert api.get("/api/permissions/pending") == []
    with api.follow(conversation, after=request["seq"]) as stream:
        assert stream.until("request_resolved")["requestId"] == request["requestId"]
        assert stream.end()["type"] == "interrupted"
    assert api.respond(conversation, request["requestId"])["stale"] is True
    assert not (work_dir / "made").exists()
    anthropic_api.script(Answer(Says("All right.")))
    assert api.ask(conversation, "and now?").seen[-1]["type"] == "done"
    assert not anthropic_api.refused


def test_kill_during_a_tool_leaves_a_history_that_providers_accept(
    connect: Callable[[], DaemonProcess], anthropic_api: FakeAnthropic, work_dir: Path
) -> None:
    daemon = connect()
    daemon.client.post("/api/permissions", {"pattern": "Bash(sleep *)"})
    anthropic_api.script(
        Answer(Calls("Bash", {"command": "sleep 600"}), Calls("Read", {"file_path": "notes.txt"}))
    )
    conversation = daemon.client.new("claude-code", workingDirectory=str(work_dir))
    with daemon.client.send(conversation, "go") as stream:
        stream.until("tool_result")
        children = psutil.Process(daemon.process.pid).children(recursive=True)
        daemon.kill()
    for child in children:
        child.kill()
    api = connect().client
    anthropic_api.script(Answer(Says("Fine.")))
    assert api.ask(conversation, "go on").seen[-1]["type"] == "done"
    results = [
        block
        for message in anthropic_api.requests[-1].body["messages"]
        for block in message["content"]
        if block["type"] == "tool_result"
    ]
    assert len(results) == 2
    assert any("interrupted" in str(result["content"]) for result in results)
    assert any("first line" in str(result["content"]) for result in results)
    assert not anthropic_api.refused


def test_no_acknowledged_message_is_lost_however_often_it_is_killed(
    connect: Callable[[], DaemonProcess], anthropic_api: FakeAnthropic
) -> None:
    anthropic_api.always(Answer(Streams(count=10_000, size=20, per_second=2000)))
    conversation = ""
    for n in range(4):
        daemon = connect()
        conversation = conversation or daemon.client.new("claude-code")
        with daemon.client.send(conversation, f"message {n}") as stream:
            for _ in range(n * 40 + 1):
                stream.next()
            daemon.kill()
    rows = settled(connect().client, conversation)
    sent = [row["content"] for row in rows if row["role"] == "user"]
    assert sent == [f"message {n}" for n in range(4)]


def test_a_stop_in_mid_turn_is_quick_and_tells_everybody(
    connect: Callable[[], DaemonProcess], anthropic_api: FakeAnthropic, work_dir: Path
) -> None:
    daemon = connect()
    daemon.client.post("/api/permissions", {"pattern": "Bash(sleep *)"})
    anthropic_api.script(Answer(Says("Sleeping."), Calls("Bash", {"command": "sleep 600"})))
    conversation = daemon.client.new("claude-code", workingDirectory=str(work_dir))
    idle = daemon.client.new()
    with daemon.client.send(conversation, "go") as stream, daemon.client.follow(idle) as other:
        stream.until("tool_call")
        process = psutil.Process(daemon.process.pid)
        while not (children := process.children(recursive=True)):
            pass
        daemon.process.send_signal(signal.SIGTERM)
        assert [event["code"] for event in other.rest()] == ["shutting_down"]
        stream.rest()
    psutil.wait_procs([process], timeout=5)
    assert daemon.wait() == 0
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive
    assert not daemon.data_dir.discovery.exists()
    assert not daemon.data_dir.socket.exists()
    assert "Traceback" not in daemon.errors
    assert settled(connect().client, conversation)[-1]["status"] == "interrupted"


def test_a_deleted_working_directory_ends_the_turn_with_an_error_that_names_it(
    daemon: DaemonProcess, tmp_path: Path
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    conversation = daemon.client.new(workingDirectory=str(folder))
    folder.rmdir()
    last = daemon.client.ask(conversation, "list .").seen[-1]
    assert (last["type"], last["code"]) == ("error", "working_directory_missing")
    assert str(folder) in last["message"]
    assert daemon.client.messages(conversation)[-1]["status"] == "error"


LIMITED = """
import resource, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from daemon.cli import main
main()
"""


def test_a_full_disk_ends_the_turn_with_an_error_and_reading_goes_on(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    script = tmp_path / "limited.py"
    script.write_text(LIMITED)
    process = subprocess.Popen(
        [
            sys.executable,
            str(script),
            "1000000",
            "--data-dir",
            str(tmp_path / "data"),
            "serve",
            "--port",
            "0",
        ],
        env=clean_environment(tmp_path / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip().rpartition(" ")[2]
        api = Api(url, (tmp_path / "data" / "token").read_text().strip())
        conversation = api.new()
        sent = 0
        while True:
            body = {"content": "x" * 100_000}
            answer = api.request("POST", f"{CONVERSATIONS}/{conversation}/messages", json=body)
            if answer.status_code != 200:
                break
            sent += 1
            assert sent < 50, "the limit is never reached"
        assert answer.status_code == 500
        assert answer.json()["code"].startswith("storage_")
        assert api.get("/healthz")["ok"]
        assert len([row for row in api.messages(conversation) if row["role"] == "user"]) >= sent - 1
        api.close()
    finally:
        process.terminate()
        process.communicate(timeout=20)
