"""Backups: every row and every byte comes back; a damaged or strange archive changes nothing."""

from __future__ import annotations

import gzip
import os
import stat
import time
from pathlib import Path

import pytest

from storage.backups import left_behind, restoring, shelf, writing
from storage.backups.restoring import finish, put_in_place, staged
from storage.backups.writing import Source, write
from storage.database import Database
from storage.errors import (
    BackupError,
    BackupStoppedError,
    DatabaseUnreadableError,
    StorageFullError,
)
from storage.paths import DataDir
from storage.statements import Statement
from storage.tables import TABLES
from storage.times import stamp
from tests.storage.backups.archives import members
from tests.storage.filled import files, rows


def test_every_row_of_every_table_and_every_byte_comes_back(
    data_dir: DataDir, archive: Path, tmp_path: Path
) -> None:
    before, documents = rows(data_dir.database), files(data_dir.documents)
    assert all(before[table._meta.table_name] for table in TABLES)
    fresh = DataDir(tmp_path / "fresh")
    fresh.root.mkdir(mode=0o700)
    with staged(archive, fresh) as backup:
        put_in_place(backup, fresh)
    assert rows(fresh.database) == before
    assert files(fresh.documents) == documents
    assert fresh.settings.read_bytes() == data_dir.settings.read_bytes()
    assert not fresh.token.exists()
    private = [
        fresh.database,
        fresh.settings,
        *(path for path in fresh.documents.rglob("*") if path.is_file()),
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in fresh.documents.rglob("*") if path.is_dir()} == {
        0o700
    }


