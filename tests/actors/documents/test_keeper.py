"""DocumentKeeper: one document for one image however many come at once, and no row without its file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pykka
import pytest

from actors.archive import ArchiveActor
from actors.bridge import started
from actors.documents.keeper import DocumentKeeper, ImageUse, UnreadableImageError, sweep
from storage import conversations, documents
from storage.database import Database
from storage.document_files import DocumentFiles
from storage.errors import StorageError
from storage.migrations import migrate
from tests import sample_files
from tests.storage.conftest import a_conversation

CONVERSATION = a_conversation(id="c")


def use(name: str = "a.png", message: str = "m") -> ImageUse:
    return ImageUse(name, "c", message, None)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "stagent.db")
    migrate(database, tmp_path / "backups")
    database.write(conversations.insert(CONVERSATION))
    yield database
    database.close()


@pytest.fixture
def archive(database: Database) -> Iterator[pykka.ActorRef[Any]]:
    ref = started(ArchiveActor.start(database, cast("Any", None)))
    yield ref
    if ref.is_alive():
        ref.stop()


@pytest.fixture
def keeper(database: Database, archive: pykka.ActorRef[Any], tmp_path: Path) -> Iterator[DocumentKeeper]:
    made = DocumentKeeper(database, archive, DocumentFiles(tmp_path / "documents"))
    yield made
    made.close()


def files_of(keeper: DocumentKeeper) -> set[str]:
    """The documents that have a file, and whatever is left of others."""
    return {path.parent.name for path in keeper.files.root.rglob("file")}


def test_one_image_at_the_same_time_is_one_document(keeper: DocumentKeeper, database: Database) -> None:
    async def keep() -> set[str]:
        image = sample_files.image()
        kept = await asyncio.gather(*(keeper.keep_image(image, use(message=f"m{n}")) for n in range(5)))
        return {document.id for document in kept}

    found = asyncio.run(keep())
    assert len(found) == 1
    assert found == documents.ids(database) == files_of(keeper)
    assert len(database.rows("SELECT 1 FROM conversation_documents")) == 5


def test_what_is_no_image_leaves_nothing(keeper: DocumentKeeper, database: Database) -> None:
    with pytest.raises(UnreadableImageError, match="damaged"):
        asyncio.run(keeper.keep_image(sample_files.image()[:40], use()))
    with pytest.raises(UnreadableImageError):
        asyncio.run(keeper.keep_image(b"text", use("a.txt")))
    assert documents.ids(database) == files_of(keeper) == set()


@pytest.mark.parametrize("passes", [0, 1, 2, 3, 5, 8, 13])
def test_giving_up_on_the_way_leaves_all_or_nothing(
    keeper: DocumentKeeper, database: Database, passes: int
) -> None:
    """The wait is given up after so many passes of the loop."""

    async def give_up() -> None:
        task = asyncio.ensure_future(keeper.keep_image(sample_files.image(), use()))
        for _ in range(passes):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        if rest := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(rest)

    asyncio.run(give_up())
    assert documents.ids(database) == files_of(keeper)


def test_an_image_for_a_conversation_that_is_gone_does_not_stay(
    keeper: DocumentKeeper, database: Database
) -> None:
    database.write(conversations.delete("c"))
    kept = asyncio.run(keeper.keep_image(sample_files.image(), use()))
    assert documents.ids(database) == set()
    assert documents.removed(database) == [kept.id]


def test_a_store_that_refuses_keeps_no_files(keeper: DocumentKeeper, archive: pykka.ActorRef[Any]) -> None:
    archive.stop()
    with pytest.raises(Exception, match="stopping"):
        asyncio.run(keeper.keep_image(sample_files.image(), use()))
    assert files_of(keeper) == set()


def test_files_go_after_their_documents_and_are_swept_at_start(
    keeper: DocumentKeeper, database: Database
) -> None:
    kept = asyncio.run(keeper.keep_image(sample_files.image(), use()))
    database.write(conversations.delete("c"))
    assert files_of(keeper) == {kept.id}
    asyncio.run(keeper.remove_files())
    assert files_of(keeper) == set()
    assert documents.removed(database) == []
    (keeper.files.begin("left") / "file").write_bytes(b"x")
    keeper.files.keep("left")
    database.write(documents.delete("nothing"))
    sweep(database, keeper.files)
    assert files_of(keeper) == set()
    with pytest.raises(StorageError, match="gone"):
        asyncio.run(keeper.view(kept))
