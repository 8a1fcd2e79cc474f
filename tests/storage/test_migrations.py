"""Migrations: numbered steps, a copy before each, and tables that are what peewee believes."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from storage.backups.reading import unpack
from storage.database import Database
from storage.errors import DatabaseTooNewError, StorageError
from storage.migrations import MIGRATIONS, Migration, migrate, refuse_newer, version
from storage.tables import TABLES

SECOND = Migration(2000, "second", "CREATE TABLE second (n INTEGER); INSERT INTO second VALUES (1);")
BROKEN = Migration(3000, "broken", "CREATE TABLE third (n INTEGER); INSERT INTO nowhere VALUES (1);")


@pytest.fixture
def empty(tmp_path: Path) -> Database:
    return Database(tmp_path / "stagent.db")


def test_an_empty_database_gets_all_and_needs_no_copy(empty: Database, tmp_path: Path) -> None:
    assert migrate(empty, tmp_path / "backups") == tuple(one.number for one in MIGRATIONS)
    assert version(empty) == MIGRATIONS[-1].number
    assert not (tmp_path / "backups").exists()
    assert migrate(empty, tmp_path / "backups") == ()


def test_the_tables_are_what_peewee_believes(database: Database) -> None:
    for table in TABLES:
        meta = table._meta
        columns = {row[1]: row for row in database.rows(f"PRAGMA table_info({meta.table_name})")}
        assert set(columns) == set(meta.columns), meta.table_name
        for name, field in meta.columns.items():
            may_be_null = not columns[name][3] and not columns[name][5]
            assert field.null == may_be_null, f"{meta.table_name}.{name}"


def test_a_copy_is_made_before_a_filled_database_changes(empty: Database, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    migrate(empty, backups)
    before = len(list(backups.glob("*"))) if backups.exists() else 0
    assert migrate(empty, backups, (*MIGRATIONS, SECOND)) == (2000,)
    copies = sorted(backups.glob("before-2000-*.tar.gz"))
    assert len(copies) == 1
    assert len(list(backups.glob("*"))) == before + 1
    assert stat.S_IMODE(copies[0].stat().st_mode) == 0o600
    (tmp_path / "unpacked").mkdir()
    copied = unpack(copies[0], tmp_path / "unpacked", MIGRATIONS[-1].number)
    assert copied.schema == MIGRATIONS[-1].number
    assert not copied.has_documents
    assert empty.rows("SELECT n FROM second") == [(1,)]


def test_a_failing_migration_leaves_what_was(empty: Database, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nowhere"):
        migrate(empty, tmp_path / "backups", (*MIGRATIONS, SECOND, BROKEN))
    assert version(empty) == 2000
    assert not empty.rows("SELECT name FROM sqlite_master WHERE name = 'third'")
    assert not empty.connection.in_transaction


def test_a_newer_database_is_refused_untouched(empty: Database, tmp_path: Path) -> None:
    empty.connection.execute("PRAGMA user_version = 5000")
    with pytest.raises(DatabaseTooNewError, match="5000"):
        migrate(empty, tmp_path / "backups")
    empty.close()
    before = empty.path.read_bytes()
    with pytest.raises(DatabaseTooNewError, match="Install a newer stagent"):
        refuse_newer(empty.path)
    assert empty.path.read_bytes() == before
    refuse_newer(tmp_path / "not-there-yet.db")


def test_a_copy_that_cannot_be_made_stops_the_migration(empty: Database, tmp_path: Path) -> None:
    migrate(empty, tmp_path / "backups")
    (tmp_path / "backups").write_text("mine")
    with pytest.raises(StorageError, match="cannot be written"):
        migrate(empty, tmp_path / "backups", (*MIGRATIONS, SECOND))
    assert version(empty) == MIGRATIONS[-1].number
    assert (tmp_path / "backups").read_text() == "mine"
