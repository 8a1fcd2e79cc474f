"""The database: units that are kept whole or not at all, and errors in words."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from storage.database import Database
from storage.errors import (
    DatabaseUnreadableError,
    StorageError,
    StorageFullError,
    StorageReadOnlyError,
)
from storage.statements import Statement

MAKE = Statement("CREATE TABLE numbers (n INTEGER PRIMARY KEY, text TEXT)", ())


def insert(number: int, text: str = "") -> Statement:
    return Statement("INSERT INTO numbers VALUES (?, ?)", (number, text))


@pytest.fixture
def numbers(tmp_path: Path) -> Database:
    database = Database(tmp_path / "numbers.db")
    database.write(MAKE)
    return database


def test_a_failing_unit_leaves_the_others_of_its_transaction(numbers: Database) -> None:
    numbers.begin()
    numbers.execute([insert(1), insert(2)])
    with pytest.raises(StorageError, match="UNIQUE"):
        numbers.execute([insert(3), insert(1)])
    numbers.execute([insert(4)])
    numbers.commit()
    assert numbers.rows("SELECT n FROM numbers") == [(1,), (2,), (4,)]


def test_half_a_surrogate_pair_in_a_text_is_replaced(numbers: Database) -> None:
    numbers.begin()
    numbers.execute([insert(1, "whole"), insert(2, "a\ud800b"), insert(3, "c")])
    numbers.commit()
    stored = numbers.rows("SELECT n, text FROM numbers")
    assert stored == [(1, "whole"), (2, "a\N{REPLACEMENT CHARACTER}b"), (3, "c")]


def test_a_number_that_is_too_large_fails_alone(numbers: Database) -> None:
    numbers.begin()
    with pytest.raises(StorageError, match="too large"):
        numbers.execute([insert(1), insert(2**64)])
    numbers.execute([insert(3)])
    numbers.commit()
    assert numbers.rows("SELECT n FROM numbers") == [(3,)]


def test_a_failing_write_leaves_nothing(numbers: Database) -> None:
    with pytest.raises(StorageError):
        numbers.write(insert(1), Statement("INSERT INTO nowhere VALUES (1)", ()))
    assert numbers.rows("SELECT n FROM numbers") == []
    assert not numbers.connection.in_transaction


def test_a_full_disk_takes_the_whole_transaction_back_and_says_so(numbers: Database) -> None:
    numbers.connection.execute("PRAGMA max_page_count = 20")
    numbers.begin()
    numbers.execute([insert(1)])
    with pytest.raises(StorageFullError, match="full"):
        numbers.execute([insert(number, "x" * 5000) for number in range(2, 100)])
    numbers.rollback()
    assert numbers.rows("SELECT n FROM numbers") == []
    numbers.write(insert(1))


def test_each_thread_has_a_connection_of_its_own(numbers: Database) -> None:
    connections = [numbers.connection]
    thread = threading.Thread(target=lambda: connections.append(numbers.connection))
    thread.start()
    thread.join()
    assert connections[0] is not connections[1]
    assert numbers.connection is connections[0]
    numbers.close()
    for connection in connections:
        with pytest.raises(sqlite3.ProgrammingError):
            connection.execute("SELECT 1")


def test_what_is_no_database_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "stagent.db"
    path.write_bytes(b"something else" * 100)
    with pytest.raises(DatabaseUnreadableError, match=str(path)):
        Database(path)
    assert path.read_bytes() == b"something else" * 100


def test_a_folder_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(StorageReadOnlyError, match="nowhere"):
        Database(tmp_path / "nowhere" / "stagent.db")


def test_foreign_keys_hold_and_writing_is_ahead_logged(numbers: Database) -> None:
    assert numbers.row("PRAGMA foreign_keys") == (1,)
    assert numbers.row("PRAGMA journal_mode") == ("wal",)
    assert numbers.row("PRAGMA synchronous") == (1,)


def test_closing_ends_a_read_that_is_under_way(tmp_path: Path) -> None:
    database = Database(tmp_path / "busy.db")
    begun = threading.Event()
    outcome: list[Exception] = []

    def tell() -> int:
        begun.set()
        return 1

    def read() -> None:
        database.connection.create_function("tell", 0, tell)
        try:
            database.rows(
                "WITH RECURSIVE n (i) AS (SELECT tell() UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
            )
        except sqlite3.Error as error:
            outcome.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    assert begun.wait(10)
    database.close()
    reader.join(10)
    assert [type(error) for error in outcome] == [sqlite3.OperationalError]
