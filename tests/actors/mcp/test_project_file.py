"""A project's file: read as it is, and named where it cannot be."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from actors.mcp.project_file import MAX_SIZE, NAME, read_project_file


def test_a_file_and_its_digest(tmp_path: Path) -> None:
    assert read_project_file(tmp_path) is None
    content = b'{"mcpServers": {"one": {"command": "a"}}}'
    (tmp_path / NAME).write_bytes(content)
    found = read_project_file(tmp_path)
    assert found is not None
    assert (found.path, found.problem, list(found.entries)) == (tmp_path / NAME, None, ["one"])
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text('{"mcpServers": {}}')
    (tmp_path / NAME).symlink_to(elsewhere)
    found = read_project_file(tmp_path)
    assert found is not None
    assert found.path == elsewhere


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no valid JSON"),
        (b"\xff", "no valid JSON"),
        (b"[" * 100_000, "no valid JSON"),
        (b"{}", "no JSON object with an object `mcpServers`"),
        (b" " * (MAX_SIZE + 1), "larger than 262,144 bytes"),
    ],
)
def test_a_file_that_makes_no_sense_is_named(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(content)
    found = read_project_file(tmp_path)
    assert found is not None
    assert words in (found.problem or "")
    assert not found.entries


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
def test_what_is_no_file_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / NAME)
    found = read_project_file(tmp_path)
    assert found is not None
    assert found.problem == "It is no regular file."


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    found = read_project_file(tmp_path)
    assert found is not None
    assert found.problem
