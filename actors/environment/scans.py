"""Scans projects' folders in the background: one scan of a project at a time, the last one kept in the store."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pykka

from actors.bridge import Reply, tell
from actors.environment.facts import Facts, decode, encode
from actors.writes import Write
from storage import environments, projects
from storage.database import Database
from storage.environments import Environment
from storage.ids import new_id
from storage.records import Project
from storage.times import now_ms

logger = logging.getLogger(__name__)

FRESH_MS = 5 * 60 * 1000
WORKERS = 2

Look = Callable[[Path, Path | None, Callable[[], bool]], Facts]


class Scans:
    """The scans that run. All methods may be called from any thread.

    Args:
        database: where the last scans are read.
        archive: who writes them.
        look: what looks at a folder; None for `scan`.
    """

    def __init__(self, database: Database, archive: pykka.ActorRef[Any], look: Look | None = None) -> None:
        self._database = database
        self._archive = archive
        self._look = look or _look
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="scans")
        self._lock = threading.Lock()
        self._running: dict[str, str] = {}
        self._stopped = threading.Event()

    def is_running(self, project_id: str) -> bool:
        """Whether a project is being scanned, or waits for it."""
        with self._lock:
            return project_id in self._running

    def refresh(self, project: Project | None) -> None:
        """Starts a scan of a project, unless it has no folder or was scanned in the last minutes."""
        if project is None or project.working_directory is None:
            return
        last = environments.get(self._database, project.id)
        if last is None or now_ms() - last.scanned_at > FRESH_MS:
            self.start(project.id, project.working_directory)

    def refresh_by_id(self, project_id: str) -> None:
        """The same, for a project that may be gone."""
        self.refresh(projects.get(self._database, project_id))

    def start(self, project_id: str, directory: str) -> None:
        """Starts a scan, or lets the running one be followed by another where the folder has changed."""
        with self._lock:
            if self._stopped.is_set():
                return
            was_running = project_id in self._running
            self._running[project_id] = directory
        if not was_running:
            self._submit(project_id, directory)

    def stop(self) -> None:
        """Ends the scans that run, and starts no more."""
        with self._lock:
            self._stopped.set()
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _submit(self, project_id: str, directory: str) -> None:
        try:
            self._workers.submit(self._scan, project_id, directory)
        except RuntimeError:
            logger.debug("the scans have been stopped")

    def _scan(self, project_id: str, directory: str) -> None:
        """In a worker: scans, and has the result stored."""
        found = self._found(project_id, directory)
        if self._stopped.is_set():
            return
        stored: Reply[None] = Reply()
        stored.on_resolved(lambda _: self._ended(project_id, directory))
        if not tell(self._archive, Write((environments.put(found),), reply=stored)):
            stored.set(None)

    def _found(self, project_id: str, directory: str) -> Environment:
        from actors.environment.scan import ScanError  # noqa: PLC0415  (an idle daemon needs none of it)

        try:
            facts = self._look(Path(directory), _home(), self._stopped.is_set)
        except ScanError as error:
            return Environment(project_id, directory, "failed", str(error), None, now_ms())
        except Exception:
            log_id = new_id()
            logger.exception("the scan of project %s failed, log id %s", project_id, log_id)
            problem = f"Something went wrong inside. The log has the details under {log_id}."
            return Environment(project_id, directory, "failed", problem, None, now_ms())
        return Environment(project_id, directory, "ready", None, encode(facts), now_ms())

    def _ended(self, project_id: str, directory: str) -> None:
        """The result can be read now; another scan follows where the folder has changed since."""
        with self._lock:
            wanted = self._running[project_id]
            if wanted == directory:
                del self._running[project_id]
        if wanted != directory:
            self._submit(project_id, wanted)


def known_facts(database: Database, project_id: str) -> Facts | None:
    """What the last scan of a project has found; None where there is none."""
    last = environments.get(database, project_id)
    return decode(last.facts) if last is not None and last.facts is not None else None


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:  # the system does not know where
        return None


def _look(folder: Path, home: Path | None, is_stopped: Callable[[], bool]) -> Facts:
    from actors.environment.scan import scan  # noqa: PLC0415  (an idle daemon needs none of it)

    return scan(folder, home, is_stopped)
