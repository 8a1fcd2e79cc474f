"""From `stagent` to the chat on the screen, beside a daemon that runs and with none; and how fast the window closes.

On a screen that nobody sees.
"""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.harness.processes import END_TIMEOUT_S, daemon
from benchmarks.harness.report import Result, UnavailableError, main
from daemon import discovery
from storage.paths import DataDir
from tests.daemon_process import clean_environment
from tests.desktop.driving import DrivenWindow, composer
from tests.desktop.virtual_screen import HEIGHT, WIDTH, VirtualScreen

PROMISED_S = 1.5
CLOSED_S = 1.0
DEADLINE_S = 30.0
POLL_S = 0.01
STRIP = (0, HEIGHT - 60, WIDTH // 4, 40)
"""The lower end of the sidebar: small, since looking at it costs the window time."""
LETTERS = 20
"""So many colours has a strip with letters in it: their edges are soft. A page without content has one or two."""


def measure(small: bool) -> Sequence[Result]:
    """The first start fills caches, as the one before this did on a warm machine; it does not count."""
    for what, is_there in (
        ("Xvfb", shutil.which("Xvfb")),
        ("PySide6 (`make install-desktop`)", importlib.util.find_spec("PySide6")),
    ):
        if not is_there:
            raise UnavailableError(f"The window needs {what}, which is not installed.")
    runs = 1 if small else 5
    with tempfile.TemporaryDirectory() as name, screen() as shown:
        home = Path(name)
        data_dir = DataDir(home / "data")
        environment = clean_environment(home, DISPLAY=shown.display, STAGENT_PORT="0")
        alone = [opens_s(shown, data_dir, environment) for _ in range(runs + 1)][1:]
        with daemon(data_dir.root):
            beside = [opens_s(shown, data_dir, environment) for _ in range(runs)]
            closing = [closes_s(data_dir, environment) for _ in range(runs)]
    return (
        Result("`stagent` to a painted chat, a daemon runs", statistics.median(beside), "s", PROMISED_S),
        Result("`stagent` to a painted chat, no daemon runs", statistics.median(alone), "s", PROMISED_S),
        Result("the slowest end of a window, from its closing on", max(closing), "s", CLOSED_S),
    )


@contextmanager
def screen() -> Iterator[VirtualScreen]:
    """A screen, which goes with the script."""
    with tempfile.TemporaryDirectory() as name:
        shown = VirtualScreen(Path(name))
        try:
            yield shown
        finally:
            shown.stop()


def opens_s(shown: VirtualScreen, data_dir: DataDir, environment: dict[str, str]) -> float:
    """One start, in seconds. A daemon that it started ends with it."""
    running = discovery.find(data_dir)
    started_at = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "daemon", "--data-dir", str(data_dir.root)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        while len(shown.colours(*STRIP)) < LETTERS:
            assert time.perf_counter() - started_at < DEADLINE_S, "nothing is painted"
            time.sleep(POLL_S)
        return time.perf_counter() - started_at
    finally:
        end(psutil.Process(process.pid).children())
        process.wait(END_TIMEOUT_S)
        started = discovery.find(data_dir)
        if running is None and started is not None:
            end([psutil.Process(started.pid)])


def closes_s(data_dir: DataDir, environment: dict[str, str]) -> float:
    """The seconds from the closing of a window that shows the chat to the end of its process."""
    window = DrivenWindow(data_dir.root, environment)
    try:
        composer(window)
        began = time.perf_counter()
        window.close()
        return time.perf_counter() - began
    finally:
        window.end()


def end(processes: Sequence[psutil.Process]) -> None:
    """Ends processes in order, and waits for it."""
    for process in processes:
        process.terminate()
    psutil.wait_procs(processes, END_TIMEOUT_S)


if __name__ == "__main__":
    main(measure)
