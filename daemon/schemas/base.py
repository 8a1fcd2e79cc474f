"""What all request and response types share: their base, the error, and the kinds of values."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

MAX_CONTENT_BYTES = 1_048_576
MAX_LIMIT = 10_000
DEFAULT_LIMIT = 1_000
Id = Annotated[str, Meta(min_length=1, max_length=200)]
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Limit = Annotated[int, Meta(ge=0, le=MAX_LIMIT, description="How many at the most.")]
Title = Annotated[str, Meta(min_length=1, max_length=500)]
Directory = Annotated[str, Meta(min_length=1, max_length=4096, description="An absolute path.")]
Timestamp = Annotated[
    str, Meta(description="ISO 8601, UTC, with milliseconds.", extra_json_schema={"format": "date-time"})
]
SearchText = Annotated[str, Meta(min_length=1, max_length=500)]
RuntimeName = Annotated[
    str, Meta(description="claude-code, openai-codex-app-server, ollama or offline.", max_length=100)
]
ModelName = Annotated[str, Meta(min_length=1, max_length=300)]
ProjectName = Annotated[str, Meta(min_length=1, max_length=200)]
Description = Annotated[str, Meta(max_length=20_000)]
Cursor = Annotated[str, Meta(max_length=500, description="From the Link header.")]


class Schema(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of all request and response types."""


class Error(Schema, frozen=True, kw_only=True):
    """Every error has this body."""

    error: Annotated[str, Meta(description="One sentence a person can act on.")]
    code: Annotated[str, Meta(description="Stable name in snake_case.")]
    details: list[dict[str, str]] | UnsetType = UNSET
