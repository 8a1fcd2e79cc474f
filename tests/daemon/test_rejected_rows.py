"""Rows that the database never takes: they fail the turn that they belong to, and nobody else waits for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database
from storage.migrations import migrate
from storage.paths import DataDir
from storage.statements import Statement
from tests.api import CONVERSATIONS
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess

POISON = "poisonous"


@pytest.fixture
def daemon(tmp_path: Path, start_daemon: StartDaemon) -> DaemonProcess:
    """A daemon whose database takes no step of an agent that holds a certain word."""
    data_dir = DataDir(tmp_path / "data")
    data_dir.root.mkdir(mode=0o700)
    database = Database(data_dir.database)
    migrate(database, data_dir.backups)
    when = f"new.role <> 'user' AND new.blocks LIKE '%{POISON}%'"
    database.write(
        Statement(
            f"CREATE TRIGGER refusal BEFORE INSERT ON steps WHEN {when} "
            "BEGIN SELECT raise(ABORT, 'never'); END",
            (),
        )
    )
    database.close()
    return start_daemon()


def test_a_row_that_is_rejected_is_lost_and_the_conversation_goes_on(daemon: DaemonProcess) -> None:
    api = daemon.client
    conversation = api.new()
    failed = api.ask(conversation, f"read {POISON}.txt")
    assert failed.seen[-1]["type"] == "error", failed.seen
    assert api.ask(conversation, "help").seen[-1]["type"] == "done"
    assert api.ask(api.new(), "help").seen[-1]["type"] == "done"
    assert api.get(f"{CONVERSATIONS}/{conversation}")["turn"] == "idle"
    daemon.stop()
    database = Database(daemon.data_dir.database)
    statuses = database.rows("SELECT status FROM turns ORDER BY rowid")
    database.close()
    assert [status for (status,) in statuses] == ["error", "complete", "complete"]
    assert "a row of conversation" in daemon.errors
