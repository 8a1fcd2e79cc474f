"""The doctor looks at what is around the daemon: port, programs, other packages, MCP servers, the window."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from actors.mcp.config import ServerEntry
from daemon.doctor import mcp, names, programs, running, window
from daemon.settings import Settings
from tests.daemon.doctor.patients import patient, states


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        who = patient(tmp_path, settings=Settings(port=taken.getsockname()[1]))
        assert states(running.check, who)["port"] == "problem"
    assert states(running.check, patient(tmp_path, settings=Settings(port=0)))["port"] == "ok"


def test_wrong_settings_are_told_in_their_own_words(tmp_path: Path) -> None:
    who = patient(tmp_path, settings=None, settings_problem="maxSteps is wrong.")
    found = list(running.check(who))
    assert (found[0].check, found[0].state, found[0].message) == ("settings", "problem", "maxSteps is wrong.")


@pytest.mark.skipif(sys.platform == "win32", reason="login shells are of POSIX systems")
def test_what_the_login_shell_finds_and_the_daemon_does_not(tmp_path: Path) -> None:
    shell = tmp_path / "shell"
    shell.write_text('#!/bin/sh\nPATH="$PATH:/opt/of/the/shell"\nexport PATH\nshift 2\neval "$1"\n')
    shell.chmod(0o755)
    found = {
        one.check: one
        for one in programs.check(
            patient(tmp_path, environment={"PATH": os.environ["PATH"], "SHELL": str(shell)})
        )
    }
    assert found["ripgrep"].state == "ok"
    assert found["path"].state == "warning"
    assert "/opt/of/the/shell" in found["path"].message
    without = states(programs.check, patient(tmp_path, environment={"PATH": str(tmp_path)}))
    assert (without["git"], without["path"]) == ("warning", "ok")


def test_packages_and_folders_with_our_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert states(names.check, patient(tmp_path)) == {"names": "ok"}
    (tmp_path / "storage").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert states(names.check, patient(tmp_path)) == {"names": "ok"}, "a folder without Python in it"
    (tmp_path / "storage/__init__.py").touch()
    assert states(names.check, patient(tmp_path)) == {"names": "warning"}
    other = tmp_path / "other-1.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (other / "top_level.txt").write_text("daemon\n")
    (other / "RECORD").write_text("daemon/__init__.py,,\n")
    found = [one for one in names.check(patient(tmp_path)) if one.state == "problem"]
    assert len(found) == 1
    assert "other brings a package `daemon`" in found[0].message


def test_mcp_servers_without_a_daemon(tmp_path: Path) -> None:
    servers = {
        "there": ServerEntry(command=sys.executable),
        "gone": ServerEntry(command="no-such-program", env={"SOME_KEY": "secret"}),
        "off": ServerEntry(command="no-such-program", enabled=False),
        "far": ServerEntry(url="https://example.com/mcp"),
    }
    found = list(mcp.check(patient(tmp_path, settings=Settings(mcp_servers=servers))))
    assert [one.state for one in found] == ["ok", "problem", "ok", "ok"]
    assert "secret" not in str(found)
    assert states(mcp.check, patient(tmp_path)) == {"mcp": "ok"}


def test_a_window_needs_a_display(tmp_path: Path) -> None:
    (without,) = window.check(patient(tmp_path))
    (with_one,) = window.check(patient(tmp_path, environment={"DISPLAY": ":1"}))
    if sys.platform == "linux":
        assert "no display" in without.message
        assert "display" not in with_one.message
    assert "problem" not in {without.state, with_one.state}
