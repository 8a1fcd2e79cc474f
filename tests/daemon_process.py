"""A real daemon in a process of its own, in a folder of its own, that knows nothing of the person's home."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from daemon.credential import read_token
from storage.paths import DataDir
from tests.api import Api

REPOSITORY = Path(__file__).resolve().parent.parent
START_DEADLINE_S = 30.0
CLOSED_PORT = "http://127.0.0.1:9"
OLDER = """
import daemon.version
daemon.version.VERSION = "0.0.1"
from daemon.cli import main
main()
"""
"""The command line of an earlier version; the arguments follow."""
PROGRAM = ("-m", "daemon")
"""The command line as it is."""
_OTHER_VALUES = """
from importlib import import_module
for name, value in {values!r}.items():
    module, _, constant = name.rpartition(".")
    setattr(import_module(module), constant, type(getattr(import_module(module), constant))(value))
from daemon.cli import main
main()
"""


def with_values(values: Mapping[str, float]) -> tuple[str, str]:
    """The command line with other values of constants, such as `{"daemon.health.TIMEOUT_S": 1.0}`, to wait for less."""
    return "-c", _OTHER_VALUES.format(values=dict(values))


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """The variables of a process that shall see nothing of this machine's person."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(REPOSITORY),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "OLLAMA_HOST": CLOSED_PORT,
        **more,
    }


class DaemonProcess:
    """One daemon.

    Args:
        data_dir: its folder; it may have been used before.
        environment: all of its variables.
        args: more arguments of `serve`.
        program: what Python runs.
    """

    def __init__(
        self, data_dir: Path, environment: Mapping[str, str], *args: str, program: Sequence[str] = PROGRAM
    ) -> None:
        self.data_dir = DataDir(data_dir)
        self.environment = dict(environment)
        port = () if "--port" in args else ("--port", "0")
        self.process = subprocess.Popen(
            [sys.executable, *program, "--data-dir", str(data_dir), "serve", *port, *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            cwd=data_dir.parent,
            text=True,
        )
        self._errors: list[str] = []
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()
        self._watchdog = threading.Timer(START_DEADLINE_S, self.process.kill)
        self._watchdog.start()
        assert self.process.stdout is not None
        self.ready_line = self.process.stdout.readline().strip()
        self._watchdog.cancel()
        self.url = self.ready_line.rpartition(" ")[2]
        self.token = read_token(self.data_dir)
        self._api: Api | None = None

    @property
    def errors(self) -> str:
        """What it has written to standard error so far."""
        return "".join(self._errors)

    @property
    def client(self) -> Api:
        """The API with the token. Made when it is asked for: it takes 20 ms, which are none of the daemon's start."""
        assert self.ready_line, f"the daemon did not start: {self.errors}"
        if self._api is None:
            self._api = Api(self.url, self.token)
        return self._api

    @property
    def pid(self) -> int:
        """The process's id."""
        return self.process.pid

    def kill(self) -> None:
        """Ends it as a crash does."""
        self.process.send_signal(signal.SIGKILL)
        self._finish()

    def stop(self) -> int:
        """Ends it as a person does; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self._finish()

    def wait(self) -> int:
        """Waits for its end; its exit status."""
        return self._finish()

    def _finish(self) -> int:
        try:
            status = self.process.wait(START_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self._reader.join(START_DEADLINE_S)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()
        if self._api is not None:
            self._api.close()
        return status

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._errors.append(line)
