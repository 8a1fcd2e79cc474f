"""Git: what the files of real repositories say, and that no program of theirs runs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from actors.environment.facts import GitState
from actors.environment.git_state import find_repository, git_state
from tests.actors.environment.conftest import Folder
from tests.conftest import needs_program


def git(folder: Path, *args: str) -> str:
    name = ("-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        [needs_program("git", "git"), "-C", str(folder), *name, *args],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder)},
    )
    return done.stdout.strip()


def state(project: Folder) -> GitState | None:
    repository = find_repository(project.files)
    return git_state(repository, project.files) if repository else None


@pytest.fixture
def repository(project: Folder) -> Folder:
    git(project.root, "init", "-q", "-b", "main")
    return project


def commit(folder: Path) -> str:
    git(folder, "commit", "-q", "--allow-empty", "-m", "x")
    return git(folder, "rev-parse", "HEAD")


def test_a_folder_without_a_repository(project: Folder) -> None:
    assert state(project) is None
    assert project.problems.words == ()


def test_branch_and_commit(repository: Folder) -> None:
    assert state(repository) == GitState(branch="main", commit=None, is_linked=False)
    first = commit(repository.root)
    assert state(repository) == GitState(branch="main", commit=first, is_linked=False)
    git(repository.root, "checkout", "-q", "-b", "topic/one")
    git(repository.root, "pack-refs", "--all")
    assert not (repository.root / ".git/refs/heads/topic/one").exists()
    assert state(repository) == GitState(branch="topic/one", commit=first, is_linked=False)
    git(repository.root, "checkout", "-q", "--detach")
    assert state(repository) == GitState(branch=None, commit=first, is_linked=False)


def test_the_repository_of_a_folder_above(repository: Folder) -> None:
    inner = repository.root / "packages" / "web"
    inner.mkdir(parents=True)
    first = commit(repository.root)
    repository.root = inner
    assert state(repository) == GitState(branch="main", commit=first, is_linked=False)


def test_a_linked_worktree_has_a_head_of_its_own(repository: Folder) -> None:
    first = commit(repository.root)
    git(repository.root, "worktree", "add", "-q", "-b", "other", str(repository.home / "tree"))
    repository.root = repository.home / "tree"
    assert state(repository) == GitState(branch="other", commit=first, is_linked=True)


def test_a_submodule(repository: Folder) -> None:
    git(repository.outside, "init", "-q", "-b", "lib")
    first = commit(repository.outside)
    git(repository.root, "submodule", "--quiet", "add", str(repository.outside), "lib")
    repository.root = repository.root / "lib"
    assert state(repository) == GitState(branch="lib", commit=first, is_linked=True)


def test_a_repository_that_does_not_know_of_the_folder_is_not_read(project: Folder) -> None:
    git(project.outside, "init", "-q", "-b", "secret")
    project.write(".git", f"gitdir: {project.outside / '.git'}\n")
    assert state(project) is None
    assert "does not know of it" in project.problems.words[0]
    (project.root / ".git").unlink()
    (project.root / ".git").symlink_to(project.outside / ".git")
    assert state(project) is None
    assert "is a link out of the project" in project.problems.words[1]
    (project.root / ".git").unlink()
    project.write(".git", "nonsense")
    assert state(project) is None
    assert "points to no git repository" in project.problems.words[2]


@pytest.mark.parametrize(
    "head", ["", "nonsense", "ref: refs/heads/../../../outside/x", "ref: refs/heads/a b", "ref: /etc/passwd"]
)
def test_a_head_that_makes_no_sense_is_named(repository: Folder, head: str) -> None:
    repository.write(".git/HEAD", head)
    assert state(repository) is None
    assert repository.problems.words == ("The head of the git repository makes no sense",)


def test_a_repository_that_keeps_its_references_in_a_table(repository: Folder) -> None:
    repository.write(".git/HEAD", "ref: refs/heads/.invalid\n")
    assert state(repository) == GitState(branch=None, commit=None, is_linked=False)
