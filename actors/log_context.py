"""What a line of the log belongs to: which request, conversation and turn. It goes along with messages to actors.

A context variable follows a coroutine by itself, but not a message to another thread: `carried` packs it up
and the actor that receives the message unpacks it.
"""

from __future__ import annotations

from contextvars import ContextVar

import msgspec


class LogContext(msgspec.Struct, frozen=True):
    """Ids, as far as they are known."""

    request_id: str | None = None
    conversation_id: str | None = None
    turn_id: str | None = None


NOTHING = LogContext()

_current: ContextVar[LogContext] = ContextVar("log_context", default=NOTHING)


class Carried(msgspec.Struct, frozen=True):
    """A message on its way to an actor, and what it belongs to."""

    message: object
    context: LogContext


def current() -> LogContext:
    """What is being done belongs to this."""
    return _current.get()


def enter(context: LogContext) -> None:
    """What this coroutine, or this thread, does from now on belongs to this."""
    _current.set(context)


def carried(message: object) -> object:
    """The message as it is sent: with what it belongs to, if that is anything."""
    context = _current.get()
    return message if context is NOTHING else Carried(message, context)
