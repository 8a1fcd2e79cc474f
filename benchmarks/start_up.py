"""From the start of the process to the first 200 of `/healthz`, against a Tornado process that only answers it."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

from benchmarks.harness.data import data
from benchmarks.harness.figures import in_turn
from benchmarks.harness.growth import growth
from benchmarks.harness.processes import Helper, bare_tornado, daemon
from benchmarks.harness.report import Result, main
from benchmarks.harness.requests import Requests
from tests.daemon_process import DaemonProcess

GROWTH_RUNS = 7
SDKS = ("anthropic", "openai")


def measure(small: bool) -> Sequence[Result]:
    """A start as it is every day: the data folder exists already."""
    with tempfile.TemporaryDirectory() as name:
        data_dir = Path(name) / "data"
        imported = sdks_imported(data_dir)
        figure, baseline = in_turn(
            lambda: start_s(daemon(data_dir)), lambda: start_s(bare_tornado()), 1 if small else 15
        )
    results = [
        Result("process start to the first 200 of /healthz", figure * 1000, "ms", 2.0, baseline * 1000),
        Result("model SDKs that the idle daemon has imported", imported, "SDKs", 0),
    ]
    if not small:
        results += growth("of everything", start_ms, "ms", 1.25)
    return results


def start_ms(size: float) -> float:
    """A start with so much in the store, in milliseconds."""
    folder = data(size).folder.root
    return statistics.median(start_s(daemon(folder)) for _ in range(GROWTH_RUNS)) * 1000


def start_s(server: AbstractContextManager[Helper] | AbstractContextManager[DaemonProcess]) -> float:
    """One start, in seconds. What is given must not be started yet when it is made."""
    started_at = time.perf_counter()
    with server as running, closing(Requests(running.url)) as connection:
        connection.get("/healthz")
        return time.perf_counter() - started_at


def sdks_imported(data_dir: Path) -> int:
    """How many of the SDKs a daemon has imported that has answered a few requests."""
    with daemon(data_dir, PYTHONPROFILEIMPORTTIME="1") as running:
        for path in ("/healthz", "/api/chat/conversations", "/api/chat/models", "/api/runtimes"):
            running.client.get(path)
        running.stop()
        imported = {line.rpartition("|")[2].strip() for line in running.errors.splitlines()}
    assert "tornado" in imported
    return sum(sdk in imported for sdk in SDKS)


if __name__ == "__main__":
    main(measure)
