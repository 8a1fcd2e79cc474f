"""Keeps the window with its daemon: follows its feed for notifications, and notices when it moves."""

from __future__ import annotations

import logging
import threading
import time

from daemon.client import ClientError
from daemon.discovery import Discovery
from daemon.door import Door
from desktop.attention import Attention
from desktop.notifications import Notifier
from desktop.window import Window

logger = logging.getLogger(__name__)

RETRY_S = 1.0
FEED = "/api/events"


class DaemonWatch:
    """Watches in a thread of its own, for as long as the window is open.

    Args:
        door: the way to the daemon.
        window: the window.
    """

    def __init__(self, door: Door, window: Window) -> None:
        self._door = door
        self._window = window
        self._attention = Attention()
        self._notifier = Notifier(self._clicked)
        self._url = ""
        self._is_stopped = threading.Event()

    def start(self) -> None:
        """Starts to watch."""
        found = self._door.find()
        self._url = found.url if found is not None else ""
        threading.Thread(target=self._run, name="daemon watch", daemon=True).start()

    def stop(self) -> None:
        """Watches no longer."""
        self._is_stopped.set()
        self._notifier.stop()

    def _run(self) -> None:
        while not self._is_stopped.is_set():
            try:
                found = self._door.find()
                if found is not None:
                    self._follow(found)
            except ClientError as error:
                logger.info("the daemon is gone for now: %s", error)
            self._is_stopped.wait(RETRY_S)

    def _follow(self, found: Discovery) -> None:
        if self._url not in {"", found.url}:
            self._window.load(self._door.link())
        self._url = found.url
        for event in self._door.client(found).stream("GET", FEED):
            if self._is_stopped.is_set():
                return
            if event["type"] == "error":
                continue
            notice = self._attention.receive(event, time.monotonic(), is_focused=self._window.is_focused())
            if notice is not None:
                self._notifier.show(notice)

    def _clicked(self, conversation_id: str) -> None:
        self._window.bring_to_front()
        self._window.go_to(f"/conversations/{conversation_id}")
