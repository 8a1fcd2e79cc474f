"""The way in."""

from __future__ import annotations

from typing import Annotated, Literal

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


class Shutdown(Schema, frozen=True, kw_only=True):
    """When the daemon is to stop."""

    when: Annotated[
        Literal["now", "idle"], Meta(description="`idle`: as soon as no agent works and no message waits.")
    ] = "now"


class ShutdownAccepted(Schema, frozen=True, kw_only=True):
    """The daemon is going to stop."""

    when: Literal["now", "idle"]
    busy: Annotated[int, Meta(description="In how many conversations an agent works or waits.")]


class SignInQuery(Schema, frozen=True, kw_only=True):
    """The code of a one-time link."""

    code: Annotated[str, Meta(min_length=1, max_length=200)]
