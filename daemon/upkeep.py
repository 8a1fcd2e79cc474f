"""What the daemon does by itself, off the loop and never silently: daily backups, retention, giving space back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from actors.errors import ConversationNotFoundError, ShuttingDownError
from actors.writes import Write
from daemon.services import Services
from daemon.settings import Settings
from storage import conversations, documents, space, upkeep
from storage.backups import shelf
from storage.backups.writing import Source, write
from storage.database import Database
from storage.errors import BackupStoppedError, StorageError
from storage.paths import DataDir
from storage.times import now_ms
from storage.upkeep import Kind, UpkeepNote

logger = logging.getLogger(__name__)

EVERY_S = 3600.0
REMOVED_AT_ONCE = 500
DAY_MS = 24 * 3600 * 1000


async def keep_up(services: Services) -> None:
    """Does for a daemon what is due, now and then every hour, until it is cancelled."""

    async def remove(conversation_id: str) -> None:
        with contextlib.suppress(ConversationNotFoundError):  # somebody else was quicker
            await services.delete_conversation(conversation_id)

    upkeep = Upkeep(
        data_dir=services.data_dir,
        database=services.database,
        settings=lambda: services.settings.current,
        store=services.actors.write,
        is_busy=lambda: bool(services.feed.busy),
        is_stopping=services.is_stopping,
        remove=remove,
        remove_files=services.actors.documents.remove_files,
    )
    await upkeep.run()


class Upkeep(msgspec.Struct, frozen=True):
    """The jobs, one after the other. Used on the loop alone.

    Attributes:
        settings: those in force.
        store: has rows written.
        is_busy: whether an agent works.
        is_stopping: whether the daemon is on its way out; asked from other threads too.
        remove: deletes a conversation that no agent works in, with all that belongs to it.
        remove_files: deletes the files of documents that are gone.
    """

    data_dir: DataDir
    database: Database
    settings: Callable[[], Settings]
    store: Callable[[Write], Awaitable[None]]
    is_busy: Callable[[], bool]
    is_stopping: Callable[[], bool]
    remove: Callable[[str], Awaitable[None]]
    remove_files: Callable[[], Awaitable[None]]

    async def run(self) -> None:
        """Does what is due, now and then every hour, until it is cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(EVERY_S)

    async def once(self) -> None:
        """Does what is due. The backup comes first: it has what leaves afterwards."""
        jobs: tuple[tuple[Kind, Callable[[], Awaitable[None]]], ...] = (
            ("backup", self._back_up),
            ("retention", self._let_go),
            ("vacuum", self._give_back),
        )
        for kind, job in jobs:
            try:
                await job()
            except (BackupStoppedError, ShuttingDownError):
                return
            except (StorageError, OSError, sqlite3.Error) as error:
                logger.error("upkeep (%s) failed: %s", kind, error)  # noqa: TRY400  (the traceback tells nothing)
                await self._note(kind, str(error), is_problem=True)

    async def _back_up(self) -> None:
        folder = self.data_dir.backups
        settings = self.settings()
        if not settings.backup_daily or not shelf.is_due(folder) or self._is_empty():
            return
        target = shelf.daily(folder)
        work = partial(write, Source.of(self.data_dir), target, is_stopped=self.is_stopping)
        made = await asyncio.to_thread(work)
        removed = await asyncio.to_thread(shelf.prune, folder, settings.backups_kept)
        logger.info("backed up %d files in %s; %d old backups went", len(made.files), target, len(removed))
        await self._note("backup", f"Backed up in {target}. Old backups that went: {len(removed)}.")

    async def _let_go(self) -> None:
        days = self.settings().archived_days_kept
        if days is None:
            return
        before = now_ms() - days * DAY_MS
        gone = 0
        for conversation_id in conversations.archived_before(self.database, before, REMOVED_AT_ONCE):
            if self.is_stopping():
                break
            await self.remove(conversation_id)
            gone += 1
        if not gone:
            return
        with_them = len(documents.removed(self.database))
        await self.remove_files()
        text = f"Removed {gone} conversations archived more than {days} days ago, with {with_them} documents."
        logger.info("%s", text)
        await self._note("retention", text)

    async def _give_back(self) -> None:
        if self.is_busy() or not space.is_incremental(self.database) or not space.pays(self.database):
            return
        before = space.size_bytes(self.database)
        while space.is_left(self.database) and not (self.is_busy() or self.is_stopping()):
            await self.store(Write((space.step(),)))
        given = (before - space.size_bytes(self.database)) / 1e6
        logger.info("gave %.1f MB of the database file back", given)
        await self._note("vacuum", f"Gave {given:.1f} MB of the database file back to the disk.")

    def _is_empty(self) -> bool:
        """Whether there is nothing to lose: backups of nothing would only push out those of something."""
        kinds = ("conversations", "projects", "tasks", "documents")
        return all(self.database.row(f"SELECT 1 FROM {kind} LIMIT 1") is None for kind in kinds)

    async def _note(self, kind: Kind, text: str, *, is_problem: bool = False) -> None:
        last = upkeep.recent(self.database, 1, kind)
        if is_problem and last and last[0].note == text:
            return  # it was told an hour ago
        try:
            await self.store(Write(upkeep.insert(UpkeepNote(now_ms(), kind, is_problem, text))))
        except (StorageError, ShuttingDownError) as error:
            logger.warning("what upkeep did could not be noted: %s", error)
