"""Imports: exports of stagent, and sessions of other programs."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from actors.errors import ActorsError
from actors.import_progress import ImportState, Source
from actors.sessions import claude_code, codex, finding
from daemon import schemas
from daemon.errors import ApiError, invalid, not_found
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from storage.errors import StorageError

OTHERS: dict[Source, tuple[str, str]] = {
    "claude-code": ("Claude Code", claude_code.RUNTIME_ID),
    "codex": ("Codex", codex.RUNTIME_ID),
}
"""Other coding agents: what people call each, and the runtime with which its conversations go on."""


class ImportSourcesHandler(ApiHandler):
    """`/api/imports/sources`."""

    @operation("List other coding agents", answers={200: list[schemas.ImportSource]})
    async def get(self) -> None:
        """Those that were installed or used on this machine. Only names of files are looked at."""
        self.answer(await asyncio.to_thread(_sources, Path.home(), os.environ.get("PATH")))


class ImportsHandler(ApiHandler):
    """`/api/imports`."""

    @operation("List imports", answers={200: list[schemas.Import]})
    async def get(self) -> None:
        """The last 20, newest first."""
        self.answer([_shown(state) for state in self.services.actors.imports.all()])

    @operation(
        "Import conversations",
        body=schemas.NewImport,
        answers={202: schemas.Import},
        errors=(400, 403, 409, 413),
    )
    async def post(self, body: schemas.NewImport) -> None:
        """Begins; the import goes on without its client."""
        if body.path is not None and "Origin" in self.request.headers:
            raise ApiError(403, "path_refused", "A page cannot name files. Use `stagent import` for that.")
        path = await asyncio.to_thread(_checked, body.source, body.path)
        self.answer(_shown(self.services.actors.imports.start(body.source, path)), status=202)


class ImportHandler(ApiHandler):
    """`/api/imports/{id}`."""

    @operation("Get an import", answers={200: schemas.Import}, errors=(404,))
    async def get(self, import_id: str) -> None:
        """How far it is."""
        self.answer(_shown(self._find(import_id)))

    @operation("Stop an import", answers={200: schemas.Import}, errors=(404,))
    async def delete(self, import_id: str) -> None:
        """Ends it after the conversation that is just taken in; what was taken in stays."""
        self._find(import_id)
        await self.services.actors.imports.stop(import_id)
        self.answer(_shown(self._find(import_id)))

    def _find(self, import_id: str) -> ImportState:
        found = self.services.actors.imports.get(import_id)
        if found is None:
            raise not_found("import")
        return found


def _checked(source: Source, given: str | None) -> Path | None:
    """The path, where it names what can be read. Raises ApiError."""
    if given is None:
        if source == "stagent":
            raise invalid("Name the file to import.")
        return None
    path = Path(given)
    if "\0" in given or not path.is_absolute():
        raise invalid("path must be absolute.")
    if not path.is_file() and (source == "stagent" or not path.is_dir()):
        raise invalid(f"There is no file {given}.")
    return path


def _sources(home: Path, path: str | None) -> list[schemas.ImportSource]:
    return [
        schemas.ImportSource(
            source=source,
            label=label,
            folder=str(home / finding.USUAL[source]),
            sessions=len(finding.session_files(source, None, home)),
            runtime_id=runtime_id,
        )
        for source, (label, runtime_id) in OTHERS.items()
        if finding.is_here(source, home, path)
    ]


def _shown(state: ImportState) -> schemas.Import:
    merged = state.merged
    error, code = _told(state.error)
    return schemas.Import(
        id=state.id,
        source=state.source,
        state=state.state,
        done=state.done,
        total=state.total,
        added=merged.added,
        renewed=merged.renewed,
        unchanged=merged.unchanged,
        unknown=merged.unknown,
        without_content=merged.without_content,
        busy=state.busy,
        error=error,
        code=code,
    )


def _told(error: Exception | None) -> tuple[str | None, str | None]:
    """What is wrong, for people and for programs."""
    match error:
        case None:
            return None, None
        case StorageError() | ActorsError():
            return str(error), error.code
        case OSError():
            return f"A file cannot be read: {error.strerror or error}.", "unreadable_file"
    return "Something went wrong inside; the log says what.", "internal_error"
