"""Keys of providers."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from daemon.schemas.base import Schema


class ProviderKey(Schema, frozen=True, kw_only=True):
    """An API key. It is never given out again."""

    key: Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^\s*[\x21-\x7e]+\s*$")]
