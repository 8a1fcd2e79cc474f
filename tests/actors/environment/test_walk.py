"""The walk: every file is counted once, within its bounds, and no link is followed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from actors.environment.walk import CHECKED_EVERY, MAX_DEPTH, MAX_MANIFESTS, Walk, Walked
from tests.actors.environment.conftest import Folder
from tests.actors.tools.context import without_privileges


def walk(project: Folder, **bounds: float) -> Walked:
    return Walk(project.root, project.problems, lambda: False, **bounds).run()  # type: ignore[arg-type]


def test_files_are_counted_by_their_ending(project: Folder) -> None:
    for name in ("a.py", "b/c.PY", "b/d/e.rs", ".hidden", "README"):
        project.write(name)
    seen = walk(project)
    assert (seen.files, seen.is_complete) == (5, True)
    assert seen.suffixes == {".py": 2, ".rs": 1}


def test_links_and_what_others_have_put_there_are_left_out(project: Folder) -> None:
    (project.outside / "far.py").write_text("")
    (project.root / "link").symlink_to(project.outside)
    (project.root / "near.py").symlink_to(project.outside / "far.py")
    (project.root / "round").symlink_to(project.root)
    for folder in (".git", "node_modules/x", ".venv/lib", "target"):
        project.write(f"{folder}/a.py")
    assert walk(project).files == 0


def test_manifests_are_found_the_nearest_first(project: Folder) -> None:
    for name in ("web/package.json", "go.mod", "a/b/c/Cargo.toml", "a/b/c/d/Cargo.toml"):
        project.write(name)
    found = [path.relative_to(project.root).as_posix() for path in walk(project).manifests]
    assert found == ["go.mod", "web/package.json", "a/b/c/Cargo.toml"]
    for number in range(MAX_MANIFESTS + 5):
        project.write(f"packages/{number}/package.json")
    assert len(walk(project).manifests) == MAX_MANIFESTS


def test_a_bound_in_number_ends_it_also_in_a_single_folder(project: Folder) -> None:
    for number in range(30):
        project.write(f"{number}/a.py")
    seen = walk(project, max_entries=35)
    assert not seen.is_complete
    assert 0 < seen.files <= 10
    for number in range(CHECKED_EVERY + 10):
        (project.root / f"{number}.py").touch()
    seen = walk(project, max_entries=100)
    assert not seen.is_complete
    assert seen.files < CHECKED_EVERY


def test_a_bound_in_time_and_a_stop_end_it(project: Folder) -> None:
    project.write("a.py")
    assert walk(project, time_limit_s=-1.0).is_complete is False
    assert Walk(project.root, project.problems, lambda: True).run().is_complete is False


def test_a_bound_in_depth_ends_it(project: Folder) -> None:
    deep = project.root.joinpath(*["d"] * (MAX_DEPTH + 2))
    deep.mkdir(parents=True)
    (deep / "a.py").touch()
    seen = walk(project)
    assert (seen.files, seen.is_complete) == (0, False)


def test_a_folder_that_cannot_be_read_is_named() -> None:
    # Folders of pytest are closed to other users, and this test becomes one.
    with tempfile.TemporaryDirectory() as name:
        project = Folder(Path(name).resolve())
        project.write("closed/a.py")
        project.write("open/b.py")
        (project.root / "closed").chmod(0o700)
        closed = project.root / "closed"
        with without_privileges(Path(name), project.home, project.root.parent, project.root):
            if os.geteuid() == closed.stat().st_uid:
                closed.chmod(0o000)
            assert walk(project).files == 1
        closed.chmod(0o700)
        assert project.problems.words == ("The folder closed cannot be read: Permission denied",)
