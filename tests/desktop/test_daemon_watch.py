"""From an event of a real daemon to the notice that a person sees, and back by a click; also when the daemon restarts."""

from __future__ import annotations

import logging
import queue
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from daemon.door import Door
from desktop.attention import Notice
from desktop.daemon_watch import DaemonWatch
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess

DEADLINE_S = 20.0


class FakeWindow:
    """A window that nobody looks at."""

    def __init__(self) -> None:
        self.has_focus = False
        self.loaded: queue.Queue[str] = queue.Queue()
        self.places: list[str] = []
        self.looks = threading.Semaphore(0)

    def load(self, link: str) -> None:
        self.loaded.put(link)

    def go_to(self, path: str) -> None:
        self.places.append(path)

    def bring_to_front(self) -> None:
        self.places.append("front")

    def confirm(self, title: str, question: str) -> bool:
        raise AssertionError(f"{title}: {question}")

    def is_focused(self) -> bool:
        self.looks.release()
        return self.has_focus


class FakeNotifier:
    """The system's notifications."""

    def __init__(self, on_click: Callable[[str], None]) -> None:
        self.click = on_click
        self.shown: queue.Queue[Notice] = queue.Queue()

    def show(self, notice: Notice) -> None:
        self.shown.put(notice)

    def stop(self) -> None:
        pass


class Watched:
    """A watch of a daemon, with what it tells."""

    def __init__(self, daemon: DaemonProcess) -> None:
        self.window = FakeWindow()
        self._made: list[FakeNotifier] = []
        self.watch = DaemonWatch(Door(daemon.data_dir), self.window, self._make)
        self.watch.start()

    @property
    def notifier(self) -> FakeNotifier:
        return self._made[0]

    def next(self) -> Notice:
        return self.notifier.shown.get(timeout=DEADLINE_S)

    def follows(self, daemon: DaemonProcess) -> None:
        """Returns once it has seen an event that was made now, and so all before it."""
        while self.window.looks.acquire(blocking=False):
            pass
        for number in range(40):
            daemon.client.new(title=f"seen {number}")
            if self.window.looks.acquire(timeout=DEADLINE_S / 40):
                return
        raise AssertionError("it does not follow")

    def _make(self, on_click: Callable[[str], None]) -> FakeNotifier:
        self._made.append(FakeNotifier(on_click))
        return self._made[0]


@pytest.fixture
def watched(daemon: DaemonProcess) -> Iterator[Watched]:
    found = Watched(daemon)
    found.follows(daemon)
    yield found
    found.watch.stop()


def request(daemon: DaemonProcess, title: str) -> tuple[str, str]:
    """A conversation that waits for a person; its id, and the request's."""
    conversation = daemon.client.new(title=title)
    with daemon.client.send(conversation, "run touch made.txt") as stream:
        return conversation, stream.until("permission_request")["requestId"]


def test_a_click_on_a_notice_leads_to_the_conversation_that_waits(
    daemon: DaemonProcess, watched: Watched
) -> None:
    conversation, _ = request(daemon, "Login")
    assert watched.next() == Notice(conversation, "Login", "Waits for your answer.")
    watched.notifier.click(conversation)
    assert watched.window.places == ["front", f"/conversations/{conversation}"]


def test_the_end_of_a_long_turn_is_told(
    daemon: DaemonProcess, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.attention.LONG_TURN_S", 0.0)
    conversation, asked = request(daemon, "Login")
    watched.next()
    daemon.client.respond(conversation, asked)
    ended = watched.next()
    assert (ended.conversation_id, ended.title) == (conversation, "Login")
    assert ended.text != "Waits for your answer."


@pytest.mark.parametrize("reason", ["setting", "focus"])
def test_who_does_not_want_it_or_looks_is_told_nothing(
    daemon: DaemonProcess, watched: Watched, reason: str
) -> None:
    if reason == "setting":
        daemon.client.patch("/api/settings", {"windowNotifications": False})
    else:
        watched.window.has_focus = True
    request(daemon, "quiet")
    watched.follows(daemon)
    watched.follows(daemon)  # the first look may have been at the request itself
    assert watched.notifier.shown.empty()


def test_it_comes_back_when_the_daemon_does(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    watched = Watched(daemon)
    try:
        watched.follows(daemon)
        daemon.stop()
        other = start_daemon(daemon.data_dir.root)
        assert other.url != daemon.url
        assert watched.window.loaded.get(timeout=DEADLINE_S).startswith(f"{other.url}/sign-in?code=")
        watched.follows(other)
        conversation, _ = request(other, "after")
        assert watched.next() == Notice(conversation, "after", "Waits for your answer.")
    finally:
        watched.watch.stop()


def test_it_notices_a_daemon_that_is_silent_and_misses_nothing_meanwhile(
    daemon: DaemonProcess, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("daemon.client.SILENCE_TIMEOUT_S", 1.0)
    monkeypatch.setattr("desktop.daemon_watch.RETRY_S", 2.0)
    has_noticed = threading.Event()

    class Noticing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "is gone" in record.getMessage():
                has_noticed.set()

    handler = Noticing()
    logger = logging.getLogger("desktop.daemon_watch")
    logger.addHandler(handler)
    caplog.set_level(logging.INFO, "desktop.daemon_watch")
    watched = Watched(daemon)
    try:
        watched.follows(daemon)
        has_noticed.clear()
        daemon.process.send_signal(signal.SIGSTOP)  # as a machine that sleeps: no connection is closed
        assert has_noticed.wait(DEADLINE_S)
        daemon.process.send_signal(signal.SIGCONT)
        conversation, _ = request(daemon, "meanwhile")
        assert watched.next() == Notice(conversation, "meanwhile", "Waits for your answer.")
    finally:
        daemon.process.send_signal(signal.SIGCONT)
        watched.watch.stop()
        logger.removeHandler(handler)
