"""Reads documents in child processes, two at a time: what a file does to its parser, it does not do to the daemon."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

from actors.documents.kinds import HEAD_BYTES, kind_of
from actors.documents.reading import READING, Reading

logger = logging.getLogger(__name__)

TIMEOUT_S = 40.0
PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")
"""The variables that the child gets: none that opens anything."""

MAX_READING_BYTES = 64 * 1024 * 1024


class DocumentReader:
    """Runs the child processes.

    Args:
        timeout_s: how long one of them may take.
    """

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_closed = False

    def read(self, folder: Path, name: str) -> Reading:
        """What is found in `folder/file`. Blocks: call it in a worker thread. Never raises for a bad file."""
        try:
            return self._run(folder, name)
        except (OSError, msgspec.DecodeError, subprocess.TimeoutExpired) as error:
            if isinstance(error, subprocess.TimeoutExpired):
                problem = f"Reading it took longer than {self._timeout_s:.0f} seconds."
            else:
                logger.warning("a document could not be read: %s", error)
                problem = "Reading it takes more time, memory or disk than one document may have."
            return Reading(media_type=_media_type(folder, name), is_readable=False, problem=problem)
        finally:
            (folder / READING).unlink(missing_ok=True)

    def close(self) -> None:
        """Ends what runs."""
        with self._lock:
            self._is_closed = True
            for process in self._running:
                process.kill()

    def _run(self, folder: Path, name: str) -> Reading:
        process = subprocess.Popen(  # noqa: S603  (our own program, and no shell)
            [sys.executable, "-P", "-m", "actors.documents", str(folder), name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            start_new_session=True,
        )
        with self._lock:
            self._running.add(process)
            if self._is_closed:
                process.kill()
        try:
            process.wait(self._timeout_s)
        finally:
            process.kill()
            process.wait()
            with self._lock:
                self._running.discard(process)
        with (folder / READING).open("rb") as file:
            return msgspec.json.decode(file.read(MAX_READING_BYTES), type=Reading)


def _media_type(folder: Path, name: str) -> str:
    with contextlib.suppress(OSError), (folder / "file").open("rb") as file:
        return kind_of(file.read(HEAD_BYTES), name)[1]
    return "application/octet-stream"
