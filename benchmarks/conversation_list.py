"""50 of 100,000 conversations, filtered and deep in the list; against a Tornado handler with the same bytes ready."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import cycle, repeat
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.harness.data import Data, data
from benchmarks.harness.figures import in_turn
from benchmarks.harness.growth import growth
from benchmarks.harness.processes import bare_tornado, daemon
from benchmarks.harness.report import Result, main
from benchmarks.harness.requests import Requests
from daemon.presenters import to_cursor

PATH = "/api/chat/conversations"
LIMIT = 50
DEEP_PAGE = 1_000
CONNECTIONS = 4


def measure(small: bool) -> Sequence[Result]:
    """Requests a second over a few connections, so that the server is never without one."""
    size, requests, runs = (0.01, 20, 1) if small else (1.0, 400, 5)
    filled = data(size)
    deep = cursor_of(filled, int(DEEP_PAGE * size) * LIMIT)
    results: list[Result] = []
    plain = figure = 0.0
    lists: dict[str, dict[str, str]] = {
        "": {},
        ", by status": {"status": "archived"},
        ", by project": {"projectId": filled.projects[0]},
        f", page {DEEP_PAGE:,}": {"cursor": deep},
    }
    for what, filters in lists.items():
        path = f"{PATH}?{urlencode({'limit': LIMIT, **filters})}"
        figure, baseline = rates(filled, path, requests, runs)
        plain = plain or figure
        results.append(
            Result(f"{LIMIT} of 100,000 conversations{what}", figure, "/s", 0.45, baseline, "at least")
        )
    results.append(Result(f"  page {DEEP_PAGE:,} against the first", figure, "/s", 0.9, plain, "at least"))
    # A row that was shown lately is kept as JSON: here more go by than are kept.
    pages = cycle(f"{PATH}?{urlencode({'limit': LIMIT, 'cursor': one})}" for one in cursors_of(filled))
    figure, baseline = rates(filled, pages, requests, runs)
    results.append(
        Result(
            f"{LIMIT} of 100,000 conversations, not shown lately", figure, "/s", 0.45, baseline, "at least"
        )
    )
    if not small:
        first_path = f"{PATH}?limit={LIMIT}"
        results += growth(
            "conversations",
            lambda size: rates(data(size), first_path, requests, runs)[0],
            "/s",
            0.8,
            "at least",
        )
    return results


def rates(filled: Data, path: str | Iterator[str], requests: int, runs: int) -> tuple[float, float]:
    """Requests a second of the daemon, and of the handler that has the same bytes: those of the first path, of many."""
    paths = repeat(path) if isinstance(path, str) else path
    with ExitStack() as stack:
        running = stack.enter_context(daemon(filled.folder.root))
        connections = [
            stack.enter_context(closing(Requests(running.url, running.token))) for _ in range(CONNECTIONS)
        ]
        body = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "body"
        body.write_bytes(connections[0].get(next(paths)))
        bare = stack.enter_context(bare_tornado(str(body)))
        others = [stack.enter_context(closing(Requests(bare.url))) for _ in range(CONNECTIONS)]
        return in_turn(
            lambda: rate(connections, paths, requests), lambda: rate(others, repeat("/file"), requests), runs
        )


def rate(connections: Sequence[Requests], paths: Iterator[str], requests: int) -> float:
    """So many requests a second, one always under way on each connection."""
    started_at = time.perf_counter()
    for connection in connections:
        connection.ask(next(paths))
    for number in range(requests):
        connection = connections[number % len(connections)]
        connection.answer()
        connection.ask(next(paths))
    for connection in connections:
        connection.answer()
    return (requests + len(connections)) / (time.perf_counter() - started_at)


def cursors_of(filled: Data) -> list[str]:
    """Where each page begins, but the first."""
    with closing(filled.open()) as database:
        rows = database.rows("SELECT updated_at, id FROM conversations ORDER BY updated_at DESC, id DESC")
    return [to_cursor(*row) for row in rows[LIMIT - 1 : -LIMIT : LIMIT]]


def cursor_of(filled: Data, place: int) -> str:
    """Where the page after so many conversations begins."""
    with closing(filled.open()) as database:
        row = database.row(
            "SELECT updated_at, id FROM conversations ORDER BY updated_at DESC, id DESC LIMIT 1 OFFSET ?",
            (place - 1,),
        )
    assert row is not None
    return to_cursor(*row)


if __name__ == "__main__":
    main(measure)
