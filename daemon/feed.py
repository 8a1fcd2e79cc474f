"""What happens in all conversations and to tasks, for sidebars: one feed, numbered and resumable like the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from actors.events import RowKind, TurnState
from daemon.schemas import Conversation, Task
from storage.records import EventRow

FEED = "*"
"""Stands for the feed where the hub wants a conversation."""

COALESCED_S = 0.05
RESET = b'{"type":"reset"}'


class ConversationChanged(msgspec.Struct, frozen=True, tag_field="type", tag="conversation_changed"):
    """A conversation is new or looks different."""

    conversation: Conversation


class ConversationDeleted(
    msgspec.Struct, frozen=True, tag_field="type", tag="conversation_deleted", rename="camel"
):
    """A conversation is gone."""

    conversation_id: str


class TaskChanged(msgspec.Struct, frozen=True, tag_field="type", tag="task_changed"):
    """A task is new or looks different."""

    task: Task


class TaskDeleted(msgspec.Struct, frozen=True, tag_field="type", tag="task_deleted", rename="camel"):
    """A task is gone."""

    task_id: str


class ConversationFeed:
    """Knows what each conversation is doing, and tells those who follow. Used on the loop alone.

    Args:
        loop: the event loop.
        publish: adds an event to the feed.
        read: the conversation or task as the API shows it, or None where it is gone.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        publish: Callable[[bytes], None],
        read: Callable[[RowKind, str], Conversation | Task | None],
    ) -> None:
        self._loop = loop
        self._publish = publish
        self._read = read
        self._turns: dict[str, tuple[TurnState, int]] = {}
        self._changed: dict[tuple[RowKind, str], None] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> tuple[str, ...]:
        """The conversations in which an agent works or waits."""
        return tuple(self._turns)

    def turn(self, conversation_id: str) -> tuple[TurnState, int]:
        """What a conversation is doing, and how many requests wait for a person."""
        return self._turns.get(conversation_id, ("idle", 0))

    def turn_changed(self, conversation_id: str, state: TurnState, open_requests: int) -> None:
        """Notes what a conversation is doing."""
        if self.turn(conversation_id) == (state, open_requests):
            return
        if state == "idle":
            self._turns.pop(conversation_id, None)
        else:
            self._turns[conversation_id] = (state, open_requests)
        self.changed("conversation", conversation_id)

    def changed(self, kind: RowKind, row_id: str) -> None:
        """Notes that something looks different; several changes in a row become one event."""
        self._changed[kind, row_id] = None
        if self._timer is None:
            self._timer = self._loop.call_later(COALESCED_S, self._tell)

    def _tell(self) -> None:
        self._timer = None
        changed, self._changed = tuple(self._changed), {}
        for kind, row_id in changed:
            self._publish(msgspec.json.encode(self._event(kind, row_id)))

    def _event(self, kind: RowKind, row_id: str) -> msgspec.Struct:
        match self._read(kind, row_id):
            case Conversation() as conversation:
                return ConversationChanged(conversation)
            case Task() as task:
                return TaskChanged(task)
        return TaskDeleted(row_id) if kind == "task" else ConversationDeleted(row_id)


def lost(first_seq: int) -> list[EventRow]:
    """What stands in for events of the feed that are no longer kept: read the lists again."""
    return [EventRow(first_seq - 1, first_seq - 1, is_run=False, payload=RESET)]
