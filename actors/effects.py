"""What a turn wants done. The turn decides, its actor acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from actors.events import Event
from storage.records import TurnStatus
from storage.statements import Statement

if TYPE_CHECKING:
    from actors.notices import Allowed, Answered, Denied, Run


class Publish(msgspec.Struct, frozen=True):
    """Send this event, once it is stored."""

    event: Event


class Keep(msgspec.Struct, frozen=True):
    """Store these events, which were sent already."""

    runs: tuple[Run, ...]


class Store(msgspec.Struct, frozen=True):
    """Execute this statement, together with the events around it."""

    statement: Statement


class Answer(msgspec.Struct, frozen=True):
    """Tell the agent what was decided about a tool call."""

    call_id: str
    decision: Allowed | Denied | Answered


class StartTimer(msgspec.Struct, frozen=True):
    """Let the request expire when nobody answers in time."""

    request_id: str


class StopTimer(msgspec.Struct, frozen=True):
    """The request was answered."""

    request_id: str


class StopAgent(msgspec.Struct, frozen=True):
    """Stop the agent; it will say that it has stopped."""


class End(msgspec.Struct, frozen=True):
    """The turn is over. `event` is its last one."""

    status: TurnStatus
    event: Event


Effect = Publish | Keep | Store | Answer | StartTimer | StopTimer | StopAgent | End
