"""The data folder: where it is, and that only its owner may look."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from storage.errors import DataDirError
from storage.paths import DataDir, find_data_dir


def test_the_chosen_folder_comes_first_then_the_variable_then_the_systems_place(tmp_path: Path) -> None:
    variable = {"STAGENT_DATA_DIR": str(tmp_path / "variable")}
    assert find_data_dir(tmp_path / "chosen", variable).root == tmp_path / "chosen"
    assert find_data_dir(None, variable).root == tmp_path / "variable"
    assert find_data_dir(None, {}).root.name == "stagent"
    assert find_data_dir("relative", {}).root.is_absolute()
    assert find_data_dir("~/x", {}).root == Path.home() / "x"


def test_a_new_folder_is_closed_to_others(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path / "a" / "b")
    data_dir.prepare()
    assert stat.S_IMODE(data_dir.root.stat().st_mode) == 0o700
    assert list(data_dir.root.iterdir()) == []


def test_an_open_folder_is_closed(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    DataDir(tmp_path / "open").prepare()
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o700


def test_a_file_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirError, match="file"):
        DataDir(tmp_path / "file").prepare()
    with pytest.raises(DataDirError, match="--data-dir"):
        DataDir(tmp_path / "file" / "below").prepare()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    os.chown(tmp_path / "theirs", 12345, 12345)
    with pytest.raises(DataDirError, match="another user"):
        DataDir(tmp_path / "theirs").prepare()


def test_a_folder_that_cannot_be_written_to_is_refused() -> None:
    with pytest.raises(DataDirError, match="/proc"):
        DataDir(Path("/proc/self")).prepare()
