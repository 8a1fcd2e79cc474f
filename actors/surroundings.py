"""Whom a conversation works with."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec
import pykka

from actors.events import EventSink
from actors.measures import Measures
from actors.notices import TurnRequest
from actors.options import Options
from actors.permissions import Rule


class Agents(Protocol):
    """Where agents run; see `actors.agent_loop`. Every method may be called from any thread."""

    def prepare_turn(self, request: TurnRequest) -> None:
        """Gets the agent of a turn ready, as far as it can be before the turn is stored; `stop_turn` forgets it."""
        ...

    def run_turn(self, request: TurnRequest, conversation: pykka.ActorRef[Any]) -> None:
        """Starts the agent of a turn."""
        ...

    def stop_turn(self, turn_id: str) -> None:
        """Stops the agent of a turn; `AgentStopped` follows within two seconds."""
        ...

    def start_timer(self, timer_id: str, delay_s: float, ref: pykka.ActorRef[Any], notice: object) -> None:
        """Tells an actor something after a while."""
        ...

    def stop_timer(self, timer_id: str) -> None:
        """Forgets a timer; harmless where there is none."""
        ...


class Surroundings(msgspec.Struct, frozen=True):
    """Whom a conversation works with."""

    parent: pykka.ActorRef[Any]
    archive: pykka.ActorRef[Any]
    agents: Agents
    sink: EventSink
    options: Options
    rules: tuple[Rule, ...]
    measures: Measures
