"""The log file: readable by its owner alone, bounded in size, and opened anew when somebody has moved it."""

from __future__ import annotations

import logging
import os
import sys
import time
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

NAME = "daemon.jsonl"
MAX_BYTES = 10 * 1024 * 1024
KEPT = 5
"""How many full files are kept besides the one that is written."""

COMPLAINT_S = 60.0


class LogFile(RotatingFileHandler):
    """Appends lines to `daemon.jsonl`; a full one becomes `daemon.jsonl.1`, and so on.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._complained_at = 0.0
        super().__init__(folder / NAME, maxBytes=max_bytes, backupCount=kept, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if hasattr(os, "fchmod"):
            os.fchmod(handle, 0o600)  # also where it was there before, with other rights
        # A lone surrogate in a file's name must not make a line fail.
        return os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace")

    def reopen(self) -> None:
        """Goes on in the file of that name, which may be another one by now. Raises OSError."""
        self.acquire()
        try:
            if self.stream is not None:
                self.stream.close()
            self.stream = self._open()
        finally:
            self.release()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging's name)
        """A full disk must not end anything, nor fill the terminal: it is told of once a minute."""
        del record
        now = time.monotonic()
        if not self._complained_at or now - self._complained_at > COMPLAINT_S:
            self._complained_at = now
            print(f"{self.baseFilename} cannot be written: {sys.exc_info()[1]}", file=sys.stderr)  # noqa: T201
