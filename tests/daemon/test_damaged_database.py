"""A database that cannot be read: the daemon says so, keeps it, names the newest backup, and starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storage import upkeep
from storage.database import Database
from storage.paths import DataDir
from tests.api import CONVERSATIONS
from tests.conftest import StartDaemon
from tests.daemon.commands.running import stagent
from tests.storage.filled import files


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


def notes(data_dir: DataDir) -> list[upkeep.UpkeepNote]:
    database = Database(data_dir.database)
    found = upkeep.recent(database, 10, "damaged")
    database.close()
    return found


@pytest.mark.parametrize("damage", [no_database, broken_schema, broken_pages])
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
