"""Damage is looked for only where it can be, and not for longer than a start may take."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import damaged
from storage.database import Database
from storage.errors import DatabaseUnreadableError
from storage.paths import DataDir
from storage.statements import Statement
from tests.storage.filled import fill


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    made = DataDir(tmp_path / "data")
    fill(made)
    return made


def test_only_a_bad_end_makes_a_look_necessary(data_dir: DataDir) -> None:
    assert not damaged.was_cut_off(data_dir)
    database = Database(data_dir.database)
    database.write(Statement("DELETE FROM projects", ()))
    assert damaged.was_cut_off(data_dir)
    database.close()
    assert not damaged.was_cut_off(data_dir)
    data_dir.discovery.write_text("{}")
    assert damaged.was_cut_off(data_dir)


def with_numbers(data_dir: DataDir) -> Database:
    """The database, grown by a table that takes most of it."""
    database = Database(data_dir.database)
    many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
    database.write(Statement("CREATE TABLE numbers (i INTEGER PRIMARY KEY, text TEXT)", ()))
    database.write(Statement(f"INSERT INTO numbers {many} SELECT i, 'x' || i FROM n", ()))
    return database


def test_a_look_ends_when_its_time_is_over(data_dir: DataDir) -> None:
    database = with_numbers(data_dir)
    assert damaged.check(database)
    assert not damaged.check(database, limit_s=0.0)
    assert database.row("SELECT count(*) FROM numbers") == (20000,)
    database.close()


def test_damage_is_found(data_dir: DataDir) -> None:
    with_numbers(data_dir).close()
    raw = bytearray(data_dir.database.read_bytes())
    for start in range(len(raw) * 3 // 4 // 4096 * 4096, len(raw), 4096):
        raw[start : start + 200] = b"\xff" * 200
    data_dir.database.write_bytes(raw)
    database = Database(data_dir.database)
    with pytest.raises(DatabaseUnreadableError, match="damaged"):
        damaged.check(database)
    database.close()
