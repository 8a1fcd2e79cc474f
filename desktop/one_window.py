"""One window for each data folder: the first one holds a file, and listens for those that come later."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
from pathlib import Path

from daemon.discovery import AlreadyRunningError, hold

logger = logging.getLogger(__name__)

LOCK = "window.lock"
ADDRESS = "window.json"
WAIT_S = 5.0
POLL_S = 0.05
FRONT = b"front"
DONE = b"done"


class AlreadyOpenError(Exception):
    """Another window of this data folder is open."""


class Claim:
    """The right to be the one window.

    Args:
        folder: where the window keeps its files.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ADDRESS
        self._key = secrets.token_bytes(32)
        self._listener: Listener | None = None

    def serve(self, bring_to_front: Callable[[], None]) -> None:
        """Listens, in a thread of its own, for launches that find this window open."""
        self._listener = Listener(("127.0.0.1", 0), authkey=self._key)
        text = json.dumps({"port": self._listener.address[1], "key": self._key.hex()})
        temporary = self._path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        temporary.replace(self._path)
        threading.Thread(target=self._listen, args=(self._listener, bring_to_front), daemon=True).start()

    def release(self) -> None:
        """Listens no longer."""
        self._path.unlink(missing_ok=True)
        if self._listener is not None:
            self._listener.close()

    @staticmethod
    def _listen(listener: Listener, bring_to_front: Callable[[], None]) -> None:
        while True:
            try:
                with listener.accept() as connection:
                    if connection.poll(WAIT_S) and connection.recv_bytes(len(FRONT)) == FRONT:
                        bring_to_front()
                        connection.send_bytes(DONE)
            except (AuthenticationError, EOFError, ConnectionError) as error:
                logger.warning("somebody could not reach the window: %r", error)
            except OSError:  # it was closed
                return


@contextlib.contextmanager
def claim(folder: Path) -> Iterator[Claim]:
    """Claims to be the one window of a folder. Raises AlreadyOpenError."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(hold(folder / LOCK))
        except AlreadyRunningError as error:
            raise AlreadyOpenError from error
        found = Claim(folder)
        stack.callback(found.release)
        yield found


def bring_to_front(folder: Path) -> bool:
    """Brings the open window to the front; False where it does not answer within five seconds."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        try:
            said = json.loads((folder / ADDRESS).read_text())
            with Client(("127.0.0.1", said["port"]), authkey=bytes.fromhex(said["key"])) as connection:
                connection.send_bytes(FRONT)
                return connection.poll(WAIT_S) and connection.recv_bytes(len(DONE)) == DONE
        except (OSError, ValueError, EOFError, AuthenticationError):  # it is just opening or closing
            time.sleep(POLL_S)
    return False
