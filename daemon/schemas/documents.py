"""Documents."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from daemon.schemas.base import Cursor, Id, Limit, Schema, Timestamp
from storage.records import DocumentOrigin, DocumentState

Binary = Annotated[str, Meta(extra_json_schema={"format": "binary"})]
TextLimit = Annotated[int, Meta(ge=1, le=200_000, description="How many characters at the most.")]


class Document(Schema, frozen=True, kw_only=True):
    """A file that a person uploaded or a tool returned."""

    id: str
    name: str
    media_type: Annotated[str, Meta(description="What it is by its content.")]
    size_bytes: int
    origin: DocumentOrigin
    project_id: str | None
    state: Annotated[DocumentState, Meta(description="Whether it could be read; the file is kept anyway.")]
    problem: Annotated[str | None, Meta(description="Why it could not be read, or what was left out.")]
    width: Annotated[int | None, Meta(description="Of an image, in pixels.")]
    height: Annotated[int | None, Meta(description="Of an image, in pixels.")]
    original_url: str
    thumbnail_url: Annotated[str | None, Meta(description="Only of images.")]
    created_at: Timestamp
    updated_at: Timestamp


class DocumentQuery(Schema, frozen=True, kw_only=True):
    """Filters of the list."""

    project_id: Id | None = None
    q: Annotated[str, Meta(max_length=500, description="Words in the name or the text.")] | None = None
    limit: Limit | None = None
    cursor: Cursor | None = None


class DocumentForm(Schema, frozen=True, kw_only=True):
    """What an upload holds, as `multipart/form-data`."""

    file: Annotated[list[Binary], Meta(description="One part for each file, all together at most 50 MB.")]
    project_id: Id | None = None


class DocumentText(Schema, frozen=True, kw_only=True):
    """A part of the text that was read from a document."""

    text: str
    offset: Annotated[int, Meta(description="Where the part begins, in characters.")]
    total_characters: int
    next_offset: Annotated[int | None, Meta(description="Where to read on; null at the end.")]


class DocumentTextQuery(Schema, frozen=True, kw_only=True):
    """Which part of the text."""

    offset: Annotated[int, Meta(ge=0, le=2**31, description="How many characters to leave out.")] = 0
    limit: TextLimit = 20_000
