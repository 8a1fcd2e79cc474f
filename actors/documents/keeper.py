"""DocumentKeeper: takes files in, has them read, stores them, and removes what is left of those that are gone.

It is used from the daemon's event loop and from the agent loop; all of its work happens in threads of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import weakref
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
import pykka

from actors.archive import stored
from actors.documents.reader import DocumentReader
from actors.documents.reading import Reading
from actors.errors import ShuttingDownError
from actors.writes import Write
from storage import documents
from storage.database import Database
from storage.document_files import DocumentFiles, IncomingFile
from storage.errors import StorageError
from storage.ids import new_id
from storage.records import Document, DocumentOrigin
from storage.statements import Statement
from storage.times import now_ms

T = TypeVar("T")

logger = logging.getLogger(__name__)

WRITERS = 2
READERS = 2
"""Child processes at a time; the machine is the person's."""


class UnreadableImageError(Exception):
    """What a tool returned is no image that can be shown; the message says why."""


class ImageUse(msgspec.Struct, frozen=True):
    """Who uses an image that a tool returned.

    Attributes:
        name: what people call the image.
        project_id: the project of the conversation.
    """

    name: str
    conversation_id: str
    message_id: str
    project_id: str | None


class DocumentKeeper:
    """Keeps documents.

    Args:
        database: where they are looked up.
        archive: who writes them.
        files: where their files lie.
    """

    def __init__(self, database: Database, archive: pykka.ActorRef[Any], files: DocumentFiles) -> None:
        self.files = files
        self._database = database
        self._archive = archive
        self._reader = DocumentReader()
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="documents")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="document-readers")
        self._by_content: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Runs work on the files in a thread of the keeper."""
        return await asyncio.get_running_loop().run_in_executor(self._writers, work, *args)

    def later(self, work: Callable[[], object]) -> None:
        """Has work on the files done for which nobody waits."""
        with contextlib.suppress(
            RuntimeError
        ):  # the keeper is closed; what is left is swept at the next start
            self._writers.submit(work)

    async def store(
        self, incoming: Sequence[tuple[str, IncomingFile]], project_id: str | None
    ) -> list[Document]:
        """Reads and stores what a person uploaded: all of it, or nothing.

        Args:
            incoming: what each file is called, and the file, which has ended.
            project_id: the project that they belong to.

        Raises:
            StorageError: they cannot be stored.
        """
        return await self._whole(self._store(incoming, project_id))

    async def keep_image(self, data: bytes, use: ImageUse) -> Document:
        """The document of an image that a tool returned; the same image twice is one document.

        Raises:
            UnreadableImageError: it is damaged, or too large to be shown.
            StorageError: it cannot be stored.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        async with self._by_content.setdefault(sha256, asyncio.Lock()):
            known = await self._known(sha256, use)
            if known is not None:
                return known
            return await self._whole(self._take(data, use))

    async def view(self, document: Document) -> bytes:
        """An image as models take it. Raises StorageError where its file is gone."""
        return await self.in_thread(self.files.view, document.id)

    async def remove_files(self) -> None:
        """Removes the files of documents that are gone. What fails is left for the next time."""
        for document_id in await self.in_thread(documents.removed, self._database):
            try:
                await self.in_thread(self.files.remove, document_id)
                await self._write(documents.forget_removed(document_id))
            except StorageError as error:
                logger.warning("the files of a removed document are left for later: %s", error)

    def close(self) -> None:
        """Ends the child processes; what waits for one of them ends with an error."""
        self._is_closed = True
        self._reader.close()
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._writers.shutdown(wait=False, cancel_futures=True)

    async def _known(self, sha256: str, use: ImageUse) -> Document | None:
        """The document of an image that was kept before, now used here too; it cannot go any more then."""
        known = await self.in_thread(documents.of_tool, self._database, sha256)
        if known is None:
            return None
        await self._write(_link(known.id, use))
        return await self.in_thread(documents.get, self._database, known.id)

    async def _read(self, name: str, file: IncomingFile) -> Reading:
        loop = asyncio.get_running_loop()
        reading = await loop.run_in_executor(self._readers, self._reader.read, file.folder, name)
        if self._is_closed:  # then it says nothing about the file
            raise ShuttingDownError("The daemon is stopping. Upload it again when it runs.")
        return reading

    async def _whole(self, work: Coroutine[Any, Any, T]) -> T:
        """Has work done to its end, whoever gives up waiting for it."""
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def _store(
        self, incoming: Sequence[tuple[str, IncomingFile]], project_id: str | None
    ) -> list[Document]:
        files = [file for _name, file in incoming]
        try:
            readings = await asyncio.gather(*(self._read(name, file) for name, file in incoming))
            records = [
                _document(name, file, reading, "upload", project_id)
                for (name, file), reading in zip(incoming, readings, strict=True)
            ]
            rows = [
                statement
                for record, reading in zip(records, readings, strict=True)
                for statement in documents.insert(record, reading.text)
            ]
            await self._commit(files, *rows)
        except BaseException:
            await self._discard(files)
            raise
        return records

    async def _take(self, data: bytes, use: ImageUse) -> Document:
        incoming = await self.in_thread(_write_whole, self.files, data)
        try:
            reading = await self._read(use.name, incoming)
            _check_image(reading)
            record = _document(use.name, incoming, reading, "tool", use.project_id)
            row = documents.insert(record, None)
            # Its conversation may have been deleted in the meantime.
            await self._commit([incoming], *row, _link(record.id, use), documents.drop_unused(record.id))
        except BaseException:
            await self._discard([incoming])
            raise
        return record

    async def _commit(self, incoming: Sequence[IncomingFile], *statements: Statement) -> None:
        """Puts files in their place and stores their rows."""
        for file in incoming:
            await self.in_thread(self.files.keep, file.document_id)
        await self._write(*statements)

    async def _discard(self, incoming: Sequence[IncomingFile]) -> None:
        for file in incoming:
            if self._is_closed:
                file.discard()  # no thread takes work any more, and nobody is held up any more
            else:
                await self.in_thread(file.discard)

    async def _write(self, *statements: Statement) -> None:
        await stored(self._archive, Write(statements))


def sweep(database: Database, files: DocumentFiles) -> None:
    """Removes the files that belong to no document. Runs once, before anything is taken in.

    Raises:
        StorageError: something could not be removed.
    """
    count = files.sweep(documents.ids(database))
    if count:
        logger.info("removed the files of %d documents that are gone", count)
    gone = documents.removed(database)
    if gone:
        database.write(*map(documents.forget_removed, gone))


def _write_whole(files: DocumentFiles, data: bytes) -> IncomingFile:
    incoming = IncomingFile(files, new_id())
    try:
        incoming.write(data)
        incoming.finish()
    except StorageError:
        incoming.discard()
        raise
    return incoming


def _check_image(reading: Reading) -> None:
    if not reading.is_readable or reading.width is None:
        raise UnreadableImageError(reading.problem or "It is no image.")


def _link(document_id: str, use: ImageUse) -> Statement:
    return documents.link(use.conversation_id, json.dumps([document_id]), use.message_id)


def _document(
    name: str, file: IncomingFile, reading: Reading, origin: DocumentOrigin, project_id: str | None
) -> Document:
    at = now_ms()
    return Document(
        id=file.document_id,
        name=name,
        media_type=reading.media_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        origin=origin,
        project_id=project_id,
        state="ready" if reading.is_readable else "failed",
        problem=reading.problem,
        width=reading.width,
        height=reading.height,
        created_at=at,
        updated_at=at,
    )
