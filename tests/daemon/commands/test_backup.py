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
    again = discovery.find(data_dir)
    assert again is not None, "it ran before, so it runs again"
    assert f"runs in the background now, at {again.url}" in done.stderr
    assert stagent(data_dir.root, "stop").returncode == 0
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


def test_a_restore_tells_which_programs_it_brings(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    root = daemon.data_dir.root
    program = {"command": "sh", "args": ["-c", "true \x1b[2J"], "env": {"A": "secret"}}
    daemon.client.patch(
        "/api/settings", {"mcpServers": {"git": program, "web": {"url": "http://127.0.0.1:9"}}}
    )
    assert stagent(root, "backup").returncode == 0
    [archive] = daemon.data_dir.backups.iterdir()
    shown = stagent(root, "restore", "--dry-run", str(archive)).stdout
    assert "It brings the MCP server git: sh -c true \\x1b[2J (with A)\n" in shown
    assert "It brings the MCP server web: http://127.0.0.1:9\n" in shown
    assert "secret" not in shown


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
    terminal.wait_for("only there")  # what would change
    terminal.wait_for(f"Restore it? The daemon (process {daemon.pid}) ends for this")
    terminal.type("n\r")
    assert terminal.end() == 130
    assert sorted(map(str, titles(daemon))) == ["after the backup", "kept"]

    with api.send(conversation, "run true") as stream:
        request = stream.until("permission_request")
        terminal = Terminal(root, environment, tmp_path, "restore", str(archive))
        terminal.wait_for("Restore it?")
        terminal.type("y\r")
        terminal.wait_for("ends as soon as no agent works")
        assert api.respond(conversation, request["requestId"], "allow")["stale"] is False
        assert stream.end()["type"] == "done"
    assert daemon.wait() == 0
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


def test_a_damaged_archive_ends_no_daemon_and_asks_nothing(start_daemon: StartDaemon, tmp_path: Path) -> None:
    daemon = start_daemon()
    daemon.client.new(title="kept")
    root = daemon.data_dir.root
    damaged = tmp_path / "damaged.tar.gz"
    assert stagent(root, "backup", str(damaged)).returncode == 0
    raw = bytearray(damaged.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    damaged.write_bytes(raw)
    refused = stagent(root, "restore", "--yes", str(damaged))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "is damaged" in refused.stderr
    environment = clean_environment(tmp_path / "home", STAGENT_PORT="0", TERM="xterm")
    terminal = Terminal(root, environment, tmp_path, "restore", str(damaged))
    assert terminal.end() == 1
    assert "?" not in terminal.screen
    assert daemon.process.poll() is None
    assert titles(daemon) == ["kept"]
    assert not list(root.glob(".restore-*"))


def test_a_daemon_comes_back_after_a_restore_that_fails(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    daemon.client.new(title="kept")
    data_dir = daemon.data_dir
    assert stagent(data_dir.root, "backup").returncode == 0
    [archive] = data_dir.backups.iterdir()
    daemon.client.new(title="newer")
    # What is to be moved is noted down in this file, which cannot be written so.
    (data_dir.root / ".restoring").symlink_to(data_dir.root / "nowhere/at-all")
    failed = stagent(data_dir.root, "restore", "--yes", str(archive))
    assert failed.returncode == 1
    assert "cannot be written to" in failed.stderr
    assert daemon.wait() == 0
    again = discovery.find(data_dir)
    assert again is not None
    assert f"runs in the background now, at {again.url}" in failed.stderr
    assert stagent(data_dir.root, "export").stdout.count('"newer"') == 1
    assert stagent(data_dir.root, "stop").returncode == 0


def test_a_daemon_that_does_not_come_back_is_told_of(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    daemon.client.new(title="kept")
    root = daemon.data_dir.root
    daemon.data_dir.settings.write_text("{")  # it is in the backup too, and no daemon starts with it
    assert stagent(root, "backup").returncode == 0
    [archive] = daemon.data_dir.backups.iterdir()
    done = stagent(root, "restore", "--yes", str(archive))
    assert done.returncode == 0, done.stderr
    assert "Restored." in done.stdout
    assert daemon.wait() == 0
    assert "has ended and does not start again" in done.stderr
    assert done.stderr.endswith("`stagent serve` starts it.\n")
    assert discovery.find(daemon.data_dir) is None


def test_who_breaks_off_the_wait_is_told_that_the_daemon_still_ends(
    start_daemon: StartDaemon, tmp_path: Path
) -> None:
    daemon = start_daemon()
    api, root = daemon.client, daemon.data_dir.root
    conversation = api.new()
    assert stagent(root, "backup").returncode == 0
    [archive] = daemon.data_dir.backups.iterdir()
    environment = clean_environment(tmp_path / "home", STAGENT_PORT="0", TERM="xterm")
    with api.send(conversation, "run true") as stream:
        request = stream.until("permission_request")
        terminal = Terminal(root, environment, tmp_path, "restore", "--yes", str(archive))
        terminal.wait_for("ends as soon as no agent works")
        terminal.type("\x03")
        terminal.wait_for(f"(process {daemon.pid}) still runs")
        assert terminal.end() == 130
        api.respond(conversation, request["requestId"], "allow")
        assert stream.end()["type"] == "done"
    assert daemon.stop() == 0
    assert not list(root.glob("replaced-*"))


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
