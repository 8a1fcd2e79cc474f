"""What a scan found in a project's folder."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from actors.environment.facts import Facts
from daemon.schemas.base import Schema, Timestamp
from storage.records import ScanState


class Environment(Schema, frozen=True, kw_only=True):
    """The last scan of a project's folder."""

    project_id: str
    directory: Annotated[str | None, Meta(description="The folder; null where the project has none.")]
    state: Annotated[ScanState | None, Meta(description="null where there is no folder to scan.")]
    problem: Annotated[str | None, Meta(description="Why the scan failed, for people.")]
    scanned_at: Annotated[Timestamp | None, Meta(description="When the last scan ended.")]
    facts: Annotated[
        Facts | None, Meta(description="What the last scan found; while another one runs, the old facts.")
    ]
