"""The files of documents: whole or not there at all, nobody else's to read, and nothing is left over."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

import pytest

from storage.document_files import DocumentFiles, explain
from storage.errors import StorageError, StorageFullError, StorageReadOnlyError


@pytest.fixture
def files(tmp_path: Path) -> DocumentFiles:
    return DocumentFiles(tmp_path / "documents")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_document_appears_with_all_of_its_files(files: DocumentFiles) -> None:
    folder = files.begin("one")
    (folder / "file").write_bytes(b"content")
    (folder / "thumbnail").write_bytes(b"small")
    assert not files.path("one").exists()
    files.keep("one")
    assert files.path("one").read_bytes() == b"content"
    assert files.path("one", "thumbnail").read_bytes() == b"small"
    assert not folder.exists()


def test_nobody_else_may_look(files: DocumentFiles) -> None:
    (files.begin("one") / "file").write_bytes(b"content")
    files.keep("one")
    assert [mode(files.root), mode(files.path("one").parent), mode(files.path("one"))] == [
        0o700, 0o700, 0o600,
    ]  # fmt: skip


def test_removing_twice_is_harmless(files: DocumentFiles) -> None:
    (files.begin("one") / "file").write_bytes(b"content")
    files.remove("one")
    (files.begin("two") / "file").write_bytes(b"content")
    files.keep("two")
    files.remove("two")
    files.remove("two")
    assert list(files.root.rglob("file")) == []


def test_the_sweep_removes_what_belongs_to_nothing(files: DocumentFiles) -> None:
    assert files.sweep(()) == 0
    for name in ("kept", "left"):
        (files.begin(name) / "file").write_bytes(b"content")
        files.keep(name)
    (files.begin("half") / "file").write_bytes(b"cont")
    assert files.sweep({"kept"}) == 1
    assert [path.parent.name for path in files.root.rglob("file")] == ["kept"]


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, StorageFullError, "disk is full"),
        (errno.EFBIG, StorageFullError, "disk is full"),
        (errno.EROFS, StorageReadOnlyError, "cannot be written to"),
        (errno.EIO, StorageError, "cannot be stored or read"),
    ],
)
def test_errors_of_the_disk_are_told_in_words(number: int, kind: type[StorageError], words: str) -> None:
    found = explain(OSError(number, "told by the system"))
    assert type(found) is kind
    assert words in str(found)
