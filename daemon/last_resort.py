"""The process ends in time, whatever a thread is stuck in: Python itself would wait for it without a limit."""

from __future__ import annotations

import contextlib
import logging
import os
import threading

logger = logging.getLogger(__name__)

STORED_WITHIN_S = 4.5
GONE_WITHIN_S = 0.3


class LastResort:
    """Ends the process by force where it does not end by itself."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def begin(self, within_s: float = STORED_WITHIN_S) -> None:
        """The daemon begins to stop: everything must be stored within this time."""
        self._start(within_s, 1)

    def all_stored(self, within_s: float = GONE_WITHIN_S) -> None:
        """Nothing can be lost any more: whoever is still at work is not waited for much longer."""
        self._start(within_s, 0)

    def _start(self, within_s: float, status: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(within_s, _end, (status,))
        self._timer.daemon = True
        self._timer.start()


def _end(status: int) -> None:
    if status:
        busy = [thread.name for thread in threading.enumerate() if not thread.daemon]
        logger.error(
            "the end takes too long, so the process is ended; these threads run: %s", ", ".join(busy)
        )
    kill_children()
    os._exit(status)


def kill_children() -> None:
    """Ends what agents have started: it must not outlive the daemon."""
    import psutil  # noqa: PLC0415  (this is the end)

    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            child.kill()
