"""A daemon on demand: started by whoever needs it, once; ended when nobody does, or between turns."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from daemon import discovery
from daemon.discovery import Discovery
from daemon.launch import find_or_start, is_older, restart, stop_when_idle
from storage.paths import DataDir
from tests.api import CONVERSATIONS
from tests.conftest import StartDaemon
from tests.daemon_process import OLDER, DaemonProcess, clean_environment

DEADLINE_S = 60.0
MANY = 20
STARTER = """
import sys
import time
from pathlib import Path
from daemon.client import Client
from daemon.launch import find_or_start
from storage.paths import DataDir
data_dir = DataDir(Path(sys.argv[1]))
found = find_or_start(data_dir)
assert Client(data_dir, found).get("/healthz")["ok"]
print(found.pid)
"""


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataDir]:
    """A data folder whose daemon, if one was started, is ended; what is started here inherits its variables."""
    (tmp_path / "home").mkdir()
    for name, value in clean_environment(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    found = DataDir(tmp_path / "data")
    yield found
    running = discovery.find(found)
    if running is not None:
        end(running.pid)


def end(pid: int, name: int = signal.SIGTERM) -> None:
    """Ends a process that is no child of ours."""
    process = psutil.Process(pid)
    process.send_signal(name)
    process.wait(DEADLINE_S)


def test_of_many_starts_at_once_one_daemon_comes_and_everybody_reaches_it(data_dir: DataDir) -> None:
    starters = [
        subprocess.Popen([sys.executable, "-c", STARTER, data_dir.root], stdout=subprocess.PIPE, text=True)
        for _ in range(MANY)
    ]
    outputs = [starter.communicate(timeout=DEADLINE_S)[0] for starter in starters]
    assert [starter.returncode for starter in starters] == [0] * MANY
    assert len(set(outputs)) == 1
    found = discovery.find(data_dir)
    assert found is not None
    assert {int(output) for output in outputs} == {found.pid}
    assert found.started_by == "demand"


def stale(data_dir: DataDir, pid: int, process_started_at: float | None) -> None:
    """What a daemon leaves behind that did not come to its end."""
    data_dir.prepare()
    discovery.write(
        data_dir,
        Discovery(
            pid,
            "http://127.0.0.1:9",
            str(data_dir.socket),
            "0.1.0",
            "then",
            process_started_at,
            str(data_dir.root.resolve()),
        ),
    )
    data_dir.lock.write_bytes(b"")
    data_dir.start_lock.write_bytes(b"")
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(data_dir.socket))


@pytest.mark.parametrize("started_at", [12.0, None], ids=["another start time", "no start time"])
def test_files_of_a_daemon_that_is_gone_block_nothing_and_harm_nobody(
    data_dir: DataDir, started_at: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bystander = subprocess.Popen(["sleep", "600"])
    try:
        relative = DataDir(Path("data"))  # the path of a Unix socket has at most 107 bytes
        stale(relative, bystander.pid, started_at)
        found = find_or_start(data_dir)
        assert found.pid != bystander.pid
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_nothing_is_imported_from_the_data_folder(data_dir: DataDir) -> None:
    data_dir.prepare()
    (data_dir.root / "msgspec.py").write_text("raise SystemExit('imported from the data')")
    assert find_or_start(data_dir).data_dir == str(data_dir.root.resolve())


def test_a_crash_leaves_nothing_that_blocks_the_next_start(data_dir: DataDir) -> None:
    first = find_or_start(data_dir)
    end(first.pid, signal.SIGKILL)
    assert data_dir.discovery.exists()
    assert find_or_start(data_dir).pid != first.pid


def test_a_copied_home_is_another_daemons(data_dir: DataDir, tmp_path: Path) -> None:
    first = find_or_start(data_dir)
    shutil.copytree(data_dir.root, tmp_path / "copy", ignore=shutil.ignore_patterns("*.sock"))
    copied = DataDir(tmp_path / "copy")
    # The copy names a process that lives and really is a daemon, but of another folder.
    second = find_or_start(copied)
    try:
        assert second.pid != first.pid
        assert discovery.find(data_dir) == first
    finally:
        end(second.pid)


def test_a_daemon_on_demand_ends_when_nobody_uses_it(
    data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGENT_IDLE_EXIT_SECONDS", "0.2")
    found = find_or_start(data_dir)
    assert psutil.Process(found.pid).wait(DEADLINE_S) in {0, None}
    assert discovery.find(data_dir) is None


def test_a_daemon_that_a_person_started_stays(start_daemon: StartDaemon) -> None:
    daemon = start_daemon(STAGENT_IDLE_EXIT_SECONDS="0.001")
    followed = start_daemon(daemon.data_dir.root.parent / "other", STAGENT_IDLE_EXIT_SECONDS="0.001")
    assert followed.client.get("/healthz")["ok"]
    assert daemon.client.get("/healthz")["ok"]
    assert daemon.process.poll() is None


def test_a_daemon_that_is_followed_or_works_stays_and_then_ends(
    tmp_path: Path, start_daemon: StartDaemon
) -> None:
    daemon = start_daemon(args=("--started-by", "demand"), STAGENT_IDLE_EXIT_SECONDS="0.3")
    api = daemon.client
    with api.stream("GET", "/api/events"):
        conversation = api.new()
        with api.send(conversation, "run true") as stream:
            stream.until("permission_request")
        assert api.get(f"{CONVERSATIONS}/{conversation}")["turn"] == "waiting"
    # Nobody follows any more, but an agent waits for an answer: it is still needed.
    (request,) = api.get("/api/permissions/pending")
    api.post(f"{CONVERSATIONS}/{conversation}/respond", {"requestId": request["id"], "behavior": "deny"})
    assert daemon.wait() == 0


def test_an_end_between_turns_waits_for_the_turn(daemon: DaemonProcess) -> None:
    api = daemon.client
    conversation = api.new()
    with api.send(conversation, "run true") as stream:
        request = stream.until("permission_request")
        assert api.post("/api/shutdown", {"when": "idle"}) == {"when": "idle", "busy": 1}
        body = {"requestId": request["requestId"], "behavior": "allow"}
        assert api.post(f"{CONVERSATIONS}/{conversation}/respond", body)["stale"] is False
        assert stream.end()["type"] == "done"
    assert daemon.wait() == 0


def test_an_end_at_once_interrupts(daemon: DaemonProcess) -> None:
    api = daemon.client
    with api.send(api.new(), "run true") as stream:
        stream.until("permission_request")
        assert api.post("/api/shutdown", {}) == {"when": "now", "busy": 1}
        assert daemon.wait() == 0


def test_an_older_daemon_is_replaced_between_turns(data_dir: DataDir, tmp_path: Path) -> None:
    data_dir.prepare()
    older = subprocess.Popen(
        [sys.executable, "-c", OLDER, "--data-dir", data_dir.root, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        text=True,
    )
    assert older.stdout is not None
    assert "0.0.1 is ready" in older.stdout.readline()
    found = find_or_start(data_dir)
    assert is_older(found.version)
    replaced = restart(data_dir, found)
    assert older.wait(DEADLINE_S) == 0
    older.stdout.close()
    assert replaced.pid != found.pid
    assert not is_older(replaced.version)


def test_only_a_daemon_of_another_kind_gives_way(data_dir: DataDir) -> None:
    said: list[str] = []
    stop_when_idle(data_dir, said.append, but_not="service")
    found = find_or_start(data_dir)
    stop_when_idle(data_dir, said.append, but_not="demand")
    assert (said, discovery.find(data_dir)) == ([], found)
    stop_when_idle(data_dir, said.append, but_not="service")
    assert discovery.find(data_dir) is None
    assert len(said) == 1


def wait_for_log(daemon: DaemonProcess, words: str) -> None:
    """Waits until the daemon has logged this."""
    deadline = time.monotonic() + DEADLINE_S
    while words not in daemon.errors:
        assert daemon.process.poll() is None
        assert time.monotonic() < deadline, daemon.errors


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no SIGHUP")
def test_a_hangup_reads_the_settings_again_and_a_wrong_file_changes_nothing(daemon: DaemonProcess) -> None:
    api = daemon.client
    daemon.data_dir.settings.write_text(json.dumps({"maxSteps": 7}))
    os.kill(daemon.pid, signal.SIGHUP)
    wait_for_log(daemon, "the settings were read again")
    assert api.get("/api/settings")["maxSteps"] == 7
    daemon.data_dir.settings.write_text("{")
    os.kill(daemon.pid, signal.SIGHUP)
    wait_for_log(daemon, "the settings stay as they are")
    assert api.get("/api/settings")["maxSteps"] == 7
