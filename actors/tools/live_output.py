"""People follow a command while it runs, at a rate that a page and its event log can bear."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PAUSE_S = 0.05
PIECE_LENGTH = 8 * 1024
FULL_LENGTH = 64 * 1024
"""Characters that are passed on in full; after them only the newest line, once a second."""

LATER_PAUSE_S = 1.0
_MAX_LINE_LENGTH = 500
_FROM_HERE = "\n[From here on only the newest line is shown.]\n"


class LiveOutput:
    """Gathers text and passes it on: at most one call for each 50 ms or 8 KB, later one line a second.

    Belongs to the running event loop.

    Args:
        send: is called with each piece.
        later_pause_s: seconds between two lines once `FULL_LENGTH` has been passed on.
    """

    def __init__(self, send: Callable[[str], None], *, later_pause_s: float = LATER_PAUSE_S) -> None:
        self._send = send
        self._later_pause_s = later_pause_s
        self._pending = ""
        self._room = FULL_LENGTH
        self._is_shortened = False
        self._sent_at = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    def add(self, text: str) -> None:
        """Takes the next piece."""
        if self._room:
            taken = text[: self._room]
            self._room -= len(taken)
            text = text[len(taken) :]
            self._pending += taken
            while len(self._pending) >= PIECE_LENGTH or (self._pending and not self._room):
                self._pass_on(self._pending[:PIECE_LENGTH])
        if text:
            if not self._is_shortened:
                self._is_shortened = True
                self._pass_on(_FROM_HERE)
            self._pending = _newest_line(self._pending + text)
        if self._pending and self._timer is None:
            self._set_timer()

    def close(self) -> None:
        """Passes on what is left. Nothing may be added after it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pending:
            self._pass_on(self._pending)

    def _set_timer(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._due_in_s(), self._due)

    def _due_in_s(self) -> float:
        pause_s = self._later_pause_s if self._is_shortened else PAUSE_S
        return max(0.0, self._sent_at + pause_s - time.monotonic())

    def _due(self) -> None:
        self._timer = None
        if not self._pending:
            return
        # A full piece may have gone out since the timer was set.
        if self._due_in_s() > 0:
            self._set_timer()
        else:
            self._pass_on(self._pending)

    def _pass_on(self, piece: str) -> None:
        self._pending = self._pending[len(piece) :]
        self._sent_at = time.monotonic()
        self._send(piece)


def _newest_line(text: str) -> str:
    """The last line that says something, with its end."""
    line = text.rstrip().rpartition("\n")[2]
    return f"{line[-_MAX_LINE_LENGTH:]}\n"
