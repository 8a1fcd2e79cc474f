"""A daemon that runs and does not answer: the window says so, and offers to start another in its place."""

from __future__ import annotations

import logging

from daemon.discovery import Discovery
from daemon.door import Door
from desktop.restarting import Asking, restart

logger = logging.getLogger(__name__)

TITLE = "stagent does not answer"
PAGE = """
<!doctype html>
<title>stagent</title>
<body style="font: 16px system-ui; display: grid; place-items: center; height: 90vh">
<p>The daemon runs but does not answer.
"""
"""What the window shows where there is no page to show."""

QUESTION = (
    "The daemon (process {pid}) runs but does not answer. End it, with what its agents are doing, and start it anew? "
    "What it has stored is kept."
)


class HungDaemon:
    """Asks about a daemon that hangs: once, until it has answered again.

    Args:
        door: the way to the daemon.
        window: asks the person.
    """

    def __init__(self, door: Door, window: Asking) -> None:
        self._door = door
        self._window = window
        self._refused: Discovery | None = None

    def answers(self, found: Discovery) -> bool:
        """Whether the daemon answers within a few seconds; if not, asks the person and does what they say."""
        if self._door.answers(found):
            self._refused = None
            return True
        # One that is just ending does not answer either; it takes its file away first.
        if self._refused != found and self._door.find() == found:
            self._refused = found
            logger.warning("the daemon (process %d) does not answer", found.pid)
            if self._window.confirm(TITLE, QUESTION.format(pid=found.pid)):
                restart(lambda: self._door.restart_by_force(found), self._window)
        return False
