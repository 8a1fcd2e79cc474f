"""The files of documents. They are strangers' files: nothing in them is ever active in a browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from tornado.iostream import StreamClosedError

from daemon.errors import ApiError
from daemon.handlers.base import ApiHandler
from daemon.handlers.documents import find
from daemon.operations import operation
from storage.document_files import Part
from storage.records import Document

CHUNK_BYTES = 256 * 1024
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show in place: pictures without scripts. Everything else is downloaded."""

DOWNLOADED = frozenset(
    {
        "application/pdf",
        "application/zip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/plain",
    }
)
"""What keeps its type when it is downloaded; anything else, HTML and SVG among it, is only bytes."""


class _FileHandler(ApiHandler):
    """Sends a file."""

    async def send(self, document: Document, part: Part, media_type: str) -> None:
        """Sends a file in pieces, or says that the client has it already. Raises ApiError 404."""
        path = self.services.actors.documents.files.path(document.id, part)
        self.set_header("Content-Type", media_type)
        self.set_header("Content-Security-Policy", "sandbox; default-src 'none'")
        self.set_header("Cache-Control", "private, no-cache")
        self.set_header("Etag", f'"{document.sha256}-{part}"')
        if self.check_etag_header():
            self.set_status(304)
            await self.finish()
            return
        in_thread = self.services.actors.documents.in_thread
        with await in_thread(_open, path) as file:
            self.set_header("Content-Length", str(os.fstat(file.fileno()).st_size))
            while piece := await in_thread(file.read, CHUNK_BYTES):
                self.write(piece)
                try:
                    await self.flush()
                except StreamClosedError:
                    return
        await self.finish()


class DocumentFileHandler(_FileHandler):
    """`/api/documents/{id}/file`."""

    @operation("Get a document's file", answers={200: None}, errors=(404,), media_type="*/*")
    async def get(self, document_id: str) -> None:
        """The file as it came in."""
        document = find(self, document_id)
        is_shown = document.media_type in SHOWN
        is_known = is_shown or document.media_type in DOWNLOADED
        self.set_header(
            "Content-Disposition", disposition("inline" if is_shown else "attachment", document.name)
        )
        await self.send(document, "file", document.media_type if is_known else "application/octet-stream")


class DocumentThumbnailHandler(_FileHandler):
    """`/api/documents/{id}/thumbnail`."""

    @operation("Get a document's thumbnail", answers={200: None}, errors=(404,), media_type="image/webp")
    async def get(self, document_id: str) -> None:
        """A small copy of an image, at most 480 pixels on a side."""
        document = find(self, document_id)
        if document.width is None:
            why = document.problem or "It is no image."
            raise ApiError(404, "no_thumbnail", f"The document {document.name!r} has no thumbnail. {why}")
        await self.send(document, "thumbnail", "image/webp")


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise ApiError(
            404, "document_file_missing", "The file of this document is gone from the data folder."
        ) from error


def disposition(kind: str, name: str) -> str:
    """The header that names a file, for old clients and new ones."""
    plain = "".join(
        char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in name
    )
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
