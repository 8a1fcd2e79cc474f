"""Opens the window, in order: whether there can be one, whether there is one already, the daemon, the window."""

from __future__ import annotations

import argparse
import importlib.util
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from daemon.client_errors import ClientError
from daemon.door import Door
from desktop import one_window
from desktop.older_daemon import offer_restart

if TYPE_CHECKING:
    from desktop.window import Window

NO_WINDOW = 3
"""Exit status where no window can be opened here; standard error says why."""

MAX_LOG_BYTES = 1_000_000
LIBRARIES = ("PySide6", "PyQt6", "PyQt5", "gi")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Opens the window, waits until it is closed, and ends the process."""
    leave(_open(arguments))


def leave(status: int) -> NoReturn:
    """Ends the process at once: a thread that still asks a window that is gone would hold it up for ever."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _open(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="stagent")
    parser.add_argument("--data-dir")
    chosen = parser.parse_args(arguments).data_dir
    reason = why_not(os.environ, sys.platform, _is_installed)
    if reason is not None:
        return _refuse(reason, NO_WINDOW)
    try:
        door = Door.of(chosen)
        _log_to(door.prepare("logs") / "window.log")
        return open_desktop(door)
    except ClientError as error:
        return _refuse(str(error), 1)


def why_not(environment: Mapping[str, str], platform: str, is_installed: Callable[[str], bool]) -> str | None:
    """Why there can be no window here; None where there can."""
    if platform in {"darwin", "win32"}:
        return None
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return "There is no display for a window."
    if not any(map(is_installed, LIBRARIES)):
        return "The window needs Qt: `make install-desktop` installs it, or pip install 'stagent[desktop]'."
    return None


def open_desktop(door: Door, then: Callable[[Window], None] | None = None) -> int:
    """Opens the window of a data folder, or brings the one that is open to the front; the exit status.

    Args:
        door: the way to the daemon.
        then: called in a thread of its own once the window is there.

    Raises:
        ClientError: the daemon did not start.
    """
    folder = door.prepare("desktop")
    try:
        with one_window.claim(folder) as claim:
            return _show(door, folder, claim, then)
    except one_window.AlreadyOpenError:
        is_shown = one_window.bring_to_front(folder)
        return 0 if is_shown else _refuse("Another window is just opening or closing. Try again.", 1)


def _show(door: Door, folder: Path, claim: one_window.Claim, then: Callable[[Window], None] | None) -> int:
    with ThreadPoolExecutor(1) as background:  # the web view takes as long to load as the daemon to start
        link = background.submit(_first_link, door)
        from desktop.daemon_watch import DaemonWatch  # noqa: PLC0415  (a second launch needs neither)
        from desktop.window import CannotOpenError, Window  # noqa: PLC0415

        window = Window(folder)
        window.prepare()
    watch = DaemonWatch(door, window)

    first = link.result()

    def opened() -> None:
        claim.serve(window.bring_to_front)
        watch.start(is_shown=first is not None)
        if first is not None:
            offer_restart(door, window)
        if then is not None:
            then(window)

    try:
        window.run(first, opened)
    except CannotOpenError as error:
        return _refuse(str(error), NO_WINDOW)
    finally:
        watch.stop()
    return 0


def _first_link(door: Door) -> str | None:
    """An address that opens the page; None where a daemon runs and does not answer. Raises ClientError."""
    found = door.find()
    return None if found is not None and not door.answers(found) else door.link()


def _log_to(path: Path) -> None:
    """What goes wrong is kept in a file: nobody watches the standard error of a window."""
    handler = RotatingFileHandler(path, maxBytes=MAX_LOG_BYTES, backupCount=1)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", handlers=[handler])


def _is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _refuse(reason: str, status: int) -> int:
    print(f"stagent: {reason}", file=sys.stderr)  # noqa: T201
    return status
