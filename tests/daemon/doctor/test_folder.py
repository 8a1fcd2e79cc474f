"""The doctor looks at the data folder."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from daemon.doctor import folder
from tests.daemon.doctor.patients import patient, states


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_folder_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    assert states(folder.check, patient(tmp_path / "new")) == {"data_dir": "ok"}
    assert not (tmp_path / "new").exists()


def test_a_file_in_its_place_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert states(folder.check, patient(tmp_path / "file")) == {"data_dir": "problem"}


@pytest.mark.skipif(sys.platform == "win32", reason="rights are other ones there")
def test_what_others_can_read_is_named(tmp_path: Path) -> None:
    who = patient(tmp_path / "data")
    who.data_dir.root.mkdir(mode=0o700)
    who.data_dir.token.touch(mode=0o644)
    assert states(folder.check, who)["data_dir"] == "ok"
    assert "data_files" not in states(folder.check, who)  # nobody gets through the folder
    who.data_dir.root.chmod(0o755)
    assert states(folder.check, who)["data_dir"] == "warning"
    assert states(folder.check, who)["data_files"] == "problem"


@pytest.mark.parametrize(("free", "state"), [(10**10, "ok"), (5 * 10**8, "warning"), (10**7, "problem")])
def test_little_space_is_told(free: int, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_usage(_path: Any) -> Usage:
        return Usage(10**11, 10**11 - free, free)

    monkeypatch.setattr(shutil, "disk_usage", disk_usage)
    assert states(folder.check, patient(tmp_path))["free_space"] == state


def test_it_says_what_takes_how_much(tmp_path: Path) -> None:
    who = patient(tmp_path)
    who.data_dir.logs.mkdir()
    (who.data_dir.logs / "daemon.jsonl").write_bytes(b"x" * 5_000_000)
    (kept,) = [finding for finding in folder.check(who) if finding.check == "kept"]
    assert "logs 5 MB" in kept.message
