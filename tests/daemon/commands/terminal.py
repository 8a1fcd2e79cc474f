"""`stagent` in a terminal of its own, as a person sits at it."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

DEADLINE_S = 30.0
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


class Terminal:
    """A process in a terminal.

    Args:
        data_dir: the data folder.
        environment: all of its variables.
        folder: where it is started.
        args: its arguments.
        program: what Python runs.
    """

    def __init__(
        self,
        data_dir: Path,
        environment: Mapping[str, str],
        folder: Path,
        *args: str,
        program: Sequence[str] = ("-m", "daemon"),
    ) -> None:
        self.screen = ""
        self._unread = ""
        pid, self._file = pty.fork()
        if pid == 0:  # the child
            os.chdir(folder)
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may ignore it
            command = [sys.executable, *program, "--data-dir", str(data_dir), *args]
            os.execve(sys.executable, command, {**environment, "COLUMNS": "100"})
        self.pid = pid

    def wait_for(self, text: str) -> None:
        """Reads until the text is on the screen, after what was awaited before."""
        deadline = time.monotonic() + DEADLINE_S
        while text not in self._unread:
            new = ESCAPES.sub("", self._read(deadline).decode(errors="replace"))
            self._unread += new
            self.screen += new
        self._unread = self._unread.partition(text)[2]

    def type(self, keys: str) -> None:
        """Types."""
        os.write(self._file, keys.encode())

    def end(self) -> int:
        """Its exit status, when it has ended."""
        deadline = time.monotonic() + DEADLINE_S
        try:
            while new := self._read(deadline):
                self.screen += ESCAPES.sub("", new.decode(errors="replace"))
        except OSError:  # the terminal is closed on the other side
            pass
        os.close(self._file)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self, deadline: float) -> bytes:
        """What comes next. Ends the process if nothing does in time: the test would hang."""
        ready, _, _ = select.select([self._file], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            os.kill(self.pid, signal.SIGKILL)
            pytest.fail(f"Nothing more came; the screen says {self._unread!r}")
        return os.read(self._file, 65_536)
