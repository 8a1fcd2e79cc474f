"""Imports: takes exports, and sessions of other programs, into the store while conversations go on.

A file is checked to its end first. Then each conversation is taken in whole, in short transactions, while it is kept
closed; one in which an agent works is left out. Used on the daemon's event loop; the work happens in threads.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actors.errors import ActorsError, ImportRunningError, ImportStoppedError
from actors.import_progress import ImportProgress, ImportState, Source, StoppedError
from actors.imported import Imported
from storage.errors import StorageError
from storage.ids import new_id

if TYPE_CHECKING:
    from actors.import_work import ImportWork

KEPT = 20
"""How many imports are remembered, for whoever started them."""

_for_work = Imported("actors.import_work")

logger = logging.getLogger(__name__)


class Imports:
    """Imports, one at a time.

    Args:
        make_work: makes what works on one. `actors.import_work` is imported before it is called.
        home: where other programs keep their sessions.
    """

    def __init__(self, make_work: Callable[[ImportProgress], ImportWork], home: Path) -> None:
        self._make_work = make_work
        self._home = home
        self._known: dict[str, ImportProgress] = {}
        self._running: tuple[ImportProgress, asyncio.Task[None]] | None = None

    @property
    def is_running(self) -> bool:
        """Whether there is one under way."""
        return self._running is not None

    def get(self, import_id: str) -> ImportState | None:
        """How an import stands; None where it is not known (any more)."""
        progress = self._known.get(import_id)
        return None if progress is None else progress.state

    def all(self) -> tuple[ImportState, ...]:
        """Those that are remembered, newest first."""
        return tuple(progress.state for progress in reversed(self._known.values()))

    def start(self, source: Source, path: Path | None) -> ImportState:
        """Begins an import.

        Args:
            source: whose files they are.
            path: the export; of other programs a session file, a folder of them, or None for the usual one.

        Raises:
            ImportRunningError: another one runs.
        """
        if self._running is not None:
            raise ImportRunningError("Another import is running. Wait for its end, or stop it.")
        progress = ImportProgress(ImportState(new_id(), source))
        self._known[progress.state.id] = progress
        for old in list(self._known)[:-KEPT]:
            del self._known[old]
        self._running = progress, asyncio.create_task(self._run(progress, path))
        return progress.state

    async def stop(self, import_id: str | None = None) -> None:
        """Ends this import, or whichever runs; what it has taken in by then stays. Harmless where it has ended."""
        if self._running is None:
            return
        progress, task = self._running
        if import_id in {None, progress.state.id}:
            progress.stop()
            await asyncio.wait({task})

    async def _run(self, progress: ImportProgress, path: Path | None) -> None:
        source = progress.state.source
        logger.info("an import from %s begins", source)
        changes: dict[str, Any] = {"state": "done"}
        try:
            await self._work(progress, path)
        except StoppedError:
            stopped = ImportStoppedError("The import was stopped. Do it again to take in the rest.")
            changes = {"state": "failed", "error": stopped}
        except (StorageError, ActorsError, OSError) as error:
            changes = {"state": "failed", "error": error}
        except Exception as error:
            logger.exception("an import failed")
            changes = {"state": "failed", "error": error}
        finally:
            progress.change(**changes)
            self._running = None
        logger.info("the import has ended: %s", changes["state"])

    async def _work(self, progress: ImportProgress, path: Path | None) -> None:
        await _for_work.ready()
        work = self._make_work(progress)
        if progress.state.source == "stagent":
            assert path is not None
            await work.take_export(path)
        else:
            await work.take_sessions(path, self._home)
