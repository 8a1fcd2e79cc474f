"""Finds the daemon, or starts one in the background and waits until it is ready; ends one between turns."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from daemon import discovery
from daemon.client import Client
from daemon.client_errors import ClientError
from daemon.discovery import Discovery
from daemon.version import VERSION
from storage.errors import StorageError
from storage.paths import DataDir

START_TIMEOUT_S = 30.0
IDLE_TIMEOUT_S = 24 * 3600.0
POLL_S = 0.02
SHOWN_LOG_BYTES = 2000
FOLDER_IS_HELD = 75
"""Exit status of a daemon started on demand that found another one (EX_TEMPFAIL of sysexits.h)."""


def running(data_dir: DataDir, ask: Callable[[str], bool] | None = None) -> Client:
    """A client of the running daemon; one is started if none runs.

    Args:
        data_dir: whose daemon.
        ask: asks whether an older daemon is to be restarted; None restarts none.

    Raises:
        ClientError: it did not start; the message has its last words.
    """
    found = find_or_start(data_dir)
    if ask is not None and is_older(found.version) and ask(offer(found)):
        found = restart(data_dir, found)
    return Client(data_dir, found)


def find_or_start(data_dir: DataDir) -> Discovery:
    """Where the daemon is; one is started if none runs, however many ask at once. Raises ClientError."""
    found = discovery.find(data_dir)
    if found is not None:
        return found
    deadline = time.monotonic() + START_TIMEOUT_S
    try:
        data_dir.prepare()
        data_dir.logs.mkdir(mode=0o700, exist_ok=True)
        while time.monotonic() < deadline:
            try:
                with discovery.hold(data_dir.start_lock):
                    return _start_alone(data_dir, deadline)
            except discovery.AlreadyRunningError:  # somebody else is starting it
                time.sleep(POLL_S)
                found = discovery.find(data_dir)
                if found is not None:
                    return found
    except (StorageError, OSError) as error:
        raise ClientError(f"The daemon cannot be started: {error}") from error
    raise ClientError(f"The daemon did not start within {START_TIMEOUT_S:.0f} s. See {data_dir.logs}.")


def is_older(version: str) -> bool:
    """Whether a daemon of this version is older than this program."""
    return _parts(version) < _parts(VERSION)


def restart(data_dir: DataDir, found: Discovery) -> Discovery:
    """Ends a daemon when no agent works and starts this program's. Raises ClientError."""
    _end_when_idle(data_dir, found)
    return start_again(data_dir, found)


def start_again(data_dir: DataDir, ended: Discovery) -> Discovery:
    """Starts this program's daemon the way the one that has ended was started. Raises ClientError."""
    if ended.started_by == "service":
        from daemon.service.base import ServiceError  # noqa: PLC0415  (only a service needs it)
        from daemon.service.choose import manager_for  # noqa: PLC0415

        try:
            manager_for(data_dir, os.environ).start()
        except ServiceError as error:
            raise ClientError(f"The service did not start again: {error}") from error
    return find_or_start(data_dir)


def stop_when_idle(data_dir: DataDir, say: Callable[[str], None], *, but_not: str) -> None:
    """Ends the running daemon when no agent works, unless it was started by `but_not`. Raises ClientError."""
    found = discovery.find(data_dir)
    if found is None or found.started_by == but_not:
        return
    say(f"The daemon that runs now (process {found.pid}) ends as soon as no agent works …")
    _end_when_idle(data_dir, found)


def _end_when_idle(data_dir: DataDir, found: Discovery) -> None:
    Client(data_dir, found).post("/api/shutdown", {"when": "idle"})
    deadline = time.monotonic() + IDLE_TIMEOUT_S
    while discovery.is_running(found):
        if time.monotonic() > deadline:
            raise ClientError(f"The daemon (process {found.pid}) still has work to do.")
        time.sleep(POLL_S)


def _start_alone(data_dir: DataDir, deadline: float) -> Discovery:
    """Starts a daemon while nobody else does. One that is just stopping may still hold the folder."""
    log_path = data_dir.logs / "daemon.log"
    start = log_path.stat().st_size if log_path.exists() else 0
    process: subprocess.Popen[bytes] | None = None
    while time.monotonic() < deadline:
        found = discovery.find(data_dir)
        if found is not None:
            if process is not None:  # somebody must take its exit status, as long as this program runs
                threading.Thread(target=process.wait, name="daemon", daemon=True).start()
            return found
        if process is None or process.poll() == FOLDER_IS_HELD:
            process = _start(data_dir, log_path)
        elif process.poll() is not None:
            break
        time.sleep(POLL_S)
    raise ClientError(f"The daemon did not start. {_last_words(log_path, start)}")


def _start(data_dir: DataDir, log_path: Path) -> subprocess.Popen[bytes]:
    """A process that outlives this one and its terminal.

    It runs in the data folder, so that it keeps no other one busy. Nothing is imported from there (`-P`): folders of
    the data have names of ours, such as `desktop`.
    """
    command = [sys.executable, "-P", "-m", "daemon", "--data-dir", str(data_dir.root), "serve"]
    # DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP, of the Windows API
    flags = 0x00000208 if sys.platform == "win32" else 0
    with log_path.open("ab") as log:
        return subprocess.Popen(  # noqa: S603  (our own interpreter)
            [*command, "--started-by", "demand"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=data_dir.root,
            env=os.environ.copy(),
            creationflags=flags,
            start_new_session=sys.platform != "win32",
        )


def offer(found: Discovery) -> str:
    """The question about a daemon that is older than this program."""
    return (
        f"The running daemon is version {found.version}, this is {VERSION}. "
        "Restart it as soon as no agent works?"
    )


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _last_words(log_path: Path, start: int) -> str:
    try:
        with log_path.open("rb") as log:
            log.seek(max(start, log_path.stat().st_size - SHOWN_LOG_BYTES))
            said = log.read().decode(errors="replace").strip()
    except OSError:
        said = ""
    return f"It says: {said}" if said else f"See {log_path}."
