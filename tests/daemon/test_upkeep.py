"""What the daemon does by itself: a real daemon that waits for nothing before it begins."""

from __future__ import annotations

import time
from pathlib import Path

from daemon.settings import Settings
from storage import upkeep
from storage.database import Database
from storage.migrations import migrate
from storage.paths import DataDir
from storage.statements import Statement
from storage.times import now_ms
from storage.upkeep import Kind, UpkeepNote
from tests.api import CONVERSATIONS
from tests.conftest import StartDaemon
from tests.storage.filled import files

DEADLINE_S = 60.0
AT_ONCE = {"STAGENT_UPKEEP_DELAY_SECONDS": "0"}
DAY_MS = 24 * 3600 * 1000


def wait_for(data_dir: DataDir, kind: Kind) -> UpkeepNote:
    """The first note of a kind, as soon as there is one."""
    database = Database(data_dir.database)
    deadline = time.monotonic() + DEADLINE_S
    while not (found := upkeep.recent(database, 1, kind)):
        assert time.monotonic() < deadline, f"no {kind}"
    database.close()
    return found[0]


def test_everything_is_backed_up_daily_and_old_backups_go(start_daemon: StartDaemon) -> None:
    daemon = start_daemon(STAGENT_UPKEEP_DELAY_SECONDS="3600")
    data_dir = daemon.data_dir
    daemon.client.new(title="kept")
    daemon.stop()
    data_dir.backups.mkdir()
    old = [data_dir.backups / f"daily-2025010{day}T000000000Z.tar.gz" for day in range(1, 6)]
    for path in old:
        path.write_text("old")
    daemon = start_daemon(STAGENT_BACKUPS_KEPT="3", **AT_ONCE)
    note = wait_for(data_dir, "backup")
    assert not note.is_problem
    left = sorted(data_dir.backups.iterdir())
    assert left[:2] == old[3:]
    assert len(left) == 3
    assert str(left[2]) in note.note
    daemon.stop()
    daemon = start_daemon(STAGENT_ARCHIVED_DAYS_KEPT="1", **AT_ONCE)  # not a second one on the same day
    daemon.client.get("/api/settings")
    daemon.stop()
    assert sorted(data_dir.backups.iterdir()) == left


def test_an_empty_store_pushes_no_backup_out(start_daemon: StartDaemon) -> None:
    daemon = start_daemon(STAGENT_ARCHIVED_DAYS_KEPT="1", **AT_ONCE)
    conversation = daemon.client.new()
    daemon.client.patch(f"{CONVERSATIONS}/{conversation}", {"status": "archived"})
    daemon.stop()
    make_older(daemon.data_dir, conversation, days=2)
    daemon = start_daemon(STAGENT_BACKUP_DAILY="false", STAGENT_ARCHIVED_DAYS_KEPT="1", **AT_ONCE)
    wait_for(daemon.data_dir, "retention")
    daemon.stop()
    daemon = start_daemon(**AT_ONCE)
    daemon.stop()
    assert not list(daemon.data_dir.backups.glob("*"))


def make_older(data_dir: DataDir, conversation: str, days: int) -> None:
    database = Database(data_dir.database)
    at = now_ms() - days * DAY_MS
    database.write(Statement("UPDATE conversations SET updated_at = ? WHERE id = ?", (at, conversation)))
    database.close()


def test_what_was_archived_long_ago_leaves_with_its_documents(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    data_dir, api = daemon.data_dir, daemon.client
    uploads = [
        api.request("POST", "/api/documents", files={"file": (f"{n}.txt", b"text %d" % n)}).json()[0]["id"]
        for n in range(2)
    ]
    old, recent, active = (api.new(title=title) for title in ("old", "recent", "active"))
    for conversation, document in ((old, uploads[0]), (recent, uploads[1]), (active, uploads[1])):
        api.ask(conversation, "help", attachments=[document])
    for conversation in (old, recent):
        api.patch(f"{CONVERSATIONS}/{conversation}", {"status": "archived"})
    daemon.stop()
    for conversation, days in ((old, 31), (recent, 29), (active, 400)):
        make_older(data_dir, conversation, days)

    daemon = start_daemon(STAGENT_UPKEEP_DELAY_SECONDS="0")
    wait_for(data_dir, "backup")
    assert len(daemon.client.get(CONVERSATIONS)) == 3  # off by default
    daemon.stop()

    daemon = start_daemon(STAGENT_ARCHIVED_DAYS_KEPT="30", **AT_ONCE)
    note = wait_for(data_dir, "retention")
    assert note.note == "Removed 1 conversations archived more than 30 days ago, with 1 documents."
    assert {one["title"] for one in daemon.client.get(CONVERSATIONS)} == {"recent", "active"}
    daemon.stop()
    assert note.note in daemon.errors
    assert set(files(data_dir.documents)) == {f"{uploads[1]}/file"}


def test_empty_space_goes_back_to_the_disk(start_daemon: StartDaemon, tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path / "data")
    data_dir.root.mkdir(mode=0o700)
    database = Database(data_dir.database)
    migrate(database, data_dir.backups)
    insert = "INSERT INTO document_texts (document_id, name, text) VALUES (?, 'x', ?)"
    document = "INSERT INTO documents (id, name, media_type, size_bytes, sha256, origin, state, created_at, updated_at) VALUES (?, 'x', 'y', 1, 'z', 'upload', 'ready', 1, 1)"
    for number in range(30):
        database.write(
            Statement(document, (f"{number}",)), Statement(insert, (f"{number}", f"{number} " * 300_000))
        )
    database.write(Statement("DELETE FROM documents", ()))
    database.close()
    before = data_dir.database.stat().st_size
    daemon = start_daemon(**AT_ONCE)
    note = wait_for(data_dir, "vacuum")
    assert note.note.startswith("Gave ")
    daemon.stop()
    assert data_dir.database.stat().st_size < before / 2


def test_a_backup_under_way_does_not_hold_up_the_end(start_daemon: StartDaemon, tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path / "data")
    data_dir.root.mkdir(mode=0o700)
    database = Database(data_dir.database)
    migrate(database, data_dir.backups)
    database.write(Statement("CREATE TABLE filling (data BLOB)", ()))
    for _ in range(60):
        database.write(Statement("INSERT INTO filling VALUES (randomblob(2000000))", ()))
    database.write(
        Statement(
            "INSERT INTO projects (id, name, status, created_at, updated_at) VALUES ('p', 'P', 'active', 1, 1)",
            (),
        )
    )
    database.close()
    daemon = start_daemon(**AT_ONCE)
    deadline = time.monotonic() + DEADLINE_S
    while not list(data_dir.backups.glob(".partial-*")):
        assert time.monotonic() < deadline
    assert daemon.stop() == 0
    assert not list(data_dir.backups.iterdir())


def test_the_settings_say_what_happens_by_itself() -> None:
    assert (Settings().backup_daily, Settings().backups_kept, Settings().archived_days_kept) == (
        True,
        7,
        None,
    )