def test_an_archive_is_private_and_has_no_token(archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert "token" not in members(archive)
    assert b"the token" not in gzip.decompress(archive.read_bytes())


def test_what_was_there_is_kept_aside_whole(data_dir: DataDir, archive: Path) -> None:
    database = Database(data_dir.database)
    database.write(Statement("UPDATE conversations SET title = 'later', updated_at = updated_at + 1", ()))
    database.write(Statement("DELETE FROM projects", ()))
    with staged(archive, data_dir) as backup:
        changes = {change.table: change for change in backup.changes or ()}
        assert (changes["projects"].here, changes["projects"].there, changes["projects"].regained) == (
            0,
            3,
            3,
        )
        assert (changes["conversations"].newer_here, changes["conversations"].lost) == (3, 0)
        assert (changes["messages"].newer_here, changes["messages"].newer_there) == (0, 0)
        database.close()
        now, documents = rows(data_dir.database), files(data_dir.documents)
        aside = put_in_place(backup, data_dir)
    assert rows(aside / "stagent.db") == now
    assert files(aside / "documents") == documents
    assert rows(data_dir.database) != now
    assert data_dir.token.read_text() == "the token"
    assert not list(data_dir.root.glob(".restor*"))


def test_a_dry_run_leaves_everything_as_it_is(data_dir: DataDir, archive: Path) -> None:
    # Reading first: the last connection that closes moves the log into the file.
    all_rows, before = rows(data_dir.database), files(data_dir.root)
    with staged(archive, data_dir):
        pass
    assert files(data_dir.root) == before
    assert rows(data_dir.database) == all_rows


@pytest.mark.parametrize("moves", range(1, 7))
def test_a_restore_that_breaks_off_is_finished_later(
    data_dir: DataDir, archive: Path, moves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = rows(data_dir.database)
    database = Database(data_dir.database)
    database.write(Statement("UPDATE conversations SET title = 'later'", ()))
    database.close()
    later = rows(data_dir.database)
    rename, left = Path.rename, [moves]

    def breaks_off(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == 0:
            raise OSError("power cut")
        return rename(self, target)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", breaks_off)
        with staged(archive, data_dir) as backup, pytest.raises(BackupError, match="power cut"):
            put_in_place(backup, data_dir)
    assert finish(data_dir)
    assert not finish(data_dir)
    assert rows(data_dir.database) == saved
    [aside] = data_dir.root.glob(f"{restoring.ASIDE}*")
    assert rows(aside / "stagent.db") == later
    assert not list(data_dir.root.glob(".restor*"))


def test_what_a_killed_restore_has_left_goes_after_a_day(data_dir: DataDir) -> None:
    old, new = data_dir.root / f"{left_behind.STAGING}old", data_dir.root / f"{left_behind.STAGING}new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "stagent.db").write_text("unpacked")
    at = time.time() - restoring.STALE_S - 60
    os.utime(old, (at, at))
    assert not finish(data_dir)
    assert (old.exists(), new.exists()) == (False, True)


def test_a_backup_made_while_others_write_is_of_one_moment(data_dir: DataDir, tmp_path: Path) -> None:
    database = Database(data_dir.database)
    insert = "INSERT INTO projects (id, name, status, created_at, updated_at) VALUES (?, ?, 'active', 1, 1)"
    database.write(*(Statement(insert, (f"many-{n}", "x" * 2000)) for n in range(3000)))
    before = rows(data_dir.database)
    asked: list[int] = []

    def write_more() -> bool:
        database.write(Statement(insert, (f"during-{len(asked)}", "y")))
        asked.append(1)
        return False

    path = tmp_path / "busy.tar.gz"
    write(Source.of(data_dir), path, is_stopped=write_more)
    assert len(asked) > 5
    fresh = DataDir(tmp_path / "fresh")
    fresh.root.mkdir()
    with staged(path, fresh) as backup:
        put_in_place(backup, fresh)
    assert rows(fresh.database) == before
    database.close()


def test_a_backup_that_is_to_stop_leaves_nothing(data_dir: DataDir, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(BackupStoppedError):
        write(Source.of(data_dir), tmp_path / "out" / "saved.tar.gz", is_stopped=lambda: True)
    assert not list((tmp_path / "out").iterdir())


def test_a_document_that_is_deleted_meanwhile_is_named_as_missing(data_dir: DataDir, tmp_path: Path) -> None:
    victim = next(data_dir.documents.rglob("thumbnail"))

    def delete(done: int, _total: int) -> None:
        if done:
            victim.unlink(missing_ok=True)

    made = write(Source.of(data_dir), tmp_path / "saved.tar.gz", progress=delete)
    assert made.missing == (f"documents/{victim.parent.name}/thumbnail",)


def test_a_file_that_exists_is_not_overwritten(data_dir: DataDir, tmp_path: Path) -> None:
    (tmp_path / "mine.tar.gz").write_text("mine")
    with pytest.raises(BackupError, match="exists already"):
        write(Source.of(data_dir), tmp_path / "mine.tar.gz")
    assert (tmp_path / "mine.tar.gz").read_text() == "mine"


def test_a_damaged_database_makes_no_backup(data_dir: DataDir, tmp_path: Path) -> None:
    rows(data_dir.database)
    raw = bytearray(data_dir.database.read_bytes())
    for start in range(8192, len(raw), 4096):
        raw[start : start + 200] = b"\xff" * 200
    data_dir.database.write_bytes(raw)
    with pytest.raises(DatabaseUnreadableError):
        write(Source.of(data_dir), tmp_path / "saved.tar.gz")
    assert not list(tmp_path.glob("*.gz")) + list(tmp_path.glob(f"{writing.PARTIAL}*"))


def test_a_full_disk_is_found_out_before_anything_is_written(
    data_dir: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "RESERVE_BYTES", 2**62)
    with pytest.raises(StorageFullError, match="too little for a backup"):
        write(Source.of(data_dir), tmp_path / "saved.tar.gz")


def test_a_backup_without_documents_takes_the_files_that_are_here(data_dir: DataDir, tmp_path: Path) -> None:
    path = tmp_path / "before-9-x.tar.gz"
    write(Source(data_dir.database), path)
    documents, settings = files(data_dir.documents), data_dir.settings.read_bytes()
    (data_dir.documents / "later").mkdir()
    (data_dir.documents / "later" / "file").write_text("newer than the backup")
    with staged(path, data_dir) as backup:
        aside = put_in_place(backup, data_dir)
    assert files(data_dir.documents) == documents
    assert (aside / "documents" / "later" / "file").read_text() == "newer than the backup"
    assert data_dir.settings.read_bytes() == settings


def test_a_backup_can_replace_a_database_that_cannot_be_read(data_dir: DataDir, archive: Path) -> None:
    saved = rows(data_dir.database)
    data_dir.database.write_bytes(b"rubbish" * 1000)
    with staged(archive, data_dir) as backup:
        assert backup.changes is None
        aside = put_in_place(backup, data_dir)
    assert rows(data_dir.database) == saved
    assert (aside / "stagent.db").read_bytes() == b"rubbish" * 1000


def test_old_backups_go_but_never_those_that_a_person_asked_for(tmp_path: Path) -> None:
    def put(kind: str, day: int) -> Path:
        path = tmp_path / f"{kind}-{stamp(1_700_000_000_000 + day * shelf.DAY_MS)}.tar.gz"
        path.write_text("x")
        return path

    days = [put("daily", day) for day in range(5)]
    before = [put(f"before-{number}", number) for number in range(2, 6)]
    asked, other = put("backup", 0), tmp_path / "daily-notes.tar.gz"
    other.write_text("x")
    assert set(shelf.prune(tmp_path, 2)) == {*days[:3], *before[:2]}
    assert set(tmp_path.iterdir()) == {*days[3:], *before[2:], asked, other}
    assert shelf.newest(tmp_path) == days[4]
    assert shelf.is_due(tmp_path)
    shelf.daily(tmp_path).write_text("x")
    assert not shelf.is_due(tmp_path)
