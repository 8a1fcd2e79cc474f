"""Full-text search over 1,000,000 messages, for rare and common words; against the raw FTS5 query, and a scan."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Sequence
from contextlib import closing

from benchmarks.harness.data import COMMON, RARE, Data, data
from benchmarks.harness.figures import percentile, seconds
from benchmarks.harness.growth import growth
from benchmarks.harness.report import Result, main
from storage import search

LIMIT = 20
GROWTH_RUNS = 31
RAW = (
    "SELECT m.conversation_id, m.id, m.created_at, snippet(messages_fts, 0, '<', '>', '…', 16) "
    "FROM messages_fts JOIN messages m ON m.pk = messages_fts.rowid "
    "WHERE messages_fts MATCH ? AND messages_fts.rowid >= ? ORDER BY rank LIMIT ?"
)
NEWEST = "SELECT min(rowid) FROM (SELECT rowid FROM messages_fts WHERE messages_fts MATCH ? ORDER BY rowid DESC LIMIT ?)"
SCAN = "SELECT id FROM messages WHERE content LIKE ? ORDER BY created_at DESC LIMIT 20"


def measure(small: bool) -> Sequence[Result]:
    """The raw query ranks by bm25, and is told which messages are the newest; of a common word the search ranks nothing."""
    size, runs = (0.01, 3) if small else (1.0, 101)
    filled = data(size)
    results: list[Result] = []
    for name, word in (("rare", RARE), ("common", COMMON)):
        times, raw, scan = search_times(filled, word, runs)
        middle = percentile(times, 0.5)
        what = f"search of 1,000,000 messages, a {name} word"
        results.append(Result(what, middle * 1000, "ms", 2.0, percentile(raw, 0.5) * 1000))
        results.append(
            Result("  p99 against a scan", percentile(times, 0.99) * 1000, "ms", 0.001, scan * 1000)
        )
        if not small:
            results += growth("messages", functools.partial(median_ms, word, GROWTH_RUNS), "ms", 2.0)
    return results


def median_ms(word: str, runs: int, size: float) -> float:
    """Of the search alone."""
    with closing(data(size).open()) as database:
        times = [seconds(lambda: search.messages(database, word, LIMIT)) for _ in range(runs)]
    return percentile(times, 0.5) * 1000


def search_times(filled: Data, word: str, runs: int) -> tuple[list[float], list[float], float]:
    """Of the search, of the raw query and of one scan, in seconds."""
    expression = search.match_expression(word)
    assert expression is not None
    with closing(filled.open()) as database, closing(sqlite3.connect(filled.folder.database)) as raw:
        (first,) = raw.execute(NEWEST, (expression, search.RANKED_MATCHES)).fetchone()

        def ours() -> list[object]:
            return list(search.messages(database, word, LIMIT))

        def plain() -> list[object]:
            return raw.execute(RAW, (expression, first, LIMIT)).fetchall()

        assert len(ours()) == len(plain()) > 0
        pairs = [(seconds(ours), seconds(plain)) for _ in range(runs)]
        scan = seconds(lambda: raw.execute(SCAN, (f"%{word}%",)).fetchall())
    return [one for one, _ in pairs], [one for _, one in pairs], scan


if __name__ == "__main__":
    main(measure)
