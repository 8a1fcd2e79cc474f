"""What a turn wants done. The turn decides, its actor acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from actors.events import Event
from storage.records import TurnStatus
from storage.statements import Statement

if TYPE_CHECKING:
    from actors.notices import Allowed, Answered, Denied, Run


@dataclass(frozen=True, slots=True)
class Publish:
    """Send this event, once it is stored."""

    event: Event


@dataclass(frozen=True, slots=True)
class Keep:
    """Store these events, which were sent already."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """Execute this statement, together with the events around it."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class Answer:
    """Tell the agent what was decided about a tool call."""

    call_id: str
    decision: Allowed | Denied | Answered


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Let the request expire when nobody answers in time."""

    request_id: str


@dataclass(frozen=True, slots=True)
class StopTimer:
    """The request was answered."""

    request_id: str


@dataclass(frozen=True, slots=True)
class StopAgent:
    """Stop the agent; it will say that it has stopped."""


@dataclass(frozen=True, slots=True)
class End:
    """The turn is over. `event` is its last one."""

    status: TurnStatus
    event: Event


Effect = Publish | Keep | Store | Answer | StartTimer | StopTimer | StopAgent | End
