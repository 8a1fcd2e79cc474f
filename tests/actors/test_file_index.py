"""The listing of a folder: what git ignores stays out, links are not followed, and it is made anew in time."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from actors import file_index
from actors.file_index import FileIndex
from actors.file_names import FileNames
from storage.name_ranking import NameQuery

DEADLINE_S = 20.0


def paths(names: FileNames) -> set[str]:
    return {file.path for file in names.search(NameQuery(""), 100)}


def test_a_folder_is_listed_as_git_sees_it(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "src").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("")
    outside.mkdir()
    (outside / "private.txt").write_text("")
    for name in ("src/a.py", "src/b.log", ".github", "été.md"):
        (root / name).write_text("")
    (root / ".gitignore").write_text("*.log\n")
    (root / "link").symlink_to(outside)
    (root / "file-link").symlink_to(outside / "private.txt")

    async def list_it() -> FileNames:
        index = FileIndex(os.environ)
        try:
            return await index.names(root)
        finally:
            await index.close()

    assert paths(asyncio.run(list_it())) == {"src/a.py", ".github", ".gitignore", "été.md"}


def test_a_folder_that_is_missing_holds_nothing(tmp_path: Path) -> None:
    async def list_it() -> FileNames:
        index = FileIndex(os.environ)
        return await index.names(tmp_path / "nowhere")

    assert paths(asyncio.run(list_it())) == set()


def test_a_stale_listing_is_given_at_once_and_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_index, "FRESH_FOR_S", 0.0)
    monkeypatch.setattr(file_index, "REST", 0)
    (tmp_path / "old.txt").write_text("")

    async def watch() -> None:
        index = FileIndex(os.environ)
        first = await index.names(tmp_path)
        assert paths(first) == {"old.txt"}
        (tmp_path / "new.txt").write_text("")
        assert paths(await index.names(tmp_path)) == {"old.txt"}
        async with asyncio.timeout(DEADLINE_S):
            while listing := index.listing(tmp_path):
                await listing
        assert paths(await index.names(tmp_path)) == {"old.txt", "new.txt"}
        await index.close()

    asyncio.run(watch())


def test_only_so_many_folders_and_files_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_index, "MAX_FILES", 5)
    monkeypatch.setattr(file_index, "MAX_FOLDERS", 2)
    folders = [tmp_path / name for name in "abc"]
    for folder in folders:
        folder.mkdir()
        for n in range(9):
            (folder / f"{n}.txt").write_text("")

    async def list_them() -> list[int]:
        index = FileIndex(os.environ)
        counts = [len(await index.names(folder)) for folder in folders]
        assert len(index) == 2
        await index.close()
        return counts

    assert asyncio.run(list_them()) == [5, 5, 5]


def test_a_folder_that_took_long_to_list_is_left_alone_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_index, "FRESH_FOR_S", 0.0)
    monkeypatch.setattr(file_index, "REST", 1_000_000)

    async def watch() -> None:
        index = FileIndex(os.environ)
        await index.names(tmp_path)
        await index.names(tmp_path)
        assert index.listing(tmp_path) is None
        await index.close()

    asyncio.run(watch())
