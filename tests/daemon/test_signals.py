"""Signals in the middle of things: the daemon ends soon, with everything stored and nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess

STOP_S = 5.0
DEADLINE_S = 30.0
STUBBORN = "trap '' TERM; echo started; while :; do sleep 600 & wait; done"


def half_an_upload(daemon: DaemonProcess) -> socket.socket:
    """A connection on which an upload has begun and does not go on."""
    address = urlsplit(daemon.url)
    assert address.port is not None
    connection = socket.create_connection(("127.0.0.1", address.port), DEADLINE_S)
    token = daemon.data_dir.token.read_text().strip()
    head = (
        f"POST /api/documents HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    )
    connection.sendall(head.encode() + b"a" * 300_000)
    return connection


def files(daemon: DaemonProcess) -> set[Path]:
    """All regular files of the data folder."""
    return {path for path in daemon.data_dir.root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_during_an_upload_leaves_no_part_of_it(daemon: DaemonProcess, name: signal.Signals) -> None:
    daemon.client.get("/api/documents")
    before = files(daemon)
    with half_an_upload(daemon):
        deadline = time.monotonic() + DEADLINE_S
        while files(daemon) <= before:  # the upload goes to the disk as it comes
            assert time.monotonic() < deadline
        os.kill(daemon.pid, name)
        daemon.process.wait(STOP_S)
    assert daemon.wait() == 0
    assert not [path for path in files(daemon) - before if path.stat().st_size >= 100_000]
    assert "Traceback" not in daemon.errors


def test_a_second_signal_ends_the_daemon_at_once(start_daemon: StartDaemon, work_dir: Path) -> None:
    daemon = start_daemon()
    api = daemon.client
    api.post("/api/permissions", {"pattern": "Bash"})
    with api.send(api.new(workingDirectory=str(work_dir)), f"run {STUBBORN}") as stream:
        stream.until("tool_output")
        children = psutil.Process(daemon.pid).children(recursive=True)
        os.kill(daemon.pid, signal.SIGTERM)
        deadline = time.monotonic() + DEADLINE_S
        while daemon.data_dir.discovery.exists():  # the first thing to go
            assert time.monotonic() < deadline
        os.kill(daemon.pid, signal.SIGTERM)
        assert daemon.process.wait(STOP_S) == 1
    daemon.wait()
    _, alive = psutil.wait_procs(children, timeout=DEADLINE_S)
    assert not alive


def test_a_tool_that_ignores_signals_does_not_hold_the_daemon_up(
    start_daemon: StartDaemon, work_dir: Path
) -> None:
    daemon = start_daemon()
    api = daemon.client
    api.post("/api/permissions", {"pattern": "Bash"})
    conversation = api.new(workingDirectory=str(work_dir))
    with api.send(conversation, f"run {STUBBORN}") as stream:
        stream.until("tool_output")
        children = psutil.Process(daemon.pid).children(recursive=True)
        assert children
        os.kill(daemon.pid, signal.SIGTERM)
        daemon.process.wait(STOP_S)
    assert daemon.wait() == 0
    _, alive = psutil.wait_procs(children, timeout=DEADLINE_S)
    assert not alive
    again = start_daemon(daemon.data_dir.root)
    assert again.client.messages(conversation)[-1]["status"] == "interrupted"
