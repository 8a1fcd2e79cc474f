"""A daemon whose loop hangs, for which a stopped process stands in: the window asks, and starts another on a yes."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from daemon import discovery, health
from daemon.credential import read_token
from daemon.door import Door
from desktop.daemon_watch import DaemonWatch
from desktop.hung_daemon import TITLE, HungDaemon
from desktop.launcher import _first_link
from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess, clean_environment
from tests.desktop.test_daemon_watch import FakeNotifier, FakeWindow

DEADLINE_S = 30.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP")


class Asked(FakeWindow):
    """A window whose person answers when the test says what."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: queue.Queue[str] = queue.Queue()
        self.answers: queue.Queue[bool] = queue.Queue()

    def confirm(self, title: str, question: str) -> bool:
        self.questions.put(f"{title}: {question}")
        return self.answers.get(timeout=DEADLINE_S)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "TIMEOUT_S", 0.5)
    monkeypatch.setattr("daemon.client.SILENCE_TIMEOUT_S", 0.5)
    monkeypatch.setenv("STAGENT_PORT", "0")


@pytest.fixture
def stopped(start_daemon: StartDaemon, monkeypatch: pytest.MonkeyPatch) -> Iterator[DaemonProcess]:
    """A daemon that does not answer; whatever has taken its place by the end of the test is ended."""
    daemon = start_daemon(args=("--started-by", "demand"))
    daemon.client.new(title="kept")
    for name, value in clean_environment(daemon.data_dir.root.parent / "home").items():
        monkeypatch.setenv(name, value)
    os.kill(daemon.pid, signal.SIGSTOP)
    yield daemon
    if daemon.process.poll() is None:
        os.kill(daemon.pid, signal.SIGCONT)
    subprocess.run(
        [sys.executable, "-m", "daemon", "--data-dir", daemon.data_dir.root, "stop"],
        timeout=DEADLINE_S,
        check=True,
    )
    daemon.wait()


def test_a_yes_puts_another_in_its_place_and_the_window_goes_there(stopped: DaemonProcess) -> None:
    window, door = Asked(), Door(stopped.data_dir)
    assert _first_link(door) is None
    watch = DaemonWatch(door, window, FakeNotifier)
    watch.start(is_shown=False)
    try:
        question = window.questions.get(timeout=DEADLINE_S)
        assert question.startswith(f"{TITLE}: The daemon (process {stopped.pid}) runs but does not answer.")
        window.answers.put(True)
        link = window.loaded.get(timeout=DEADLINE_S)
        assert stopped.wait() == -signal.SIGKILL
        found = discovery.find(stopped.data_dir)
        assert found is not None
        assert link.startswith(f"{found.url}/sign-in?code=")
        again = Api(found.url, read_token(stopped.data_dir))
        assert [one["title"] for one in again.get(CONVERSATIONS)] == ["kept"]
        again.close()
    finally:
        watch.stop()


def test_a_restart_that_fails_is_told_and_tried_again(
    stopped: DaemonProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = Asked()
    found = discovery.find(stopped.data_dir)
    assert found is not None
    monkeypatch.setenv("STAGENT_PORT", "none")  # so that none can be started
    asking = threading.Thread(target=HungDaemon(Door(stopped.data_dir), window).answers, args=(found,))
    asking.start()
    assert window.questions.get(timeout=DEADLINE_S).startswith(f"{TITLE}: ")
    window.answers.put(True)
    told = window.questions.get(timeout=DEADLINE_S)
    assert told.startswith("stagent could not be restarted: ")
    assert "port" in told
    monkeypatch.setenv("STAGENT_PORT", "0")
    window.answers.put(True)
    asking.join(DEADLINE_S)
    assert not asking.is_alive()
    after = discovery.find(stopped.data_dir)
    assert after is not None
    assert after.pid != stopped.pid


def test_a_window_that_has_shown_the_page_asks_too(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    window = Asked()
    watch = DaemonWatch(Door(daemon.data_dir), window, FakeNotifier)
    watch.start()
    try:
        os.kill(daemon.pid, signal.SIGSTOP)
        assert f"(process {daemon.pid})" in window.questions.get(timeout=DEADLINE_S)
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
        window.answers.put(False)
        watch.stop()


def test_a_no_is_not_asked_again_until_it_has_answered(stopped: DaemonProcess) -> None:
    window = Asked()
    found = discovery.find(stopped.data_dir)
    assert found is not None
    asking = HungDaemon(Door(stopped.data_dir), window)
    window.answers.put(False)
    assert not asking.answers(found)
    assert not asking.answers(found)
    assert window.questions.qsize() == 1
    assert stopped.process.poll() is None
    os.kill(stopped.pid, signal.SIGCONT)
    health.TIMEOUT_S = DEADLINE_S
    assert asking.answers(found)
    health.TIMEOUT_S = 0.5
    os.kill(stopped.pid, signal.SIGSTOP)
    window.answers.put(False)
    assert not asking.answers(found)
    assert window.questions.qsize() == 2
