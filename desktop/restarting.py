"""Restarts a daemon because the person said so. Where that fails they are told, and can have it tried again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from daemon.client_errors import ClientError

logger = logging.getLogger(__name__)

TITLE = "stagent could not be restarted"


class Asking(Protocol):
    """The part of a window that is needed here."""

    def confirm(self, title: str, question: str) -> bool:
        """Asks the person; waits for the answer."""
        ...


def restart(work: Callable[[], None], window: Asking) -> None:
    """Restarts a daemon, as often as the person wants it tried.

    Args:
        work: does it; raises ClientError.
        window: asks the person.
    """
    while True:
        try:
            work()
        except ClientError as error:
            logger.warning("the daemon could not be restarted: %s", error)
            if window.confirm(TITLE, f"{error} Try again?"):
                continue
        return
