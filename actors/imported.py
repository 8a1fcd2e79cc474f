"""Imports that wait for their first use, in a thread, so that neither an event loop nor an actor waits for the files."""

from __future__ import annotations

import asyncio
import importlib


class Imported:
    """Modules that an idle daemon does without.

    Args:
        names: what is imported, in this order.
    """

    def __init__(self, *names: str) -> None:
        self._names = names
        self._is_done = False

    async def ready(self) -> None:
        """Waits until they are there. After the first time it costs nothing. May be awaited on any loop."""
        if not self._is_done:
            await asyncio.to_thread(self._load)
            self._is_done = True

    def _load(self) -> None:
        for name in self._names:
            importlib.import_module(name)
