"""The way in."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from daemon.schemas.base import Schema


class Link(Schema, frozen=True, kw_only=True):
    """A link that opens the page once."""

    url: str
    expires_in_seconds: int


class Health(Schema, frozen=True, kw_only=True):
    """That the daemon runs."""

    ok: bool
    version: str


class SignInQuery(Schema, frozen=True, kw_only=True):
    """The code of a one-time link."""

    code: Annotated[str, Meta(min_length=1, max_length=200)]
