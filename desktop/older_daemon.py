"""A window that comes from a newer program than the daemon: it offers to restart the daemon between turns."""

from __future__ import annotations

import threading

from daemon.door import Door
from desktop.restarting import Asking, restart

TITLE = "stagent was updated"


def offer_restart(door: Door, window: Asking) -> None:
    """Asks where the daemon is older than this program. The window follows the new one by itself. Does not wait."""
    threading.Thread(target=_offer, args=(door, window), name="older daemon", daemon=True).start()


def _offer(door: Door, window: Asking) -> None:
    question = door.restart_question()
    if question is not None and window.confirm(TITLE, question):
        restart(door.restart, window)
