"""An archive that is strange, damaged, newer or older: refused before anything changes, or migrated."""

from __future__ import annotations

import gzip
import sqlite3
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.backups.manifest import NAME
from storage.backups.restoring import put_in_place, staged
from storage.backups.writing import Source, write
from storage.database import Database
from storage.errors import (
    BackupError,
    DatabaseTooNewError,
    StorageError,
)
from storage.migrations import MIGRATIONS, migrate, version
from storage.paths import DataDir
from storage.statements import Statement
from tests.storage.backups.archives import described, rewritten
from tests.storage.filled import files


def link(name: str, kind: bytes, target: str = "/etc/passwd") -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.type = kind
    header.linkname = target
    return header


@pytest.mark.parametrize(
    "strange",
    [
        link("../outside", tarfile.REGTYPE),
        link("/absolute", tarfile.REGTYPE),
        link("documents/../../outside", tarfile.REGTYPE),
        link("documents/01a20cbb-f5f2-73eb-88e4-0353e7468dc6/../../token", tarfile.REGTYPE),
        link("token", tarfile.REGTYPE),
        link("settings.json", tarfile.SYMTYPE),
        link("stagent.db", tarfile.LNKTYPE),
        link("documents", tarfile.DIRTYPE),
        link("documents/01a20cbb-f5f2-73eb-88e4-0353e7468dc6/file", tarfile.FIFOTYPE),
        link("stagent.db", tarfile.REGTYPE),  # and then a second time
    ],
    ids=lambda header: f"{header.name}-{header.type.decode()}",
)
def test_strange_members_are_refused(data_dir: DataDir, archive: Path, strange: tarfile.TarInfo) -> None:
    before = files(data_dir.root.parent)
    path = rewritten(archive, lambda _: None, strange)
    with pytest.raises(BackupError), staged(path, data_dir):
        pass
    path.unlink()
    assert files(data_dir.root.parent) == before


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_that_unpacks_to_gigabytes_is_not_read(
    data_dir: DataDir, tmp_path: Path, kind: bytes
) -> None:
    """A few megabytes of gzip would become as much memory as the machine has."""
    header = link("bomb", kind)
    header.size = 8_000_000_000
    path = tmp_path / "bomb.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(header.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(50):
            file.write(bytes(10_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(BackupError, match="header in it is too large"), staged(path, data_dir):
            pass
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: found.pop(NAME), "ends too early"),
        (lambda found: found.pop("settings.json"), "settings.json is not what was saved"),
        (lambda found: found.update({"settings.json": b"{}"}), "settings.json is not what was saved"),
        (lambda found: found.update({NAME: b"{"}), "manifest cannot be read"),
        (lambda found: found.update({NAME: b"[" * 100_000}), "manifest cannot be read"),
        (described(lambda values: values.update(format=2)), "Install a newer stagent"),
        (described(lambda values: values.update(schema=2)), "not the one that its manifest tells of"),
        (described(lambda values: values.update(files=[])), "manifest cannot be read"),
        (described(lambda values: values.update(program="\x1b]0;title\x07")), "cannot be shown"),
        (
            described(lambda values: values["files"].update({"\x1b[2J": {"size_bytes": 1, "sha256": ""}})),
            "cannot be shown",
        ),
        (described(lambda values: values.update(created_at=2**62)), "manifest cannot be read"),
        (described(lambda values: values["files"].pop("stagent.db")), "stagent.db is not what was saved"),
    ],
)
def test_what_is_not_as_it_was_saved_is_refused(
    data_dir: DataDir, archive: Path, change: Callable[[dict[str, bytes]], None], message: str
) -> None:
    before = files(data_dir.root)
    with pytest.raises(BackupError, match=message), staged(rewritten(archive, change), data_dir):
        pass
    assert files(data_dir.root) == before


def test_an_archive_with_any_byte_wrong_or_cut_off_is_refused(
    data_dir: DataDir, archive: Path, tmp_path: Path
) -> None:
    raw = archive.read_bytes()
    for place in range(12, len(raw), len(raw) // 12):
        damaged = bytearray(raw)
        damaged[place] ^= 0xFF
        for number, data in enumerate((bytes(damaged), raw[:place])):
            path = tmp_path / f"damaged-{number}.tar.gz"
            path.write_bytes(data)
            with pytest.raises(StorageError), staged(path, data_dir):
                pass


def test_a_newer_database_is_refused(data_dir: DataDir, tmp_path: Path) -> None:
    with sqlite3.connect(data_dir.database) as connection:
        connection.execute("PRAGMA user_version = 4000")
    connection.close()
    path = tmp_path / "newer.tar.gz"
    write(Source.of(data_dir), path)
    fresh = DataDir(tmp_path / "fresh")
    fresh.root.mkdir()
    with (
        pytest.raises(DatabaseTooNewError, match=r"version 4000 .* Install a newer stagent"),
        staged(path, fresh),
    ):
        pass


def test_an_older_database_is_migrated(tmp_path: Path) -> None:
    old = DataDir(tmp_path / "old")
    old.root.mkdir()
    database = Database(old.database)
    migrate(database, old.backups, MIGRATIONS[:1])
    database.write(
        Statement(
            "INSERT INTO projects (id, name, status, created_at, updated_at) VALUES ('p', 'Old', 'active', 1, 1)",
            (),
        )
    )
    database.close()
    path = tmp_path / "older.tar.gz"
    assert write(Source.of(old), path).schema == 1
    with staged(path, old) as backup:
        assert backup.changes is not None
        put_in_place(backup, old)
    database = Database(old.database)
    assert version(database) == MIGRATIONS[-1].number
    assert database.rows("SELECT name FROM projects") == [("Old",)]
    database.close()
