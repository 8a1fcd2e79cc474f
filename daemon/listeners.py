"""The sockets that the daemon listens on: loopback, and a Unix socket in the data folder."""

from __future__ import annotations

import errno
import logging
import socket
from pathlib import Path

import msgspec
from tornado.netutil import bind_sockets, bind_unix_socket

from daemon.settings import DEFAULT_PORT
from storage.paths import DataDir

logger = logging.getLogger(__name__)

ADDRESS = "127.0.0.1"
LONGEST_SOCKET_PATH = 103
"""macOS takes 104 bytes with the final NUL, Linux 108."""


class ListenError(Exception):
    """The daemon cannot listen; the message says why and what to do."""


class Listeners(msgspec.Struct, frozen=True):
    """The open sockets.

    Attributes:
        socket_path: of the Unix socket; None where there is none.
    """

    sockets: list[socket.socket]
    port: int
    socket_path: Path | None

    @property
    def url(self) -> str:
        """Where a browser finds the daemon."""
        return f"http://{ADDRESS}:{self.port}"

    @classmethod
    def open(cls, data_dir: DataDir, port: int | None) -> Listeners:
        """Opens the sockets.

        Args:
            data_dir: where the Unix socket goes; its lock must be held.
            port: 0 for any free one; None for the usual one or, if it is taken, any free one.

        Raises:
            ListenError: the port cannot be had.
        """
        sockets = _bind(port)
        bound: int = sockets[0].getsockname()[1]
        path = _bind_unix(data_dir, sockets)
        return cls(sockets, bound, path)

    def close(self) -> None:
        """Closes the sockets and removes the Unix socket's file."""
        for one in self.sockets:
            one.close()
        if self.socket_path is not None:
            self.socket_path.unlink(missing_ok=True)


def _bind(port: int | None) -> list[socket.socket]:
    try:
        return bind_sockets(DEFAULT_PORT if port is None else port, ADDRESS)
    except OSError as error:
        if port is None and error.errno == errno.EADDRINUSE:
            return bind_sockets(0, ADDRESS)
        if error.errno == errno.EADDRINUSE:
            message = f"Port {port} is in use by another program. Choose another with --port, or 0 for any."
        elif error.errno in {errno.EACCES, errno.EPERM}:
            message = f"Port {port} may not be used by this user. Choose one above 1023 with --port."
        else:
            message = f"Port {port} cannot be used: {error.strerror or error}."
        raise ListenError(message) from error


def _bind_unix(data_dir: DataDir, sockets: list[socket.socket]) -> Path | None:
    path = data_dir.socket
    if not hasattr(socket, "AF_UNIX") or len(bytes(path)) > LONGEST_SOCKET_PATH:
        logger.warning("no Unix socket: %s is too long a name for one", path)
        return None
    try:
        path.unlink(missing_ok=True)  # left over from a crash: this process holds the folder's lock
        sockets.append(bind_unix_socket(str(path), mode=0o600))
    except OSError as error:
        logger.warning("no Unix socket at %s: %s", path, error)
        return None
    return path
