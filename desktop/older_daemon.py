"""A window that comes from a newer program than the daemon: it offers to restart the daemon between turns."""

from __future__ import annotations

import logging
import threading
from typing import Protocol

from daemon.client_errors import ClientError
from daemon.door import Door

logger = logging.getLogger(__name__)

TITLE = "stagent was updated"


class Asking(Protocol):
    """The part of a window that is needed here."""

    def confirm(self, title: str, question: str) -> bool:
        """Asks the person; waits for the answer."""
        ...


def offer_restart(door: Door, window: Asking) -> None:
    """Asks where the daemon is older than this program. The window follows the new one by itself. Does not wait."""
    threading.Thread(target=_offer, args=(door, window), name="older daemon", daemon=True).start()


def _offer(door: Door, window: Asking) -> None:
    try:
        question = door.restart_question()
        if question is not None and window.confirm(TITLE, question):
            door.restart()
    except ClientError as error:
        logger.warning("the older daemon could not be restarted: %s", error)
