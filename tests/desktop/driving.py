"""Opens the real window in a process of its own, and tells it what to do."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.daemon_process import REPOSITORY
from tests.desktop.virtual_screen import DEADLINE_S, until


class DrivenWindow:
    """The process of `driven_window`."""

    def __init__(self, data_dir: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.desktop.driven_window", str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=REPOSITORY,
            text=True,
        )
        self._watchdog = threading.Timer(4 * DEADLINE_S, self.process.kill)
        self._watchdog.start()
        assert self._read() == "ready"

    def do(self, *command: Any) -> Any:
        """What comes of a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self._read()

    def js(self, script: str) -> Any:
        """What a script in the page comes to."""
        return self.do("js", script)

    def close(self) -> None:
        """Closes the window."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(DEADLINE_S) == 0
        self.end()

    def end(self) -> None:
        """Ends the process, however it is."""
        self._watchdog.cancel()
        self.process.kill()
        self.process.wait(DEADLINE_S)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()

    def _read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the window has ended"
        return json.loads(line)


OpenWindow = Callable[..., DrivenWindow]


def composer(window: DrivenWindow) -> None:
    """Waits for the page."""
    until(lambda: window.js("document.querySelector('textarea') !== null"), "the page is there")
