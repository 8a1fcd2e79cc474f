"""ImportWork: reads what is imported and takes it in, conversation by conversation. Imported by the first import."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pykka

from actors import messages as told
from actors.bridge import ask
from actors.events import EventSink
from actors.import_progress import ImportProgress
from actors.sessions import finding
from actors.transcript import are_blocks
from actors.writes import Transaction
from storage.document_files import DocumentFiles
from storage.errors import TransferError
from storage.transfer.merged import Merged
from storage.transfer.merging import merge
from storage.transfer.portions import NO_CONVERSATION, Portions, Records

T = TypeVar("T")

CLOSE_ATTEMPTS = 50
CLOSE_PAUSE_S = 0.02
"""An idle conversation is closed as soon as its rows are stored; one in which an agent works is not closed at all."""


class ImportWork:
    """Works on one import.

    Args:
        archive: who writes.
        conversations: who keeps them closed meanwhile.
        files: where documents lie.
        sink: who tells of conversations and tasks that look different.
        progress: where it says how far it is.
    """

    def __init__(
        self,
        archive: pykka.ActorRef[Any],
        conversations: pykka.ActorRef[Any],
        files: DocumentFiles,
        sink: EventSink,
        progress: ImportProgress,
    ) -> None:
        self._archive = archive
        self._conversations = conversations
        self._files = files
        self._sink = sink
        self._progress = progress

    async def take_export(self, path: Path) -> None:
        """Takes in what `stagent export` has written.

        Raises:
            StorageError: the file cannot be taken in, or the store refuses.
            StoppedError: it was to stop.
        """
        progress = self._progress
        portions = await _in_thread(Portions, path, are_blocks, progress.check)
        try:
            progress.change(total=portions.size_bytes)
            reading = iter(portions)
            while (portion := await _in_thread(next, reading, None)) is not None:
                await self._take(portion.records)
                progress.change(done=progress.state.done + portion.size_bytes)
        finally:
            portions.close()

    async def take_sessions(self, path: Path | None, home: Path) -> None:
        """Takes in sessions of another program.

        Args:
            path: a session file, or a folder of them; None for the usual one.
            home: where that is.

        Raises:
            StorageError: there are none, one cannot be taken in, or the store refuses.
            StoppedError: it was to stop.
        """
        progress = self._progress
        source = progress.state.source
        paths = await _in_thread(finding.session_files, source, path, home, progress.check)
        if not paths:
            raise TransferError("There are no sessions. Name the file, or the folder that holds them.")
        progress.change(total=len(paths))
        for number, one in enumerate(paths, 1):
            skipped, records = await _in_thread(_session, source, one)
            try:
                await self._take(records)
            except TransferError as error:
                raise TransferError(f"{one}: {error}") from error
            progress.state.merged.unknown += skipped
            progress.change(done=number)

    async def _take(self, records: Mapping[str, Records]) -> None:
        """Takes in what belongs together. Raises TransferError, StorageError."""
        progress = self._progress
        progress.check()
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
        progress.state.merged.add(merged)
        progress.change(busy=progress.state.busy + len(records) - len(free))
        for kind, row_id in merged.changed:
            self._sink.row_changed("task" if kind == "task" else "conversation", row_id)

    async def _closed(self, conversation_id: str) -> bool:
        """Keeps a conversation closed; False where an agent works in it."""
        for _ in range(CLOSE_ATTEMPTS):
            if await ask(self._conversations, told.HoldConversation(conversation_id)):
                return True
            await asyncio.sleep(CLOSE_PAUSE_S)
        return False


async def _in_thread(work: Callable[..., T], *args: Any) -> T:
    return await asyncio.to_thread(work, *args)


def _session(source: str, path: Path) -> tuple[int, dict[str, Records]]:
    """How many lines of a session were not understood, and its records: all belong to one conversation."""
    session = finding.read(source, path)
    records: Records = list(session.records())
    return session.skipped, {str(records[0][1]["id"]): records} if records else {}
