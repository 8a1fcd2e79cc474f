"""What is to be stored, and what became of it: between a conversation, the daemon and the archive."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from storage.statements import Statement

if TYPE_CHECKING:
    from actors.bridge import Reply
    from storage.database import Database


class TurnStored(msgspec.Struct, frozen=True):
    """The first rows of a turn are in the store."""

    turn_id: str


class WriteFailed(msgspec.Struct, frozen=True):
    """Something of the conversation could not be stored; its events were sent all the same.

    Attributes:
        awaited: what the conversation was to be told when it is stored.
    """

    error: BaseException
    statements: tuple[Statement, ...] = ()
    events: tuple[tuple[int, int], ...] = ()
    changed_tasks: tuple[str, ...] = ()
    awaited: object = None


class RetryWrites(msgspec.Struct, frozen=True):
    """Time to store again what could not be stored."""


class WritesRetried(msgspec.Struct, frozen=True):
    """All that could not be stored before is in the store."""


class Flushed(msgspec.Struct, frozen=True):
    """All that a conversation has written is in the store."""


class Write(msgspec.Struct, frozen=True):
    """For the archive: statements that are executed together or, as a rule, not at all.

    Attributes:
        conversation_id: whose rows they are; None where they belong to none.
        events: numbers, first and last, of the events among them.
        changes_list: the row of the conversation looks different afterwards.
        changed_tasks: ids of the tasks that look different afterwards.
        one_by_one: a statement that is rejected keeps no other from being executed; only the log knows.
        reply: answered with None when it is in the store, or with the error.
    """

    statements: tuple[Statement, ...]
    conversation_id: str | None = None
    events: tuple[tuple[int, int], ...] = ()
    changes_list: bool = False
    reply: Reply[None] | None = None
    changed_tasks: tuple[str, ...] = ()
    one_by_one: bool = False


class Commit(msgspec.Struct, frozen=True):
    """For the archive, from itself: time to commit."""


class Transaction(msgspec.Struct, frozen=True):
    """For the archive: work in a transaction of its own, which it begins and ends itself. Answer: what it returns.

    Everybody else who writes waits for it, so it must be short.
    """

    work: Callable[[Database], Any]
