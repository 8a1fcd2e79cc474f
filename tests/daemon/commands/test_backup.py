"""`stagent backup` and `stagent restore`, with a daemon that runs and without one."""

from __future__ import annotations

import re
from pathlib import Path

from daemon import discovery
from daemon.credential import read_token
from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon.commands.running import stagent
from tests.daemon.commands.terminal import Terminal
from tests.daemon_process import DaemonProcess, clean_environment
from tests.storage.filled import files, rows


def titles(daemon: DaemonProcess) -> list[str | None]:
    return [one["title"] for one in daemon.client.get(CONVERSATIONS)]


def test_a_backup_of_a_running_daemon_comes_back(start_daemon: StartDaemon, tmp_path: Path) -> None:
    daemon = start_daemon()
    data_dir = daemon.data_dir
    api = daemon.client
    api.ask(api.new(title="kept"), "help")
    uploaded = api.request("POST", "/api/documents", files={"file": ("a.txt", b"a document")}).json()[0]
    api.patch("/api/settings", {"maxSteps": 11})
    saved = stagent(data_dir.root, "backup", str(tmp_path / "saved.tar.gz"))
    assert saved.returncode == 0, saved.stderr
    assert (
        re.match(r"Saved in .*saved\.tar\.gz \(4 files, \d\.\d MB\)\.\n", saved.stdout)
        or "(3 files" in saved.stdout
    )
    daemon.stop()
    before, documents = rows(data_dir.database), files(data_dir.documents)

    daemon = start_daemon()
    daemon.client.new(title="after the backup")
    daemon.client.delete(f"/api/documents/{uploaded['id']}")
    daemon.client.patch("/api/settings", {"maxSteps": 12})
    refused = stagent(data_dir.root, "restore", str(tmp_path / "saved.tar.gz"))
    assert refused.returncode == 1
    assert "--yes" in refused.stderr
    assert "after the backup" in titles(daemon)

    done = stagent(data_dir.root, "restore", "--yes", str(tmp_path / "saved.tar.gz"))
    assert done.returncode == 0, done.stderr
    assert daemon.wait() == 0
    assert "Restored. What was there before is in" in done.stdout
    assert "start it again with `stagent serve`" in done.stderr
    assert rows(data_dir.database) == before
    assert files(data_dir.documents) == documents
    daemon = start_daemon()
    assert titles(daemon) == ["kept"]
    assert daemon.client.get("/api/settings")["maxSteps"] == 11
    assert daemon.client.request("GET", uploaded["originalUrl"]).content == b"a document"


def test_a_dry_run_shows_what_would_change_and_changes_nothing(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    daemon.client.new(title="kept")
    root = daemon.data_dir.root
    assert stagent(root, "backup").returncode == 0
    [archive] = daemon.data_dir.backups.iterdir()
    daemon.client.new(title="newer")
    shown = stagent(root, "restore", "--dry-run", str(archive))
    assert shown.returncode == 0, shown.stderr
    # here, in the backup, only here, only there, newer here, newer there
    assert re.search(r"conversations +2 +1 +1 +0 +0 +0", shown.stdout)
    assert shown.stdout.endswith("Nothing was changed.\n")
    assert sorted(map(str, titles(daemon))) == ["kept", "newer"]
    assert not list(root.glob(".restore-*"))


def test_a_daemon_on_demand_comes_back_after_a_restore(start_daemon: StartDaemon) -> None:
    daemon = start_daemon(args=("--started-by", "demand"))
    root = daemon.data_dir.root
    daemon.client.new(title="kept")
    assert stagent(root, "backup").returncode == 0
    [archive] = daemon.data_dir.backups.iterdir()
    done = stagent(root, "restore", "-y", str(archive))
    assert done.returncode == 0, done.stderr
    assert daemon.wait() == 0
    assert stagent(root, "status").returncode == 0
    assert stagent(root, "stop").returncode == 0


def test_who_sits_at_the_terminal_is_asked_and_the_turn_that_runs_is_waited_for(
    start_daemon: StartDaemon, tmp_path: Path
) -> None:
    daemon = start_daemon(args=("--started-by", "demand"))
    root, api = daemon.data_dir.root, daemon.client
    conversation = api.new(title="kept")
    assert stagent(root, "backup").returncode == 0
    [archive] = daemon.data_dir.backups.iterdir()
    api.new(title="after the backup")
    environment = clean_environment(tmp_path / "home", STAGENT_PORT="0", TERM="xterm")
    terminal = Terminal(root, environment, tmp_path, "restore", str(archive))
    terminal.wait_for("End it?")
    terminal.type("n\r")
    assert terminal.end() == 130
    assert sorted(map(str, titles(daemon))) == ["after the backup", "kept"]

    with api.send(conversation, "run true") as stream:
        request = stream.until("permission_request")
        terminal = Terminal(root, environment, tmp_path, "restore", str(archive))
        terminal.wait_for("End it?")
        terminal.type("y\r")
        terminal.wait_for("ends as soon as no agent works")
        assert api.respond(conversation, request["requestId"], "allow")["stale"] is False
        assert stream.end()["type"] == "done"
    terminal.wait_for("Restore it?")
    assert daemon.wait() == 0
    terminal.type("y\r")
    terminal.wait_for("Restored.")
    assert terminal.end() == 0
    found = discovery.find(daemon.data_dir)
    assert found is not None, "it ran before, so it runs again"
    again = Api(found.url, read_token(daemon.data_dir))
    try:
        assert [one["title"] for one in again.get(CONVERSATIONS)] == ["kept"]
    finally:
        again.close()
        assert stagent(root, "stop").returncode == 0


def test_what_is_no_backup_is_refused_in_one_line(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (tmp_path / "notes.txt").write_text("not an archive")
    refused = stagent(root, "restore", "--yes", str(tmp_path / "notes.txt"))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Error: ")
    assert "is damaged or no backup" in refused.stderr
    nothing = stagent(root, "backup")
    assert nothing.returncode == 1
    assert "There is nothing to save" in nothing.stderr
