"""Empty space in the file goes back to the disk: in steps, and at once where the file is of an older kind."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from pathlib import Path

from storage import space
from storage.database import Database
from storage.statements import Statement

FILLED = "INSERT INTO filling SELECT randomblob(1000000) FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]')"


def empty_space(database: Database) -> None:
    database.write(Statement("CREATE TABLE filling (data BLOB)", ()))
    database.write(Statement(FILLED, ()))
    assert not space.pays(database)
    database.write(Statement("DELETE FROM filling", ()))


def test_space_is_given_back_in_steps(tmp_path: Path) -> None:
    database = Database(tmp_path / "stagent.db")
    assert space.is_incremental(database)
    empty_space(database)
    assert space.pays(database)
    sizes = [space.size_bytes(database)]
    while space.is_left(database):
        database.write(space.step())
        sizes.append(space.size_bytes(database))
    assert all(before - after <= space.PAGES_PER_STEP * 4096 * 1.1 for before, after in pairwise(sizes))
    assert len(sizes) > 5
    database.close()
    assert (tmp_path / "stagent.db").stat().st_size < 100_000


def test_a_file_of_an_older_kind_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "stagent.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE kept (n INTEGER)")
        connection.execute("INSERT INTO kept VALUES (7)")
    connection.close()
    database = Database(path)
    assert not space.is_incremental(database)
    empty_space(database)
    space.rebuild(database)
    assert space.is_incremental(database)
    assert not space.pays(database)
    assert database.rows("SELECT n FROM kept") == [(7,)]
    database.close()
    assert path.stat().st_size < 100_000
