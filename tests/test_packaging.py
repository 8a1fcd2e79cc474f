"""What a person installs: everything the program needs, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from zipfile import ZipFile

import pytest

from daemon.version import VERSION
from tests.daemon_process import REPOSITORY, clean_environment

DEADLINE_S = 120
FOLDERS = ("actors", "daemon", "desktop", "storage")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what git would give a newcomer."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in FOLDERS:
        shutil.copytree(REPOSITORY / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, source / name)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--no-deps",
            "--no-build-isolation",
            "--wheel-dir",
            folder,
            source,
        ],
        check=True,
        capture_output=True,
        timeout=DEADLINE_S,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_four_folders_and_nothing_else(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {*FOLDERS, f"stagent-{VERSION}.dist-info"}
    for folder in FOLDERS:
        sources = {str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / folder).rglob("*.py")}
        assert sources <= set(names)


def test_the_page_is_in_the_wheel_as_a_whole(wheel: Path) -> None:
    page = REPOSITORY / "desktop/web"
    files = {
        str(path.relative_to(REPOSITORY))
        for path in page.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert files <= set(ZipFile(wheel).namelist())


def test_the_wheel_runs_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    environment = {**clean_environment(tmp_path), "PYTHONPATH": str(tmp_path / "installed")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "daemon", "--version"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )
    assert done.stdout == f"stagent, version {VERSION}\n", done.stderr


def test_dependencies_are_named_once_and_in_order() -> None:
    config = ConfigParser()
    config.read(REPOSITORY / "setup.cfg")
    groups = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    for group in groups:
        names = [line.split()[0] for line in group.strip().splitlines()]
        assert names == sorted(set(names), key=str.lower)
