"""Files in a conversation's working directory."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from daemon.schemas.base import Schema


class WorkingFileQuery(Schema, frozen=True, kw_only=True):
    """Which file."""

    path: Annotated[
        str,
        Meta(min_length=1, max_length=4096, description="Relative to the working directory, or absolute."),
    ]


class WorkingFile(Schema, frozen=True, kw_only=True):
    """A file as it is now."""

    path: Annotated[str, Meta(description="Relative to the working directory, links resolved.")]
    directory: Annotated[str, Meta(description="The working directory.")]
    is_whole: Annotated[bool, Meta(description="There is no more text than this.")]
    size: Annotated[str | None, Meta(description="For people; null where there is no text.")] = None
    text: Annotated[
        str | None, Meta(description="Its first 200,000 characters; null where it is no text.")
    ] = None
    problem: Annotated[str | None, Meta(description="Why there is no text.")] = None
