"""ArchiveActor: the only writer of the database. What arrives while it works is committed together."""

from __future__ import annotations

import logging
import time
from typing import Any

import pykka
from msgspec.structs import replace

from actors.bridge import Actor, Reply, tell
from actors.errors import ShuttingDownError
from actors.events import EventSink
from actors.measures import Measures
from actors.writes import Commit, Transaction, Write
from storage.database import Database
from storage.errors import ConflictError, StorageError

logger = logging.getLogger(__name__)


async def stored(archive: pykka.ActorRef[Any], write: Write) -> None:
    """Has rows written; when this returns, they are in the store.

    Raises:
        ShuttingDownError: the archive has stopped.
        StorageError: nothing of it was written.
    """
    reply: Reply[None] = Reply()
    if not tell(archive, replace(write, reply=reply)):
        raise ShuttingDownError("The daemon is stopping.")
    await reply


def inbox_length(archive: pykka.ActorRef[Any]) -> int:
    """How many messages the archive has before it."""
    inbox: Any = archive.actor_inbox
    return int(inbox.qsize())


class ArchiveActor(Actor):
    """Executes `Write` messages in the order in which they come.

    The first one opens a transaction and sends `Commit` to the actor itself; whatever else lies in the
    inbox by then belongs to the same transaction. So groups grow with the load, and an idle archive
    commits at once.
    """

    def __init__(self, database: Database, sink: EventSink, measures: Measures | None = None) -> None:
        super().__init__(measures)
        self._database = database
        self._sink = sink
        self._group: list[Write] = []

    def receive(self, message: Any) -> Any:
        """Takes `Write`, `Commit` and `Transaction`."""
        match message:
            case Write():
                self._write(message)
            case Commit():
                self._commit()
            case Transaction(work):
                self._commit()
                return work(self._database)
            case _:
                return super().receive(message)
        return None

    def on_stop(self) -> None:
        """Commits what is open."""
        self._commit()

    def failed(self, error: BaseException) -> None:
        """Tells everybody whose write is not committed."""
        self._fail_group(error)

    def _write(self, write: Write) -> None:
        opens_group = not self._group
        self._group.append(write)
        try:
            if opens_group:
                self._database.begin()
            if write.one_by_one:
                for error in self._database.execute_each(write.statements):
                    logger.error("a row of conversation %s is left out: %s", write.conversation_id, error)
            else:
                self._database.execute(write.statements)
        except StorageError as error:
            if self._database.connection.in_transaction:
                self._group.remove(write)
                self._tell_failure(write, error)
            else:  # the database gave up the whole transaction
                self._fail_group(error)
        if opens_group and self._database.connection.in_transaction:
            self.actor_ref.tell(Commit())

    def _commit(self) -> None:
        if not self._database.connection.in_transaction:
            return
        began = time.perf_counter()
        try:
            self._database.commit()
        except StorageError as error:
            self._fail_group(error)
            return
        self.measures.commits.observe(time.perf_counter() - began)
        group, self._group = self._group, []
        for write in group:  # first: an agent may wait for it, and each news wakes the event loop
            self._answer(write, None)
        for write in group:
            for first_seq, last_seq in write.events:
                assert write.conversation_id is not None
                self._sink.stored(write.conversation_id, first_seq, last_seq)
        for conversation_id in {write.conversation_id for write in group if write.changes_list}:
            if conversation_id is not None:
                self._sink.row_changed("conversation", conversation_id)
        for task_id in {task_id for write in group for task_id in write.changed_tasks}:
            self._sink.row_changed("task", task_id)

    def _fail_group(self, error: BaseException) -> None:
        group, self._group = self._group, []
        for write in group:
            self._tell_failure(write, error)

    def _tell_failure(self, write: Write, error: BaseException) -> None:
        if not isinstance(error, ConflictError):
            logger.error("a write for conversation %s failed: %s", write.conversation_id, error)
        self._answer(write, error)

    def _answer(self, write: Write, error: BaseException | None) -> None:
        """Tells whoever waits. What they do then in this thread must not end the archive, which serves everybody."""
        if write.reply is None:
            return
        try:
            write.reply.set(None) if error is None else write.reply.fail(error)
        except Exception:
            logger.exception("what follows a write for conversation %s went wrong", write.conversation_id)
