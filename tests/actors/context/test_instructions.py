"""Instruction files: found where the field keeps them, bounded, and never the way to a file of somebody else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from actors import tokens
from actors.context import instructions
from actors.context.instructions import MAX_BYTES, Instructions
from actors.context.project_part import project_part
from storage.records import Project


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "person"
    write(folder / ".claude" / "CLAUDE.md", "claude of the person")
    write(folder / ".agents" / "AGENTS.md", "agents of the person")
    return folder


@pytest.fixture
def root(home: Path) -> Path:
    folder = home / "code" / "app" / "src"
    folder.mkdir(parents=True)
    (home / "code" / "app" / ".git").mkdir()
    return folder


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def texts(root: Path, home: Path) -> list[str]:
    return [one.text for one in instructions.find(root, home)[0]]


def test_the_persons_come_first_and_the_nearest_last(root: Path, home: Path) -> None:
    write(home / "code" / "AGENTS.md", "above the repository")
    write(root.parent / "CLAUDE.md", "of the repository")
    write(root / "AGENTS.md", "of the folder")
    write(root / ".claude" / "CLAUDE.md", "of the folder, hidden")
    assert texts(root, home) == [
        "agents of the person",
        "claude of the person",
        "above the repository",
        "of the repository",
        "of the folder",
        "of the folder, hidden",
    ]


def test_a_copy_or_a_link_counts_once(root: Path, home: Path) -> None:
    write(root / "AGENTS.md", "the same")
    (root / "CLAUDE.md").symlink_to("AGENTS.md")
    write(root / ".claude" / "CLAUDE.md", "the same")
    assert texts(root, home)[2:] == ["the same"]
    assert instructions.find(root, home)[1] == []


def test_a_link_out_of_the_repository_is_not_followed(root: Path, home: Path) -> None:
    write(home / "private.md", "private")
    write(home / ".ssh" / "id_rsa", "key")
    (root / "AGENTS.md").symlink_to(home / "private.md")
    (root / "CLAUDE.md").symlink_to(home / ".ssh" / "id_rsa")
    (home / ".codex").mkdir()
    (home / ".codex" / "AGENTS.md").symlink_to(home / ".ssh" / "id_rsa")
    found, problems = instructions.find(root, home)
    assert len(found) == 2
    assert [("leads out" in problem, "secret" in problem) for problem in problems] == [
        (False, True), (True, False), (True, False),
    ]  # fmt: skip


def test_above_the_repository_only_what_nobody_else_can_write_counts(root: Path, home: Path) -> None:
    write(home / "code" / "AGENTS.md", "planted").chmod(0o666)
    write(root / "AGENTS.md", "trusted").chmod(0o666)
    found, problems = instructions.find(root, home)
    assert [one.text for one in found][2:] == ["trusted"]
    assert "somebody else" in problems[0]


def test_what_is_no_readable_text_is_skipped_with_a_reason(root: Path, home: Path) -> None:
    (root / "AGENTS.md").write_bytes(b"\0\1")
    (root / "CLAUDE.md").mkdir()
    os.mkfifo(root / "CLAUDE.local.md")
    write(root / ".claude" / "CLAUDE.md", "  \n")
    found, problems = instructions.find(root, home)
    assert len(found) == 2
    assert len(problems) == 3
    assert all(str(root) in problem and "skipped" in problem for problem in problems)


def test_of_a_huge_file_only_the_beginning_is_read(root: Path, home: Path) -> None:
    write(root / "AGENTS.md", "x" * (MAX_BYTES + 1))
    found, problems = instructions.find(root, home)
    assert len(found[-1].text) == MAX_BYTES
    assert "only its beginning" in problems[0]


def test_the_nearest_files_have_the_room_first() -> None:
    far = Instructions(Path("/far"), "f" * 3_600)
    middle = Instructions(Path("/middle"), "m" * 3_600)
    near = Instructions(Path("/near"), "n" * 3_600)
    kept, problems = instructions.fitted([far, middle, near], 1_200)
    assert [one.path.name for one in kept] == ["middle", "near"]
    assert kept[-1] == near
    assert kept[0].text.startswith("mmm")
    assert "first 612 of 3,600 characters" in kept[0].text
    assert ["left out" in problem for problem in problems] == [True, False]


def test_the_part_keeps_to_its_size_and_says_what_is_missing(root: Path, home: Path) -> None:
    for folder in (root, root.parent):
        write(folder / "AGENTS.md", f"Rules of {folder}. " * 2_000)
    project = Project("p", "Greeter", "word " * 5_000, None, "active", 1, 1)
    part = project_part(project, root, "Languages: Python", home, 5_000)
    assert tokens.estimate(part.text) <= 5_000
    assert "Project: Greeter" in part.text
    assert f"Working directory: {root}" in part.text
    assert "Rules of" in part.text
    assert part.problems


def test_what_cannot_be_looked_at_is_named(root: Path, home: Path) -> None:
    (root / ".claude").write_text("a file where a folder is looked for")
    (root / "CLAUDE.md").symlink_to(root / "gone.md")
    found, problems = instructions.find(root, home)
    assert [one.text for one in found] == ["agents of the person", "claude of the person"]
    assert [problem.partition(" was skipped: ")[0] for problem in problems] == [
        str(root / ".claude" / "CLAUDE.md")
    ]
