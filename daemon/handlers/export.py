"""A conversation as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import TypeVar

from tornado.iostream import StreamClosedError

from daemon import schemas
from daemon.exporting import as_markdown, as_page
from daemon.handlers.base import ApiHandler
from daemon.handlers.document_files import disposition
from daemon.operations import operation
from storage.records import Conversation
from storage.transfer.exporting import Export, Selection

T = TypeVar("T")

BATCH = 50
TYPES = {
    "jsonl": "application/x-ndjson; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
}


class ExportHandler(ApiHandler):
    """`/api/chat/conversations/{id}/export`."""

    @operation(
        "Export a conversation",
        query=schemas.ExportQuery,
        answers={200: None},
        errors=(400, 404),
        media_type="*/*",
    )
    async def get(self, conversation_id: str, query: schemas.ExportQuery) -> None:
        """The conversation in one of the forms, as a download."""
        conversation = self.conversation(conversation_id)
        self.set_header("Content-Type", TYPES[query.format])
        name = f"{conversation.title or 'conversation'}.{query.format}".replace("/", "-")
        self.set_header("Content-Disposition", disposition("attachment", name))
        self.set_header(
            "Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        )
        try:
            async for piece in self._pieces(conversation, query):
                self.write(piece)
                await self.flush()
        except StreamClosedError:
            return
        await self.finish()

    async def _pieces(
        self, conversation: Conversation, query: schemas.ExportQuery
    ) -> AsyncIterator[bytes | str]:
        services = self.services
        files = services.actors.documents.files
        if query.format == "html":
            async for piece in as_page.pieces(
                services.database, [conversation], services.rendered, files, self.in_searcher
            ):
                yield piece
        elif query.format == "md":
            async for text in self._batches(as_markdown.pieces(services.database, conversation)):
                yield "".join(text)
        else:
            selection = Selection(conversation.id)
            kept = files if query.documents else None
            export = await self.in_searcher(Export, services.database.path, selection, kept)
            try:
                async for lines in self._batches(export.lines()):
                    yield b"".join(lines)
            finally:
                export.close()

    async def _batches(self, pieces: Iterator[T]) -> AsyncIterator[list[T]]:
        """Reads ahead in a thread, some pieces at a time."""
        while batch := await self.in_searcher(lambda: list(islice(pieces, BATCH))):
            yield batch
