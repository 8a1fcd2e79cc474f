"""A daemon that does not answer, for which a stopped process stands in: commands say so, and `stop` ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil  # type: ignore[import-untyped, unused-ignore]
import pytest

from daemon import discovery, hung
from tests.api import CONVERSATIONS
from tests.conftest import StartDaemon
from tests.daemon.commands.running import stagent
from tests.daemon_process import DaemonProcess, with_values

DEADLINE_S = 20.0
IMPATIENT = with_values({"daemon.health.TIMEOUT_S": 1.0, "daemon.commands.look.STOP_TIMEOUT_S": 1.0})
"""Commands that give up sooner what never answers."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP")


@pytest.fixture
def stopped(daemon: DaemonProcess) -> Iterator[DaemonProcess]:
    daemon.client.new(title="kept")
    os.kill(daemon.pid, signal.SIGSTOP)
    yield daemon
    if daemon.process.poll() is None:
        os.kill(daemon.pid, signal.SIGCONT)


def test_status_and_doctor_tell_of_it_and_what_to_do(stopped: DaemonProcess) -> None:
    root = stopped.data_dir.root
    told = stagent(root, "status", program=IMPATIENT)
    assert told.returncode == 3
    assert f"process {stopped.pid}" in told.stdout
    assert told.stderr == "It does not answer. `stagent stop` ends it, if need be by force.\n"
    examined = stagent(root, "doctor", "--json", program=IMPATIENT)
    found = {one["check"]: one for one in json.loads(examined.stdout)["findings"]}
    assert found["discovery"]["state"] == "ok"
    assert found["port"]["state"] == "problem"
    assert "does not answer within 1 seconds" in found["port"]["message"]
    assert "`stagent stop`" in found["port"]["remedy"]


def test_stop_ends_it_and_its_tools_by_force_and_nothing_stored_is_lost(
    start_daemon: StartDaemon,
) -> None:
    daemon = start_daemon()
    api = daemon.client
    conversation = api.new(title="kept")
    with api.send(conversation, "run sleep 1000") as stream:
        api.respond(conversation, stream.until("permission_request")["requestId"], "allow")
        [tool] = [one for one in children(daemon.pid) if "sleep" in one.name()]
        os.kill(daemon.pid, signal.SIGSTOP)
        done = stagent(daemon.data_dir.root, "stop", program=IMPATIENT)
    assert (done.returncode, done.stdout) == (0, "Stopped.\n"), done.stderr
    assert f"Process {daemon.pid} did not react and was ended by force" in done.stderr
    assert daemon.wait() == -signal.SIGKILL
    psutil.wait_procs([tool], DEADLINE_S)
    assert not tool.is_running()
    assert discovery.find(daemon.data_dir) is None
    again = start_daemon()
    assert [one["title"] for one in again.client.get(CONVERSATIONS)] == ["kept"]
    [answer] = [one for one in again.client.messages(conversation) if one["role"] == "assistant"]
    assert answer["status"] == "interrupted"


def children(pid: int) -> list[psutil.Process]:
    """What a daemon's agent has started, once it has."""
    found: list[psutil.Process] = []
    for _ in range(1_000):
        found = psutil.Process(pid).children(recursive=True)
        if any("sleep" in one.name() for one in found):
            break
    return found


def test_a_process_that_has_taken_the_number_is_left_alone(daemon: DaemonProcess) -> None:
    found = discovery.find(daemon.data_dir)
    assert found is not None
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        hung.end_by_force(found._replace(pid=other.pid))
        assert other.poll() is None
        other.kill()
