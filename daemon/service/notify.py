"""Tells systemd that the daemon is ready and alive. Facts: sd_notify(3), sd_watchdog_enabled(3).

The protocol is one datagram; the packages for it have not been kept up.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import MutableMapping

logger = logging.getLogger(__name__)

MICROSECONDS = 1_000_000


class Notifier:
    """Whom the service manager listens to.

    Args:
        address: of the manager's socket; None where nobody listens.
        watchdog_s: how often the manager wants to hear from us, in seconds; 0 for never.
    """

    def __init__(self, address: str | None = None, watchdog_s: float = 0.0) -> None:
        self._address = address
        self._watchdog_s = watchdog_s

    @classmethod
    def take(cls, environment: MutableMapping[str, str]) -> Notifier:
        """The one that the variables name, which are removed: no child process may speak for us."""
        address = environment.pop("NOTIFY_SOCKET", None)
        interval = environment.pop("WATCHDOG_USEC", "")
        pid = environment.pop("WATCHDOG_PID", "")
        is_ours = not pid or pid == str(os.getpid())
        watchdog_s = int(interval) / MICROSECONDS if interval.isdecimal() and is_ours else 0.0
        return cls(address, watchdog_s)

    def ready(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        """The daemon answers. From now on the watchdog is fed, as long as the loop turns."""
        self._send(f"READY=1\nSTATUS=Ready at {url}\nMAINPID={os.getpid()}")
        if self._watchdog_s > 0:
            self._feed(loop)

    def stopping(self) -> None:
        """The daemon is on its way out."""
        self._send("STOPPING=1\nSTATUS=Stopping")

    def _feed(self, loop: asyncio.AbstractEventLoop) -> None:
        self._send("WATCHDOG=1")
        loop.call_later(self._watchdog_s / 3, self._feed, loop)

    def _send(self, text: str) -> None:
        if self._address is None or not hasattr(socket, "AF_UNIX"):
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)
                sender.sendto(text.encode(), address)
        except OSError as error:
            logger.warning("the service manager cannot be told %s: %s", text.partition("\n")[0], error)
