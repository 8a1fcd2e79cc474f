"""ArchiveActor: groups are kept whole, a failing write hurts only itself, and everybody is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actors.archive import ArchiveActor
from actors.bridge import Ping, Reply, started
from actors.writes import Write
from storage.database import Database
from storage.errors import ConflictError, RejectedError, StorageError, StorageFullError
from storage.statements import Statement


class Sink:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def stored(self, conversation_id: str, first_seq: int, last_seq: int) -> None:
        self.told.append(("stored", conversation_id, first_seq, last_seq))

    def row_changed(self, kind: str, row_id: str) -> None:
        self.told.append(("changed", kind, row_id))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "x.db")
    database.write(Statement("CREATE TABLE numbers (n INTEGER PRIMARY KEY, text TEXT)", ()))
    yield database
    database.close()


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def archive(database: Database, sink: Sink) -> Iterator[Any]:
    ref = started(ArchiveActor.start(database, sink))
    yield ref
    if ref.is_alive():
        ref.stop()


def write(archive: Any, *numbers: int, text: str = "", **fields: Any) -> Reply[None]:
    reply: Reply[None] = Reply()
    statements = tuple(Statement("INSERT INTO numbers VALUES (?, ?)", (n, text)) for n in numbers)
    archive.tell(Write(statements, reply=reply, **fields))
    return reply


def numbers(database: Database) -> list[int]:
    return [row[0] for row in database.rows("SELECT n FROM numbers ORDER BY n")]


def test_what_is_answered_is_stored(archive: Any, database: Database, sink: Sink) -> None:
    reply = write(archive, 1, 2, conversation_id="c", events=((5, 6),), changes_list=True)
    assert reply.get(timeout=10) is None
    assert numbers(database) == [1, 2]
    archive.ask(Ping(), timeout=10)  # what is told to the sink comes right behind
    assert sink.told == [("stored", "c", 5, 6), ("changed", "conversation", "c")]


def test_a_write_that_was_overtaken_is_refused_quietly(
    archive: Any, database: Database, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    reply: Reply[None] = Reply()
    overtaken = Statement("UPDATE numbers SET text = 'x' WHERE n = ?", (7,), must_change=True)
    first = write(archive, 1, changed_tasks=("one", "two"))
    archive.tell(Write((Statement("INSERT INTO numbers VALUES (2, '')", ()), overtaken), reply=reply))
    with pytest.raises(ConflictError):
        reply.get(timeout=10)
    first.get(timeout=10)
    assert numbers(database) == [1]
    archive.ask(Ping(), timeout=10)
    assert sorted(sink.told) == [("changed", "task", "one"), ("changed", "task", "two")]
    assert caplog.records == []


def test_a_failing_write_hurts_only_itself(archive: Any, database: Database, sink: Sink) -> None:
    replies = [
        write(archive, 1),
        write(archive, 2, 1, conversation_id="c", events=((1, 1),)),
        write(archive, 3),
    ]
    replies[0].get(timeout=10)
    with pytest.raises(StorageError):
        replies[1].get(timeout=10)
    replies[2].get(timeout=10)
    assert numbers(database) == [1, 3]
    assert sink.told == [], "whoever wrote it decides what becomes of its events"


def test_of_a_write_one_by_one_only_what_is_rejected_is_left_out(
    archive: Any, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    write(archive, 2).get(timeout=10)
    write(archive, 1, 2, 3, one_by_one=True, conversation_id="c").get(timeout=10)
    assert numbers(database) == [1, 2, 3]
    assert "a row of conversation c is left out" in caplog.text


def test_a_full_disk_keeps_nothing_of_a_write_one_by_one(archive: Any, database: Database) -> None:
    archive.tell(Write((Statement("PRAGMA max_page_count = 20", ()),)))
    with pytest.raises(StorageFullError):
        write(archive, *range(100), text="x" * 5000, one_by_one=True).get(timeout=10)
    assert numbers(database) == []


@pytest.mark.parametrize("value", [2**70, object(), ["x"], "\ud800" * 3])
def test_what_no_database_can_hold_ends_nothing(archive: Any, database: Database, value: Any) -> None:
    reply: Reply[None] = Reply()
    archive.tell(Write((Statement("INSERT INTO numbers VALUES (?, 'x')", (value,)),), reply=reply))
    with pytest.raises(RejectedError):
        reply.get(timeout=10)
    write(archive, 1).get(timeout=10)
    assert numbers(database) == [1]


def test_whoever_fails_on_an_answer_does_not_end_the_archive(archive: Any, database: Database) -> None:
    def fail(_reply: Reply[None]) -> None:
        raise RuntimeError("somebody else's mistake")

    reply: Reply[None] = Reply()
    reply.on_resolved(fail)
    archive.tell(Write((Statement("INSERT INTO numbers VALUES (1, '')", ()),), reply=reply))
    write(archive, 2).get(timeout=10)
    assert numbers(database) == [1, 2]


def test_many_writes_keep_their_order(archive: Any, database: Database) -> None:
    replies = [write(archive, n) for n in range(500)]
    replies[-1].get(timeout=20)
    assert all(reply.is_resolved for reply in replies)
    assert numbers(database) == list(range(500))


def test_a_full_disk_is_told_to_everybody_and_the_archive_goes_on(archive: Any, database: Database) -> None:
    write(archive, 0).get(timeout=10)
    archive.tell(Write((Statement("PRAGMA max_page_count = 20", ()),)))
    big = write(archive, *range(1, 100), text="x" * 5000)
    with pytest.raises(StorageFullError):
        big.get(timeout=10)
    write(archive, 1000).get(timeout=10)
    assert numbers(database) == [0, 1000]


def test_stopping_commits_what_is_open(archive: Any, database: Database) -> None:
    replies = [write(archive, n) for n in range(50)]
    archive.stop(timeout=10)
    assert numbers(database) == list(range(50))
    assert all(reply.is_resolved for reply in replies)
