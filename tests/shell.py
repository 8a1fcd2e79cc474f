"""A shell that a test types into, as a person would."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

DEADLINE_S = 20.0
END = b"\0end\0"


class Shell:
    """A shell that a reader types into.

    Args:
        environment: all of its variables.
        folder: where it starts.
        inside: the command that runs the shell, for one that is to see another system than this.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path, inside: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(
            [*inside, "bash", "--norc"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._output = self._process.stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._output, selectors.EVENT_READ)

    def run(self, code: str) -> str:
        """Runs commands; what they print."""
        assert self._process.stdin is not None
        self._process.stdin.write(code.encode() + b"\nprintf '\\0end\\0'\n")
        self._process.stdin.flush()
        printed = b""
        deadline = time.monotonic() + DEADLINE_S
        while not printed.endswith(END):
            assert self._selector.select(deadline - time.monotonic()), (
                f"no end of: {code}\n{printed.decode()}"
            )
            printed += os.read(self._output.fileno(), 65_536)
        return printed.removesuffix(END).decode()

    def has_connection(self, port: int) -> bool:
        """Whether something that was left running in the background has reached the daemon."""
        for child in psutil.Process(self._process.pid).children(recursive=True):
            try:
                connections = child.net_connections("tcp")
            except psutil.Error:
                continue
            if any(one.raddr[1:] == (port,) for one in connections):
                return True
        return False

    def close(self) -> None:
        """Ends it and what it has left running."""
        for child in psutil.Process(self._process.pid).children(recursive=True):
            child.kill()
        self._process.kill()
        self._process.wait(DEADLINE_S)
        self._selector.close()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
