"""When the daemon may end by itself: nobody uses it, or it was asked to end between turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

CHECK_S = 30.0
DRAIN_CHECK_S = 0.2


class IdleWatch:
    """Looks from time to time whether the daemon is still needed. Used on the loop alone.

    Args:
        loop: the event loop.
        has_work: whether an agent works, or a message waits for one.
        is_followed: whether a client has a stream open.
        stop: ends the daemon.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        has_work: Callable[[], bool],
        is_followed: Callable[[], bool],
        stop: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._has_work = has_work
        self._is_followed = is_followed
        self._stop = stop
        self._used_at = time.monotonic()
        self._is_draining = False

    def used(self) -> None:
        """Notes a request."""
        self._used_at = time.monotonic()

    def end_after(self, unused_s: Callable[[], float]) -> None:
        """Ends the daemon when it was not used for so long; 0 for never."""
        if self._has_work() or self._is_followed():
            self.used()
        limit = unused_s()
        if limit > 0 and time.monotonic() - self._used_at >= limit:
            self._stop()
            return
        self._loop.call_later(min(CHECK_S, limit or CHECK_S), self.end_after, unused_s)

    def end_between_turns(self) -> None:
        """Ends the daemon as soon as it has no work. Clients may follow: they come back to the next one."""
        if not self._is_draining:
            self._is_draining = True
            self._drain()

    def _drain(self) -> None:
        if self._has_work():
            self._loop.call_later(DRAIN_CHECK_S, self._drain)
        else:
            self._stop()
