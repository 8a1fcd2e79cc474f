"""Gathers what one message to a conversation changes, and hands it to the archive as one write."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pykka

from actors.bridge import Reply, tell
from actors.events import Event, EventSink, encode, run_row
from actors.notices import Run, Write, WriteFailed
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

    def add(self, statement: Statement, *, changes_list: bool = False) -> None:
        """Adds a statement."""
        self._statements.append(statement)
        self._changes_list |= changes_list

    def publish(self, event: Event, *, is_last: bool = False) -> int:
        """Adds an event; its number comes back."""
        payload = encode(event)
        seq = self._sink.publish(self._conversation_id, payload, is_last=is_last)
        self._add_event(event.turn_id, EventRow(seq, seq, is_run=False, payload=payload))
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
    ) -> None:
        """Sends all that was added to the archive.

        Args:
            on_stored: called, in another thread, when it is stored.
            on_failure: called instead, if given, of the usual one.
        """
        if not self._statements and on_stored is None:
            return
        fail = on_failure or self._tell_failure

        def settle(reply: Reply[None]) -> None:
            try:
                reply.get(timeout=0)
            except (StorageError, pykka.ActorDeadError) as error:
                fail(error)
            else:
                if on_stored is not None:
                    on_stored()

        stored: Reply[None] = Reply()
        stored.on_resolved(settle)
        write = Write(
            tuple(self._statements), self._conversation_id, tuple(self._events), self._changes_list, stored
        )
        self._statements, self._events, self._changes_list = [], [], False
        if not tell(self._archive, write):
            stored.fail(pykka.ActorDeadError("The archive has stopped."))

    def flush_then(self, notice: object) -> None:
        """Sends all that was added; the conversation is told this when it is stored."""
        self.flush(lambda: tell(self._conversation, notice))

    def written(self, answer: object) -> Reply[Any]:
        """Sends all that was added; a reply with this answer, given when it is stored."""
        reply: Reply[Any] = Reply()
        self.flush(lambda: reply.set(answer), reply.fail)
        return reply

    def _tell_failure(self, error: BaseException) -> None:
        tell(self._conversation, WriteFailed(error))

    def _add_event(self, turn_id: str, row: EventRow) -> None:
        self._statements.append(events.insert(self._conversation_id, turn_id, row))
        self._events.append((row.first_seq, row.last_seq))
