"""A database that cannot be read: the daemon says so, keeps it, names the newest backup, and starts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import upkeep
from storage.database import Database
from storage.paths import DataDir
from tests.api import CONVERSATIONS
from tests.conftest import StartDaemon, needs_program
from tests.daemon.commands.running import stagent
from tests.storage.filled import files

posix = pytest.mark.skipif(os.name != "posix", reason="rights are other ones there")


def no_database(path: Path) -> None:
    path.write_bytes(b"rubbish" * 1000)


def broken_schema(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[100:4096] = b"\xff" * 3996
    path.write_bytes(raw)


def broken_pages(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    for start in range(len(raw) // 2 // 4096 * 4096, len(raw), 4096):
        raw[start : start + 200] = b"\xff" * 200
    path.write_bytes(raw)


def wrong_header(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[:16] = b"SQLite format 2\0"
    path.write_bytes(raw)


def cut_off(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2 + 100])


def zeroed_pages(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    half = len(raw) // 2 // 4096 * 4096
    raw[half:] = bytes(len(raw) - half)
    path.write_bytes(raw)


def all_zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def notes(data_dir: DataDir) -> list[upkeep.UpkeepNote]:
    database = Database(data_dir.database)
    found = upkeep.recent(database, 10, "damaged")
    database.close()
    return found


DAMAGES = (
    no_database, broken_schema, broken_pages, wrong_header, cut_off, zeroed_pages, all_zero, empty,
)  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_kept_and_the_backup_offered(
    start_daemon: StartDaemon, damage: Callable[[Path], None], tmp_path: Path
) -> None:
    daemon = start_daemon()
    data_dir = daemon.data_dir
    daemon.client.new(title="kept")
    daemon.client.request("POST", "/api/documents", files={"file": ("a.txt", b"a document")})
    saved = stagent(data_dir.root, "backup")
    assert saved.returncode == 0, saved.stderr
    [archive] = data_dir.backups.iterdir()
    documents = files(data_dir.documents)
    daemon.stop()
    damage(data_dir.database)
    (data_dir.root / "stagent.db-wal").write_bytes(b"not empty")
    raw = data_dir.database.read_bytes()

    daemon = start_daemon()
    assert daemon.client.get(CONVERSATIONS) == []
    daemon.stop()
    [aside] = data_dir.root.glob("damaged-*")
    assert (aside / "stagent.db").read_bytes() == raw
    assert files(aside / "documents") == documents
    assert f"stagent restore {archive}" in daemon.errors
    [note] = notes(data_dir)
    assert note.is_problem
    assert str(aside) in note.note

    restored = stagent(data_dir.root, "restore", "--yes", str(archive))
    assert restored.returncode == 0, restored.stderr
    daemon = start_daemon()
    assert [one["title"] for one in daemon.client.get(CONVERSATIONS)] == ["kept"]
    assert files(data_dir.documents) == documents


def test_a_sound_database_stays_after_a_crash(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    daemon.client.new(title="kept")
    daemon.kill()
    daemon = start_daemon()
    assert [one["title"] for one in daemon.client.get(CONVERSATIONS)] == ["kept"]
    assert not list(daemon.data_dir.root.glob("damaged-*"))


def test_a_database_that_is_gone_takes_no_documents_with_it(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    data_dir = daemon.data_dir
    daemon.client.request("POST", "/api/documents", files={"file": ("a.txt", b"a document")})
    documents = files(data_dir.documents)
    daemon.stop()
    data_dir.database.unlink()
    daemon = start_daemon()
    assert daemon.client.get("/api/documents") == []
    [aside] = data_dir.root.glob("damaged-*")
    assert files(aside / "documents") == documents
    assert "is gone or empty" in daemon.errors


def test_a_log_of_writes_that_is_gone_costs_what_was_in_it_and_nothing_else(
    start_daemon: StartDaemon,
) -> None:
    daemon = start_daemon()
    daemon.client.new(title="kept")
    daemon.stop()
    daemon = start_daemon()
    daemon.client.new(title="in the log")
    daemon.kill()
    Path(f"{daemon.data_dir.database}-wal").unlink()
    daemon = start_daemon()
    assert "kept" in [one["title"] for one in daemon.client.get(CONVERSATIONS)]
    assert not list(daemon.data_dir.root.glob("damaged-*"))


def test_a_folder_in_its_place_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data/stagent.db").mkdir(parents=True)
    refused = stagent(tmp_path / "data", "serve")
    assert refused.returncode == 1
    assert "stagent.db" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (tmp_path / "data/stagent.db").is_dir()


@pytest.fixture
def as_anybody() -> tuple[str, ...]:
    """What starts a program that rights hold for: of root's process, all that root has more than others is taken."""
    return () if os.geteuid() else (needs_program("setpriv", "util-linux"), "--bounding-set=-all")


@posix
def test_a_database_that_may_not_be_read_is_named_and_left_alone(
    start_daemon: StartDaemon, as_anybody: tuple[str, ...]
) -> None:
    daemon = start_daemon()
    daemon.client.new(title="kept")
    daemon.stop()
    daemon.data_dir.database.chmod(0)
    refused = stagent(daemon.data_dir.root, "serve", prefix=as_anybody)
    assert refused.returncode == 1
    assert str(daemon.data_dir.database) in refused.stderr
    assert "Mend the rights" in refused.stderr
    daemon.data_dir.database.chmod(0o600)
    daemon = start_daemon()
    assert [one["title"] for one in daemon.client.get(CONVERSATIONS)] == ["kept"]


@posix
def test_a_data_folder_that_may_not_be_entered_is_named_in_one_line(
    tmp_path: Path, as_anybody: tuple[str, ...]
) -> None:
    closed = tmp_path / "closed"
    (closed / "data").mkdir(parents=True)
    closed.chmod(0)
    try:
        refused = [
            stagent(tmp_path / "other", command, "--data-dir", str(closed / "data"), prefix=as_anybody)
            for command in ("serve", "status", "doctor", "backup", "log-level")
        ]
    finally:
        closed.chmod(0o700)
    assert [one.returncode for one in refused] == [1, 3, 1, 1, 1]
    for one in refused:
        assert str(closed / "data") in one.stdout + one.stderr
        assert "Traceback" not in one.stderr
    assert not list((closed / "data").iterdir())
