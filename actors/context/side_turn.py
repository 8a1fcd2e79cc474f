"""A question to the model beside the conversation: its answer is for us, and nobody sees it arrive."""

from __future__ import annotations

from actors.agent import AgentTurn
from actors.events import Phase
from actors.notices import Usage
from actors.transcript import Entry, TextBlock


class SideTurn(AgentTurn):
    """Asks with another system prompt and one message. What it uses counts for the turn.

    Args:
        turn: the turn that needs the answer.
        system: the system prompt.
        text: the message.
    """

    def __init__(self, turn: AgentTurn, system: str, text: str) -> None:
        super().__init__(turn.request, turn.conversation, turn.sink, turn.surface, [], turn.guard)
        self.system = system
        self.transcript = [Entry("user", (TextBlock(text=text),))]
        self._turn = turn

    def text(self, piece: str) -> None:
        """Nobody sees it."""

    def new_text_block(self) -> None:
        """Nobody sees it."""

    def thinking(self, piece: str) -> None:
        """Nobody sees it."""

    def status(self, phase: Phase, message: str, retry_at: str | None = None) -> None:
        """People learn only that it has to wait."""
        if phase == "waiting":
            self._turn.status(phase, message, retry_at)

    def status_soon(self, phase: Phase, message: str) -> None:
        """See `status`."""
        self.status(phase, message)

    def flush(self) -> None:
        """Gives the conversation what the turn has said."""
        self._turn.flush()

    def note_usage(self, usage: Usage, model_id: str | None) -> None:
        """Notes what it has used so far."""
        self._turn.note_usage(usage, model_id)
