"""How a turn ends: by itself, with an error, or because it was stopped. Each way has its one event."""

from __future__ import annotations

from typing import Literal

from actors.events import DoneEvent, ErrorEvent, InterruptedEvent, TerminalEvent
from actors.notices import AgentFailed, AgentFinished, AgentStopped

AgentEnded = AgentFinished | AgentFailed | AgentStopped
EndStatus = Literal["complete", "error", "interrupted"]


def end_of(
    notice: AgentEnded,
    turn_id: str,
    message_id: str,
    asked_id: str | None,
    stop_reason: Literal["cancelled", "restart"],
) -> tuple[EndStatus, TerminalEvent]:
    """The status of an ended turn and its last event.

    Args:
        notice: what the agent said last.
        turn_id: the turn.
        message_id: the row of the answer.
        asked_id: the message that it answers, if any.
        stop_reason: why it was stopped, if it was.
    """
    match notice:
        case AgentFinished():
            done = DoneEvent(
                turn_id=turn_id,
                message_id=message_id,
                user_message_id=asked_id,
                quick_access=notice.quick_access,
                stop_reason=notice.stop_reason,
            )
            return "complete", done
        case AgentFailed():
            error = ErrorEvent(
                turn_id=turn_id, message_id=message_id, message=notice.message, code=notice.code
            )
            return "error", error
        case AgentStopped():
            return "interrupted", InterruptedEvent(turn_id=turn_id, message_id=message_id, reason=stop_reason)
