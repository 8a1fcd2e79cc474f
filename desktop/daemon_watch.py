"""Keeps the window with its daemon: follows its feed for notifications, and notices when it moves."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from daemon.client_errors import ClientError
from daemon.discovery import Discovery
from daemon.door import Door
from desktop.attention import Attention, Notice
from desktop.hung_daemon import HungDaemon
from desktop.notifications import Notifier

logger = logging.getLogger(__name__)

RETRY_S = 1.0
NOWHERE = "nowhere"
FEED = "/api/events"
SETTINGS = "/api/settings"


class Shell(Protocol):
    """What is watched for: the window."""

    def load(self, link: str) -> None:
        """Goes to another address, with what the page has kept."""

    def go_to(self, path: str) -> None:
        """Shows another place of the page."""

    def bring_to_front(self) -> None:
        """Shows the window above all others."""

    def is_focused(self) -> bool:
        """Whether the person works in it."""

    def confirm(self, title: str, question: str) -> bool:
        """Asks the person; waits for the answer."""
        ...


class Teller(Protocol):
    """What tells a person something."""

    def show(self, notice: Notice) -> object:
        """Shows a notice."""

    def stop(self) -> None:
        """Shows no more."""


class DaemonWatch:
    """Watches in a thread of its own, for as long as the window is open.

    Args:
        door: the way to the daemon.
        window: the window.
        notifier: makes what tells a person something, given what to do on a click.
    """

    def __init__(
        self,
        door: Door,
        window: Shell,
        notifier: Callable[[Callable[[str], None]], Teller] = Notifier,
    ) -> None:
        self._door = door
        self._window = window
        self._attention = Attention()
        self._hung = HungDaemon(door, window)
        self._notifier = notifier(self._clicked)
        self._url = ""
        self._seen: int | None = None
        self._is_stopped = threading.Event()

    def start(self, *, is_shown: bool = True) -> None:
        """Starts to watch. Where the window does not show the daemon's page yet, it will as soon as there is one."""
        found = self._door.find() if is_shown else None
        self._url = found.url if found is not None else ("" if is_shown else NOWHERE)
        threading.Thread(target=self._run, name="daemon watch", daemon=True).start()

    def stop(self) -> None:
        """Watches no longer."""
        self._is_stopped.set()
        self._notifier.stop()

    def _run(self) -> None:
        while not self._is_stopped.is_set():
            found = self._door.find()
            if found is not None:
                self._stay_with(found)
            self._is_stopped.wait(RETRY_S)

    def _stay_with(self, found: Discovery) -> None:
        """Returns when the daemon is gone, or does not answer any more; then the person was asked."""
        if self._url == NOWHERE and not self._hung.answers(found):
            return
        try:
            self._follow(found)
        except ClientError as error:
            logger.info("the daemon is gone for now: %s", error)
            if self._door.find() == found and not self._is_stopped.is_set():
                self._hung.answers(found)

    def _follow(self, found: Discovery) -> None:
        if self._url not in {"", found.url}:
            self._window.load(self._door.link())
        self._url = found.url
        client = self._door.client(found)
        # Goes on where it broke off: somebody may have been asked for an answer meanwhile.
        for event in client.stream("GET", FEED, after=self._seen):
            if self._is_stopped.is_set():
                return
            self._seen = event.get("seq", self._seen)
            if event["type"] == "error":
                continue
            notice = self._attention.receive(event, time.monotonic(), is_focused=self._window.is_focused())
            if notice is not None and client.get(SETTINGS)["windowNotifications"]:
                self._notifier.show(notice)

    def _clicked(self, conversation_id: str) -> None:
        self._window.bring_to_front()
        self._window.go_to(f"/conversations/{conversation_id}")
