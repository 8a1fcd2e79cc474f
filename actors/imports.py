"""Imports: takes exports, and sessions of other programs, into the store while conversations go on.

A file is checked to its end first. Then each conversation is taken in whole, in short transactions, while it is kept
closed; one in which an agent works is left out. Used on the daemon's event loop; the work happens in threads.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

import msgspec
import pykka
from msgspec.structs import replace

from actors import messages as told
from actors.bridge import ask
from actors.errors import ActorsError, ImportRunningError, ImportStoppedError
from actors.events import EventSink
from actors.imported import Imported
from actors.writes import Transaction
from storage.document_files import DocumentFiles
from storage.errors import StorageError, TransferError
from storage.ids import new_id
from storage.transfer.merged import Merged

if TYPE_CHECKING:
    from storage.transfer.portions import Records

T = TypeVar("T")
Source = Literal["stagent", "claude-code", "codex"]
SOURCES: tuple[Source, ...] = get_args(Source)
State = Literal["running", "done", "failed"]

_for_work = Imported(
    "actors.sessions.finding", "actors.transcript", "storage.transfer.merging", "storage.transfer.portions"
)
"""What only an import needs."""

KEPT = 20
"""How many imports are remembered, for whoever started them."""

CLOSE_ATTEMPTS = 50
CLOSE_PAUSE_S = 0.02
"""An idle conversation is closed as soon as its rows are stored; one in which an agent works is not closed at all."""

logger = logging.getLogger(__name__)


class _StoppedError(Exception):
    """The import was to stop."""


class ImportState(msgspec.Struct, frozen=True):
    """How far an import is, or how it ended.

    Attributes:
        source: whose files they are.
        done: how much is taken in, of `total`: bytes of an export, or session files.
        merged: what became of the records so far.
        busy: conversations that were left out because an agent works in them.
        error: why it failed; None where it did not.
    """

    id: str
    source: Source
    state: State = "running"
    done: int = 0
    total: int = 0
    merged: Merged = msgspec.field(default_factory=Merged)
    busy: int = 0
    error: Exception | None = None


class Imports:
    """Imports, one at a time.

    Args:
        archive: who writes.
        conversations: who keeps them closed meanwhile.
        files: where documents lie.
        sink: who tells of conversations and tasks that look different.
        home: where other programs keep their sessions.
    """

    def __init__(
        self,
        archive: pykka.ActorRef[Any],
        conversations: pykka.ActorRef[Any],
        files: DocumentFiles,
        sink: EventSink,
        home: Path,
    ) -> None:
        self._archive = archive
        self._conversations = conversations
        self._files = files
        self._sink = sink
        self._home = home
        self._states: dict[str, ImportState] = {}
        self._running: tuple[str, asyncio.Task[None]] | None = None
        self._is_stopped = False

    @property
    def is_running(self) -> bool:
        """Whether there is one under way."""
        return self._running is not None

    def get(self, import_id: str) -> ImportState | None:
        """How an import stands; None where it is not known (any more)."""
        return self._states.get(import_id)

    def all(self) -> tuple[ImportState, ...]:
        """Those that are remembered, newest first."""
        return tuple(reversed(self._states.values()))

    def start(self, source: Source, path: Path | None) -> ImportState:
        """Begins an import.

        Args:
            source: whose files they are.
            path: the export; of other programs a session file, a folder of them, or None for the usual one.

        Raises:
            ImportRunningError: another one runs.
        """
        if self._running is not None:
            raise ImportRunningError("Another import is running. Wait for its end, or stop it.")
        state = ImportState(new_id(), source)
        self._states[state.id] = state
        for old in list(self._states)[:-KEPT]:
            del self._states[old]
        self._is_stopped = False
        self._running = state.id, asyncio.create_task(self._run(state.id, source, path))
        return state

    async def stop(self, import_id: str | None = None) -> None:
        """Ends this import, or whichever runs; what it has taken in by then stays. Harmless where it has ended."""
        if self._running is not None and import_id in {None, self._running[0]}:
            self._is_stopped = True
            await asyncio.wait({self._running[1]})

    async def _run(self, import_id: str, source: Source, path: Path | None) -> None:
        logger.info("an import from %s begins", source)
        changes: dict[str, Any] = {"state": "done"}
        try:
            await _for_work.ready()
            if source == "stagent":
                assert path is not None
                await self._take_export(import_id, path)
            else:
                await self._take_sessions(import_id, source, path)
        except _StoppedError:
            stopped = ImportStoppedError("The import was stopped. Do it again to take in the rest.")
            changes = {"state": "failed", "error": stopped}
        except (StorageError, ActorsError, OSError) as error:
            changes = {"state": "failed", "error": error}
        except Exception as error:
            logger.exception("an import failed")
            changes = {"state": "failed", "error": error}
        finally:
            self._change(import_id, **changes)
            self._running = None
        logger.info("the import has ended: %s", changes["state"])

    async def _take_export(self, import_id: str, path: Path) -> None:
        from actors.transcript import are_blocks  # noqa: PLC0415  (`_run` has had it imported)
        from storage.transfer.portions import Portions  # noqa: PLC0415

        portions = await self._in_thread(Portions, path, are_blocks, self._check_stopped)
        try:
            self._change(import_id, total=portions.size_bytes)
            reading = iter(portions)
            while (portion := await self._in_thread(next, reading, None)) is not None:
                await self._take(import_id, portion.records)
                self._change(import_id, done=self._states[import_id].done + portion.size_bytes)
        finally:
            portions.close()

    async def _take_sessions(self, import_id: str, source: Source, path: Path | None) -> None:
        paths = await self._in_thread(self._session_files, source, path)
        if not paths:
            raise TransferError("There are no sessions. Name the file, or the folder that holds them.")
        self._change(import_id, total=len(paths))
        for number, one in enumerate(paths, 1):
            skipped, records = await self._in_thread(_session, source, one)
            try:
                await self._take(import_id, records)
            except TransferError as error:
                raise TransferError(f"{one}: {error}") from error
            self._states[import_id].merged.unknown += skipped
            self._change(import_id, done=number)

    def _session_files(self, source: Source, path: Path | None) -> list[Path]:
        from actors.sessions import finding  # noqa: PLC0415  (`_run` has had it imported)

        return finding.session_files(source, path, self._home, self._check_stopped)

    async def _take(self, import_id: str, records: Mapping[str, Records]) -> None:
        """Takes in what belongs together. Raises TransferError, StorageError."""
        from actors.transcript import are_blocks  # noqa: PLC0415  (`_run` has had them imported)
        from storage.transfer.merging import merge  # noqa: PLC0415
        from storage.transfer.portions import NO_CONVERSATION  # noqa: PLC0415

        self._check_stopped()
        free: list[str] = []
        try:
            for owner in records:
                if owner != NO_CONVERSATION and not await self._closed(owner):
                    continue
                free.append(owner)
            chosen = [one for owner in free for one in records[owner]]
            work = partial(merge, files=self._files, records=chosen, are_blocks=are_blocks)
            merged: Merged = await ask(self._archive, Transaction(work))
        finally:
            for owner in free:
                await ask(self._conversations, told.ReleaseConversation(owner))
        self._states[import_id].merged.add(merged)
        self._change(import_id, busy=self._states[import_id].busy + len(records) - len(free))
        for kind, row_id in merged.changed:
            self._sink.row_changed("task" if kind == "task" else "conversation", row_id)

    async def _closed(self, conversation_id: str) -> bool:
        """Keeps a conversation closed; False where an agent works in it."""
        for _ in range(CLOSE_ATTEMPTS):
            if await ask(self._conversations, told.HoldConversation(conversation_id)):
                return True
            await asyncio.sleep(CLOSE_PAUSE_S)
        return False

    def _change(self, import_id: str, **changes: Any) -> None:
        self._states[import_id] = replace(self._states[import_id], **changes)

    def _check_stopped(self, *_progress: int) -> None:
        """In any thread. Raises _StoppedError."""
        if self._is_stopped:
            raise _StoppedError

    @staticmethod
    async def _in_thread(work: Callable[..., T], *args: Any) -> T:
        return await asyncio.to_thread(work, *args)


def _session(source: Source, path: Path) -> tuple[int, dict[str, Records]]:
    """How many lines of a session were not understood, and its records: all belong to one conversation."""
    from actors.sessions import finding  # noqa: PLC0415  (`_run` has had it imported)

    session = finding.read(source, path)
    records: Records = list(session.records())
    return session.skipped, {str(records[0][1]["id"]): records} if records else {}
