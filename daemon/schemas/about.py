"""The daemon about itself."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from daemon.schemas.base import Schema, Timestamp


class About(Schema, frozen=True, kw_only=True):
    """Which daemon this is, and where its things lie."""

    version: str
    url: str
    socket: Annotated[str | None, Meta(description="Its Unix socket; null where the system has none.")]
    pid: int
    started_at: Annotated[Timestamp | None, Meta(description="null where daemon.json was removed.")]
    started_by: Annotated[
        Literal["person", "demand", "service"] | None,
        Meta(description="A person in a terminal, a program that needed it, or the operating system."),
    ]
    data_directory: str
    log_directory: str


class ServiceState(Schema, frozen=True, kw_only=True):
    """How the operating system's service for this data folder stands."""

    manager: Annotated[str | None, Meta(description="Such as `systemd`; null where there is none we know.")]
    installed: bool = False
    enabled: Annotated[bool, Meta(description="It starts at logon.")] = False
    running: bool = False
    state: Annotated[str | None, Meta(description="In the manager's own words.")] = None
    definition: Annotated[str | None, Meta(description="The file that describes it to the manager.")] = None
    why_not: Annotated[str | None, Meta(description="Why it cannot be told, and what to do.")] = None


class ServiceChange(Schema, frozen=True, kw_only=True):
    """What to do with the service."""

    action: Annotated[
        Literal["install", "start", "stop", "uninstall"],
        Meta(
            description="`install` describes it for the next logon and `uninstall` removes it; both leave the daemon "
            "that runs alone. `start` lets the service take over between turns, `stop` ends it until the next logon."
        ),
    ]
