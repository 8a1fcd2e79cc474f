"""What another process tells a test, line by line, at a port of loopback."""

from __future__ import annotations

import socket
from typing import IO, Self

DEADLINE_S = 20.0


class Listener:
    """Waits for one process to connect."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(DEADLINE_S)
        self._connection: socket.socket | None = None
        self._lines: IO[str] | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._server.getsockname()[1]
        return port

    def line(self) -> str:
        """The next line; fails when none comes within the deadline."""
        if self._lines is None:
            self._connection, _ = self._server.accept()
            self._connection.settimeout(DEADLINE_S)
            self._lines = self._connection.makefile()
        return self._lines.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._lines, self._connection, self._server):
            if one is not None:
                one.close()
