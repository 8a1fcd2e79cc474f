"""Notifications of the system, with a click that leads to the conversation."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

from desktop.attention import Notice

logger = logging.getLogger(__name__)

STOP_TIMEOUT_S = 1.0


class Notifier:
    """Shows notifications, on an event loop in a thread of its own.

    Args:
        on_click: called in that thread with the id of the conversation.
    """

    def __init__(self, on_click: Callable[[str], None]) -> None:
        self._on_click = on_click
        self._loop = asyncio.new_event_loop()
        self._center: object | None = None
        self._thread = threading.Thread(target=self._run, name="notifications", daemon=True)
        self._thread.start()

    def show(self, notice: Notice) -> Future[None]:
        """Shows a notice; where the system has no notifications, only the log says so. Done when it is shown."""
        showing = asyncio.run_coroutine_threadsafe(self._show(notice), self._loop)
        showing.add_done_callback(_shown)
        return showing

    def stop(self) -> None:
        """Shows no more. Harmless the second time."""
        with contextlib.suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_TIMEOUT_S)

    def _run(self) -> None:
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _show(self, notice: Notice) -> None:
        from desktop_notifier import DesktopNotifier  # noqa: PLC0415  (the first notice brings it)

        if self._center is None:
            self._center = DesktopNotifier(app_name="stagent")
        assert isinstance(self._center, DesktopNotifier)
        await self._center.send(
            title=notice.title,
            # Desktops take the text for markup, with links and pictures, or as it is; so it is none.
            message=notice.text.replace("<", "‹"),
            on_clicked=lambda: self._on_click(notice.conversation_id),
        )


def _shown(showing: Future[None]) -> None:
    if not showing.cancelled() and showing.exception() is not None:
        logger.warning("a notification could not be shown: %r", showing.exception())
