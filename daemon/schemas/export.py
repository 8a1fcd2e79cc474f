"""Conversations as files."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from daemon.schemas.base import Schema

ExportFormat = Literal["jsonl", "md", "html"]


class ExportQuery(Schema, frozen=True, kw_only=True):
    """The form of the file."""

    format: Annotated[
        ExportFormat, Meta(description="`jsonl` is complete and can be imported; the others are for reading.")
    ] = "jsonl"
    documents: Annotated[bool, Meta(description="Whether `jsonl` has the content of documents too.")] = False
