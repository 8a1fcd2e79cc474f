"""Gathers what one message to a conversation changes, and hands it to the archive as one write."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pykka
from msgspec.structs import replace

from actors.bridge import Reply, tell
from actors.event_encoding import encode, run_row
from actors.events import DoneEvent, ErrorEvent, Event, EventSink
from actors.notices import Run
from actors.writes import Write, WriteFailed
from storage import events
from storage.errors import StorageError
from storage.records import EventRow
from storage.statements import Statement


class ConversationWriter:
    """Rows and events of one conversation on their way to the store.

    Events get their number at once and are sent when they are stored; see `EventSink.publish`.

    Args:
        conversation_id: whose rows they are.
        conversation: its actor, who is told when something could not be stored.
        archive: the archive.
        sink: where events go.
    """

    def __init__(
        self,
        conversation_id: str,
        conversation: pykka.ActorRef[Any],
        archive: pykka.ActorRef[Any],
        sink: EventSink,
    ) -> None:
        self._conversation_id = conversation_id
        self._archive = archive
        self._sink = sink
        self._conversation = conversation
        self._statements: list[Statement] = []
        self._events: list[tuple[int, int]] = []
        self._changes_list = False
        self._changed_tasks: list[str] = []
        self._unsaved: list[WriteFailed] = []
        self._last: Event | None = None

    @property
    def has_unsaved(self) -> bool:
        """Whether something could not be stored yet."""
        return bool(self._unsaved)

    def add(self, statement: Statement, *, changes_list: bool = False, task_id: str | None = None) -> None:
        """Adds a statement; `task_id` names the task that looks different after it."""
        self._statements.append(statement)
        self._changes_list |= changes_list
        if task_id is not None:
            self._changed_tasks.append(task_id)

    def publish(self, event: Event, *, is_last: bool = False) -> int:
        """Adds an event; its number comes back."""
        payload = encode(event)
        seq = self._sink.publish(self._conversation_id, payload, is_last=is_last)
        self._add_event(event.turn_id, EventRow(seq, seq, is_run=False, payload=payload))
        self._last = event if is_last else self._last
        return seq

    def keep(self, turn_id: str, runs: Iterable[Run]) -> None:
        """Adds events that were sent already."""
        for run in runs:
            if run.kind is None:
                row = EventRow(run.first_seq, run.first_seq, is_run=False, payload=run.head)
            else:
                row = run_row(run.first_seq, run.head, run.pieces)
            self._add_event(turn_id, row)

    def flush(
        self,
        on_stored: Callable[[], object] | None = None,
        on_failure: Callable[[BaseException], None] | None = None,
        awaited: object = None,
    ) -> None:
        """Sends all that was added to the archive, behind what could not be stored before.

        Args:
            on_stored: called, in another thread, when it is stored.
            on_failure: called instead, if given, of the usual one.
            awaited: for the usual one, see `WriteFailed`.
        """
        failed, self._unsaved = self._unsaved, []
        self._statements[:0] = [statement for one in failed for statement in one.statements]
        self._events[:0] = [event for one in failed for event in one.events]
        self._changed_tasks[:0] = [task_id for one in failed for task_id in one.changed_tasks]
        if not self._statements and on_stored is None:
            return
        last, self._last = self._last, None
        write = Write(
            tuple(self._statements),
            self._conversation_id,
            tuple(self._events),
            self._changes_list,
            changed_tasks=tuple(self._changed_tasks),
        )
        self._statements, self._events, self._changes_list, self._changed_tasks = [], [], False, []

        def fail(error: BaseException) -> None:
            if on_failure is None:
                self._tell_failure(write, last, error, awaited)
                return
            on_failure(error)
            for one in failed:  # what waited before is no business of whoever asked for this write
                tell(self._conversation, replace(one, error=error, awaited=None))

        self._send(write, on_stored, fail)

    def keep_unsaved(self, failed: WriteFailed) -> None:
        """Remembers what could not be stored."""
        self._unsaved.append(failed)

    def keep_what_goes(self, failed: WriteFailed) -> None:
        """Stores what can be stored of a write that was rejected, each row by itself; the rest is lost."""
        notice = failed.awaited
        write = Write(
            failed.statements,
            self._conversation_id,
            failed.events,
            changes_list=True,
            changed_tasks=failed.changed_tasks,
            one_by_one=True,
        )
        on_stored = None if notice is None else lambda: tell(self._conversation, notice)
        self._send(write, on_stored, lambda error: self._tell_failure(write, None, error, notice))

    def retry(self, notice: object) -> None:
        """Tries again to store what could not be stored; the conversation is told this when it is stored."""
        self._changes_list = True
        self.flush_then(notice)

    def flush_then(self, notice: object) -> None:
        """Sends all that was added; the conversation is told this when it is stored."""
        self.flush(lambda: tell(self._conversation, notice), awaited=notice)

    def written(self, answer: object) -> Reply[Any]:
        """Sends all that was added; a reply with this answer, given when it is stored."""
        reply: Reply[Any] = Reply()
        self.flush(lambda: reply.set(answer), reply.fail)
        return reply

    def _send(
        self,
        write: Write,
        on_stored: Callable[[], object] | None,
        on_failure: Callable[[BaseException], object],
    ) -> None:
        def settle(reply: Reply[None]) -> None:
            try:
                reply.get(timeout=0)
            except (StorageError, pykka.ActorDeadError) as error:
                on_failure(error)
            else:
                if on_stored is not None:
                    on_stored()

        stored: Reply[None] = Reply()
        stored.on_resolved(settle)
        if not tell(self._archive, replace(write, reply=stored)):
            stored.fail(pykka.ActorDeadError("The archive has stopped."))

    def _tell_failure(self, write: Write, last: Event | None, error: BaseException, awaited: object) -> None:
        """In the archive's thread. Nobody waits for a disk: events are sent, and say that they are not stored."""
        replacement = None
        if isinstance(last, DoneEvent):
            replacement = encode(
                ErrorEvent(
                    turn_id=last.turn_id,
                    message_id=last.message_id,
                    message=f"The answer is complete but not stored yet; it is tried again. {error}",
                    code=getattr(error, "code", StorageError.code),
                )
            )
        for place, (first_seq, last_seq) in enumerate(write.events, 1):
            is_end = place == len(write.events)
            self._sink.release(self._conversation_id, first_seq, last_seq, replacement if is_end else None)
        tell(
            self._conversation,
            WriteFailed(error, write.statements, write.events, write.changed_tasks, awaited),
        )

    def _add_event(self, turn_id: str, row: EventRow) -> None:
        self._statements.append(events.insert(self._conversation_id, turn_id, row))
        self._events.append((row.first_seq, row.last_seq))
