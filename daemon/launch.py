"""Finds the daemon, or starts one in the background and waits until it is ready."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from daemon import discovery
from daemon.client import Client, ClientError
from daemon.discovery import Discovery
from storage.errors import StorageError
from storage.paths import DataDir

START_TIMEOUT_S = 30.0
POLL_S = 0.02
SHOWN_LOG_BYTES = 2000


def running(data_dir: DataDir) -> Client:
    """A client of the running daemon; one is started if none runs.

    Raises:
        ClientError: it did not start; the message has its last words.
    """
    return Client(data_dir, find_or_start(data_dir))


def find_or_start(data_dir: DataDir) -> Discovery:
    """Where the daemon is; one is started if none runs. Raises ClientError."""
    found = discovery.find(data_dir)
    if found is not None:
        return found
    try:
        data_dir.prepare()
        data_dir.logs.mkdir(mode=0o700, exist_ok=True)
        log_path = data_dir.logs / "daemon.log"
        start = log_path.stat().st_size if log_path.exists() else 0
        process = _start(data_dir, log_path)
    except (StorageError, OSError) as error:
        raise ClientError(f"The daemon cannot be started: {error}") from error
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        found = discovery.find(data_dir)
        if found is not None:
            return found
        if process.poll() not in {None, 1}:
            break
        if process.poll() == 1 and not _is_starting(data_dir):
            break
        time.sleep(POLL_S)
    raise ClientError(f"The daemon did not start. {_last_words(log_path, start)}")


def _start(data_dir: DataDir, log_path: Path) -> subprocess.Popen[bytes]:
    """A process that outlives this one and its terminal."""
    command = [sys.executable, "-m", "daemon", "--data-dir", str(data_dir.root), "serve"]
    # DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP, of the Windows API
    flags = 0x00000208 if sys.platform == "win32" else 0
    with log_path.open("ab") as log:
        return subprocess.Popen(  # noqa: S603  (our own interpreter)
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=data_dir.root,
            env=os.environ.copy(),
            creationflags=flags,
            start_new_session=sys.platform != "win32",
        )


def _is_starting(data_dir: DataDir) -> bool:
    """Whether another process holds the folder: it was faster, and will be ready soon."""
    try:
        with discovery.lock(data_dir):
            return False
    except discovery.AlreadyRunningError:
        return True


def _last_words(log_path: Path, start: int) -> str:
    try:
        with log_path.open("rb") as log:
            log.seek(max(start, log_path.stat().st_size - SHOWN_LOG_BYTES))
            said = log.read().decode(errors="replace").strip()
    except OSError:
        said = ""
    return f"It says: {said}" if said else f"See {log_path}."
