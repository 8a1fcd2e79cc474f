"""Memory of the idle daemon after 100 plain requests, against a Tornado process after the same."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.harness.processes import bare_tornado, daemon, memory_mb
from benchmarks.harness.report import Result, main
from benchmarks.harness.requests import Requests

PATHS = ("/healthz", "/api/chat/conversations", "/api/permissions", "/api/projects", "/api/settings")
REQUESTS = 100


def measure(small: bool) -> Sequence[Result]:
    """Resident memory, shared libraries included."""
    count = 10 if small else REQUESTS
    with daemon() as running:
        ask(Requests(running.url, running.token), PATHS, count)
        figure = memory_mb(running.pid)
    with bare_tornado() as bare:
        ask(Requests(bare.url), PATHS[:1], count)
        baseline = memory_mb(bare.pid)
    return (
        Result("memory of the idle daemon after 100 plain requests", figure, "MB", 48),
        Result("the same against bare Tornado", figure, "MB", 1.6, baseline),
    )


def ask(connection: Requests, paths: Sequence[str], count: int) -> None:
    """That many requests, over these addresses in turn."""
    for number in range(count):
        connection.get(paths[number % len(paths)])
    connection.close()


if __name__ == "__main__":
    main(measure)
