"""The turn that runs in a conversation, if one does, as its agent and its timers reach it."""

from __future__ import annotations

from typing import Any

import msgspec

from actors import messages as told
from actors import notices
from actors.bridge import Reply
from actors.conversation_record import ConversationRecord
from actors.turn_runner import TurnRunner

OF_THE_AGENT = (
    notices.TextArrived, notices.ContextGiven, notices.Compacted, notices.StepFinished, notices.ToolRejected, notices.ToolFinished,
    notices.AgentFinished, notices.AgentFailed, notices.AgentStopped,
)  # fmt: skip
TURN_IS_OVER = notices.Denied("The turn has ended.")


class Starting(msgspec.Struct, frozen=True):
    """A turn whose first rows are on their way to the store; `before` is the record without it."""

    request: notices.TurnRequest
    accepted: told.Accepted
    reply: Reply[told.Accepted]
    before: ConversationRecord


class RunningTurn:
    """Hands notices to the runner of the turn that they are about; those of an ended turn change nothing.

    Attributes:
        runner: None while no turn runs.
    """

    def __init__(self) -> None:
        self.runner: TurnRunner | None = None

    @property
    def turn_id(self) -> str | None:
        """The turn's id; None while no turn runs."""
        return None if self.runner is None else self.runner.turn.id

    def show_state(self) -> None:
        """Tells the sink what the conversation is doing."""
        if self.runner is not None:
            self.runner.show_state()

    def receive(self, notice: Any) -> None:
        """Takes a notice of an agent."""
        if runner := self._of(notice.turn_id):
            runner.receive(notice)

    def expired(self, notice: notices.RequestExpired) -> None:
        """Takes the end of a request's time."""
        if self.runner is not None:
            self.runner.receive(notice)

    def asked(self, asked: notices.ToolRequested | notices.QuestionAsked) -> Any:
        """What an agent wants to do or to know. Answer: a decision, or a Reply of one."""
        runner = self._of(asked.turn_id)
        if runner is None:
            return TURN_IS_OVER
        if isinstance(asked, notices.ToolRequested):
            return runner.tool_requested(asked)
        return runner.question_asked(asked)

    def tool_started(self, notice: notices.ToolStarted) -> bool:
        """Whether a tool that a person allowed may run now."""
        runner = self._of(notice.turn_id)
        return runner is not None and runner.tool_started(notice)

    def _of(self, turn_id: str) -> TurnRunner | None:
        return self.runner if self.turn_id == turn_id else None
