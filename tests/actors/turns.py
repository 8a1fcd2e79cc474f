"""A turn, and what it did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from actors import effects
from actors.effects import Effect
from actors.events import Event, PermissionRequestEvent
from actors.notices import (
    ToolRequested,
)
from actors.permissions import Verdict
from actors.tools.base import Subject
from actors.turn import Turn

ROOT = Path("/srv/project")


SUBJECT = Subject("Bash", ROOT, command="make")


QUESTIONS = (
    {"id": "colour", "question": "Which colour?"},
    {"id": "pin", "question": "PIN?", "isSecret": True},
)


def new_turn() -> Turn:
    return Turn("turn", "conversation", "user-row", "assistant-row")


def asked(call_id: str = "call") -> ToolRequested:
    return ToolRequested("turn", call_id, "Bash", {"command": "make"}, "make", SUBJECT, lambda raw: raw)


def events(done: list[Effect]) -> list[Event]:
    return [effect.event for effect in done if isinstance(effect, effects.Publish | effects.End)]


def answers(done: list[Effect]) -> list[Any]:
    return [effect.decision for effect in done if isinstance(effect, effects.Answer)]


def stored(done: list[Effect]) -> str:
    return " ".join(str(effect.statement.params) for effect in done if isinstance(effect, effects.Store))


def open_request(turn: Turn, call_id: str = "call") -> str:
    done = turn.tool_requested(asked(call_id), Verdict("ask", None, "why"), 1)
    [event] = [event for event in events(done) if isinstance(event, PermissionRequestEvent)]
    return event.request_id
