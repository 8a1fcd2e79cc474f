"""What the operating system tells the daemon: to stop, to stop at once, to read its settings again."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from daemon.last_resort import kill_children

logger = logging.getLogger(__name__)


def stop_on_signals(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; the second one ends the process at once."""
    stopping = asyncio.Event()

    def stop() -> None:
        if stopping.is_set():
            kill_children()
            os._exit(1)
        stopping.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stop)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop))
    return stopping


def reload_on_hangup(
    loop: asyncio.AbstractEventLoop, reload: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Calls `reload` at each SIGHUP, one after the other. Where there is no such signal, nothing happens."""
    tasks: set[asyncio.Task[None]] = set()
    turn = asyncio.Lock()

    async def run() -> None:
        async with turn:
            try:
                await reload()
            except Exception:
                logger.exception("the settings could not be read again")

    def start() -> None:
        task = loop.create_task(run())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    if hasattr(signal, "SIGHUP"):
        loop.add_signal_handler(signal.SIGHUP, start)
