"""100 messages out of a conversation of 20,000, anywhere in it; against raw sqlite3 and orjson."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing

import msgspec
import orjson

from benchmarks.harness.data import LONG, Data, data
from benchmarks.harness.figures import in_turn, seconds
from benchmarks.harness.growth import growth
from benchmarks.harness.report import Result, main
from daemon import presenters
from storage import branches, messages
from storage.database import Database

LIMIT = 100
PLACES = (("at the start", 0.0), ("in the middle", 0.5), ("at the end", 0.98))
RAW = (
    "SELECT id, conversation_id, role, content, status, metadata, created_at, updated_at, branch_id, parent_id, "
    "is_pinned FROM messages WHERE conversation_id = ? AND branch_id = 'main' AND pk > ? ORDER BY pk LIMIT ?"
)
_encoder = msgspec.json.Encoder()


def measure(small: bool) -> Sequence[Result]:
    """From the database to JSON, without HTTP on either side."""
    size, runs = (0.01, 3) if small else (1.0, 301)
    filled = data(size)
    results = [page(filled, what, place, runs) for what, place in PLACES]
    if not small:
        results += growth(
            "messages of a conversation", lambda size: page(data(size), "", 0.5, runs).figure, "ms", 1.25
        )
    return results


def page(filled: Data, what: str, place: float, runs: int) -> Result:
    """One page, at some part of the conversation."""
    length = max(LIMIT * 2, int(filled.messages * LONG / 1_000_000))
    with closing(filled.open()) as database, closing(sqlite3.connect(filled.folder.database)) as raw:
        row = database.row(
            "SELECT id, pk FROM messages WHERE conversation_id = ? ORDER BY pk LIMIT 1 OFFSET ?",
            (filled.long_id, int(place * length)),
        )
        assert row is not None
        after_id, after_pk = row
        ours = of_api(database, filled.long_id, after_id)
        plain = of_raw(raw, filled.long_id, after_pk)
        assert len(orjson.loads(ours())) == len(orjson.loads(plain())) > 0
        figure, baseline = in_turn(lambda: seconds(ours), lambda: seconds(plain), runs)
    return Result(f"{LIMIT} of 20,000 messages {what}", figure * 1000, "ms", 3.0, baseline * 1000)


def of_api(database: Database, conversation: str, after: str) -> Callable[[], bytes]:
    """What the handler of the API does."""

    def read() -> bytes:
        path = branches.path(database, conversation, "main")
        rows = messages.page(database, conversation, path, limit=LIMIT + 1, after=after)[:LIMIT]
        alternatives = branches.siblings(database, conversation, rows)
        return _encoder.encode([presenters.message(row, alternatives.get(row.id, ())) for row in rows])

    return read


def of_raw(connection: sqlite3.Connection, conversation: str, after: int) -> Callable[[], bytes]:
    """The least that can be done."""
    cursor = connection.execute(RAW, (conversation, after, 0))
    names = [column[0] for column in cursor.description]

    def read() -> bytes:
        rows = connection.execute(RAW, (conversation, after, LIMIT))
        return orjson.dumps([dict(zip(names, row, strict=True)) for row in rows])

    return read


if __name__ == "__main__":
    main(measure)
