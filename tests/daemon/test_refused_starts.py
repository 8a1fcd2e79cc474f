"""What keeps a daemon from starting is named, and left alone."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from storage.paths import DataDir
from tests.conftest import StartDaemon
from tests.daemon_process import REPOSITORY, DaemonProcess, clean_environment


def start_failing(data_dir: Path, *args: str) -> str:
    """What a daemon that cannot start says; its status is 1 and it says one line."""
    home = data_dir.parent / "home"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "daemon", "--data-dir", str(data_dir), "serve", "--port", "0", *args],
        env=clean_environment(home),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("Error: ")
    return last


def test_a_second_daemon_says_who_runs(daemon: DaemonProcess) -> None:
    said = start_failing(daemon.data_dir.root)
    assert daemon.url in said
    assert str(daemon.process.pid) in said


def test_a_port_in_use_is_named(daemon: DaemonProcess, tmp_path: Path) -> None:
    port = daemon.url.rpartition(":")[2]
    said = start_failing(tmp_path / "other", "--port", port)
    assert port in said
    assert "--port" in said


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path / "data")
    data_dir.prepare()
    with sqlite3.connect(data_dir.database) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    before = data_dir.database.read_bytes()
    assert "9999" in start_failing(data_dir.root)
    assert data_dir.database.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "content"), [("settings.json", b"{"), ("settings.json", b'{"port": "x"}')]
)  # fmt: skip
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    data_dir = DataDir(tmp_path / "data")
    data_dir.prepare()
    (data_dir.root / name).write_bytes(content)
    assert name in start_failing(data_dir.root)
    assert (data_dir.root / name).read_bytes() == content


def test_a_file_in_place_of_the_data_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_text("a file")
    assert str(path) in start_failing(path)


@pytest.mark.skipif(os.name != "posix", reason="rights are the POSIX ones")
def test_a_data_folder_that_is_open_to_others_is_closed(start_daemon: StartDaemon, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    start_daemon(data)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
