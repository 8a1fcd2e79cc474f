"""How late the event loop is: what blocks it for long is seen here, whatever it is."""

from __future__ import annotations

import asyncio

from actors.measures import Histogram

INTERVAL_S = 1.0


class LoopLag:
    """Looks once a second how late it was called. Used on the loop alone."""

    def __init__(self, loop: asyncio.AbstractEventLoop, lag: Histogram) -> None:
        self._loop = loop
        self._lag = lag
        self._timer = loop.call_later(INTERVAL_S, self._look, loop.time() + INTERVAL_S)

    def stop(self) -> None:
        """Looks no more."""
        self._timer.cancel()

    def _look(self, due: float) -> None:
        now = self._loop.time()
        self._lag.observe(max(0.0, now - due))
        self._timer = self._loop.call_at(now + INTERVAL_S, self._look, now + INTERVAL_S)
