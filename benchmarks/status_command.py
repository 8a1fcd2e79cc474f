"""`stagent status` against a running daemon; baseline: an interpreter that does nothing, plus the request."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness.figures import in_turn, seconds
from benchmarks.harness.processes import daemon
from benchmarks.harness.report import Result, main
from benchmarks.harness.requests import Requests


def measure(small: bool) -> Sequence[Result]:
    """The command as a person types it."""
    command = Path(sys.executable).with_name("stagent")
    with daemon() as running:
        connection = Requests(running.url)

        def run(*arguments: str | Path) -> float:
            return seconds(
                lambda: subprocess.run(
                    arguments, env=running.environment, stdout=subprocess.DEVNULL, check=True
                )
            )

        figure, baseline = in_turn(
            lambda: run(command, "--data-dir", running.data_dir.root, "status"),
            lambda: run(sys.executable, "-c", "pass") + seconds(lambda: connection.get("/healthz")),
            1 if small else 21,
        )
        connection.close()
    return (Result("stagent status", figure * 1000, "ms", 2.5, baseline * 1000),)


if __name__ == "__main__":
    main(measure)
