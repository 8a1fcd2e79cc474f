"""What differs from turn to turn: the time, and the branch, read without running git."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from actors.context.given import git_branch, moment


def test_the_time_has_its_zone(tmp_path: Path) -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    block = moment(tmp_path, datetime(2026, 4, 3, 9, 5, tzinfo=zone))
    assert "Now: Friday, 2026-04-03, 09:05 (UTC+05:30)" in block.text
    assert "(UTC+00:00)" in moment(tmp_path, datetime.now(UTC)).text


@pytest.mark.parametrize(
    ("head", "branch"),
    [
        ("ref: refs/heads/feature/x-1\n", "feature/x-1"),
        ("0123456789012345678901234567890123456789\n", "none, a commit is checked out"),
        ("ref: refs/heads/a\x1b[31m\n", "none, a commit is checked out"),
    ],
)
def test_the_branch_is_read(tmp_path: Path, head: str, branch: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text(head)
    (tmp_path / "src").mkdir()
    assert git_branch(tmp_path / "src") == branch


def test_a_linked_worktree_has_a_branch_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "main" / ".git" / "worktrees" / "two").mkdir(parents=True)
    (tmp_path / "main" / ".git" / "worktrees" / "two" / "HEAD").write_text("ref: refs/heads/two\n")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / ".git").write_text(f"gitdir: {tmp_path}/main/.git/worktrees/two\n")
    assert git_branch(tmp_path / "two") == "two"


def test_where_there_is_no_repository_there_is_no_branch(tmp_path: Path) -> None:
    assert git_branch(tmp_path) is None
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").mkdir()
    assert git_branch(tmp_path) is None
