"""Imports."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from actors.import_progress import Source, State
from daemon.schemas.base import Schema

Path = Annotated[str, Meta(min_length=1, max_length=4096)]


class NewImport(Schema, frozen=True, kw_only=True):
    """What to take in. The files lie on the daemon's machine, and are only read."""

    source: Source = "stagent"
    path: Annotated[
        Path | None,
        Meta(
            description="Absolute: an export of stagent; of other programs a session file or a folder of them, "
            "by default where they keep theirs."
        ),
    ] = None


class Import(Schema, frozen=True, kw_only=True):
    """How far an import is, or how it ended."""

    id: str
    source: Source
    state: State
    done: Annotated[int, Meta(description="Bytes of an export, or session files.")]
    total: Annotated[int, Meta(description="0 while the files are looked at.")]
    added: Annotated[dict[str, int], Meta(description="By kind of record.")]
    renewed: dict[str, int]
    unchanged: int
    unknown: Annotated[int, Meta(description="Lines of kinds that are not known here.")]
    without_content: Annotated[int, Meta(description="Documents left out: the file lacks their content.")]
    busy: Annotated[int, Meta(description="Conversations left out: an agent works in them.")]
    error: Annotated[str | None, Meta(description="Why it failed. What was taken in before it stays.")]
    code: str | None


class ImportSource(Schema, frozen=True, kw_only=True):
    """Another coding agent that was installed or used on this machine."""

    source: Source
    label: str
    folder: Annotated[str, Meta(description="Where it keeps its sessions.")]
    sessions: Annotated[int, Meta(description="How many there are.")]
    runtime_id: Annotated[str, Meta(description="The runtime with which they go on here.")]
