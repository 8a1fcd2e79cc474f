"""The PATH of the login shell, asked of real shells."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.service import login_shell
from daemon.service.login_shell import login_path


def shell(folder: Path, script: str) -> str:
    """A login shell of somebody's making."""
    path = folder / "shell"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_what_the_login_files_add_is_found_among_what_they_print(tmp_path: Path) -> None:
    (tmp_path / ".profile").write_text('echo "Welcome back"\nPATH="/opt/my tools:$PATH"\n')
    environment = {"HOME": str(tmp_path), "SHELL": "/bin/sh", "PATH": "/only/here"}
    found = login_path(environment)
    assert found.startswith("/opt/my tools:")
    assert "/only/here" not in found


@pytest.mark.parametrize("script", ["exit 1", "echo nothing of use", "exec /nowhere"])
def test_a_shell_that_does_not_tell_leaves_the_present_path(tmp_path: Path, script: str) -> None:
    environment = {"HOME": str(tmp_path), "SHELL": shell(tmp_path, script), "PATH": "/here"}
    assert login_path(environment) == "/here"


def test_a_shell_that_waits_for_ever_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_shell, "TIMEOUT_S", 0.2)
    environment = {"HOME": str(tmp_path), "SHELL": shell(tmp_path, "exec sleep 60"), "PATH": "/here"}
    assert login_path(environment) == "/here"


def test_without_a_shell_the_present_path_holds() -> None:
    assert login_path({"PATH": "/here"}) == "/here"
    assert login_path({"PATH": "/here", "SHELL": "/no/such/shell"}) == "/here"
