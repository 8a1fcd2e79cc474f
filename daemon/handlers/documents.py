"""Documents: upload, list, look, remove."""

from __future__ import annotations

import functools

from actors.writes import Write
from daemon import presenters, schemas
from daemon.errors import ApiError, invalid, not_found
from daemon.handlers.base import ApiHandler
from daemon.operations import Form, operation
from daemon.services import Services
from daemon.uploads import MAX_UPLOAD_BYTES, Upload, UploadParser
from storage import documents, projects
from storage.errors import StorageError
from storage.records import Document

MULTIPART = "multipart/form-data"
FORM_BYTES = 64 * 1024
"""What an upload may take besides its files."""


class DocumentsHandler(ApiHandler):
    """`/api/documents`. A body is not gathered: it goes to the disk as it comes."""

    body_types = (MULTIPART,)
    max_body_bytes = MAX_UPLOAD_BYTES + FORM_BYTES

    def initialize(self, services: Services) -> None:
        """Nothing has arrived yet."""
        super().initialize(services)
        self._parser: UploadParser | None = None
        self._failure: ApiError | StorageError | None = None
        self._received = 0

    def admit(self) -> None:
        """Only what may pass is taken apart."""
        super().admit()
        content_type = self.request.headers.get("Content-Type")
        if self.request.method == "POST" and content_type is not None:
            self._parser = UploadParser(content_type, self.services.actors.documents.files)

    async def data_received(self, chunk: bytes) -> None:  # type: ignore[override]  # tornado awaits it
        """Takes the next piece; after a failure the rest is read and thrown away."""
        if self._parser is None or self._failure is not None:
            return
        self._received += len(chunk)
        try:
            if self._received > self.max_body_bytes:
                raise self._too_large()
            await self.services.actors.documents.in_thread(self._parser.feed, chunk)
        except (ApiError, StorageError) as error:
            self._failure = error

    @operation(
        "List documents, newest first",
        query=schemas.DocumentQuery,
        answers={200: list[schemas.Document]},
        errors=(400,),
    )
    async def get(self, query: schemas.DocumentQuery) -> None:
        """A page of the list."""
        limit = schemas.DEFAULT_LIMIT if query.limit is None else query.limit
        read = functools.partial(
            documents.page,
            self.services.database,
            limit=limit + 1,
            project_id=query.project_id,
            query=query.q or None,
            before=presenters.from_cursor(query.cursor) if query.cursor else None,
        )
        rows = await self.in_searcher(read) if query.q else read()
        page = rows[:limit]
        more = len(rows) > limit and bool(page)
        following = {"cursor": presenters.to_cursor(page[-1].updated_at, page[-1].id)} if more else None
        self.answer_page([presenters.document(row) for row in page], following)

    @operation(
        "Upload files",
        body=Form(schemas.DocumentForm),
        answers={201: list[schemas.Document]},
        errors=(400, 413),
    )
    async def post(self) -> None:
        """Reads and stores all of the files, or none of them."""
        upload = await self._uploaded()
        self._parser = None  # from here on the keeper looks after the files
        records = await self.services.actors.documents.store(upload.files, upload.fields.get("projectId"))
        self.answer([presenters.document(record) for record in records], status=201)

    async def _uploaded(self) -> Upload:
        if self._failure is not None:
            raise self._failure
        if self._parser is None:
            raise invalid("The request needs a multipart/form-data body with a part “file”.", "missing_body")
        upload = await self.services.actors.documents.in_thread(self._parser.finish)
        project_id = upload.fields.get("projectId")
        if project_id is not None and projects.get(self.services.database, project_id) is None:
            raise invalid("There is no such project; leave projectId out or create it.", "unknown_project")
        return upload

    def on_finish(self) -> None:
        """Removes what was not stored."""
        self._discard()

    def on_connection_close(self) -> None:
        """Removes what had arrived when the client went away."""
        super().on_connection_close()
        self._discard()

    def _too_large(self) -> ApiError:
        return ApiError(
            413, "too_large", "The files of one upload may be 50 MB together. Send fewer, or smaller ones."
        )

    def _discard(self) -> None:
        parser, self._parser = self._parser, None
        if parser is not None:
            self.services.actors.documents.later(parser.discard)


class DocumentHandler(ApiHandler):
    """`/api/documents/{id}`."""

    @operation("Get a document", answers={200: schemas.Document}, errors=(404,))
    async def get(self, document_id: str) -> None:
        """What is known of it."""
        self.answer(presenters.document(find(self, document_id)))

    @operation("Delete a document", answers={204: None}, errors=(404,))
    async def delete(self, document_id: str) -> None:
        """Removes it and its files; messages that mention it stay."""
        find(self, document_id)
        await self.services.actors.write(Write((documents.delete(document_id),)))
        await self.services.actors.documents.remove_files()
        self.answer_nothing()


class DocumentTextHandler(ApiHandler):
    """`/api/documents/{id}/text`."""

    @operation(
        "Read a document's text",
        query=schemas.DocumentTextQuery,
        answers={200: schemas.DocumentText},
        errors=(400, 404),
    )
    async def get(self, document_id: str, query: schemas.DocumentTextQuery) -> None:
        """A part of the text that was read from it."""
        document = find(self, document_id)
        read = functools.partial(documents.text, offset=query.offset, limit=query.limit)
        part = await self.in_searcher(read, self.services.database, document_id)
        if part is None:
            why = document.problem or "It is an image."
            raise ApiError(404, "no_text", f"The document {document.name!r} has no text. {why}")
        self.answer(presenters.document_text(part))


def find(handler: ApiHandler, document_id: str) -> Document:
    """The document of an address. Raises ApiError 404."""
    found = documents.get(handler.services.database, document_id)
    if found is None:
        raise not_found("document")
    return found
