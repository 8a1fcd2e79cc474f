"""A turn that summarises the conversation instead of answering, because a person asked for it."""

from __future__ import annotations

from actors import effects
from actors.context.compaction import Compaction
from actors.context.room import SUMMARISING
from actors.effects import Effect
from actors.events import TerminalEvent
from actors.turn import Turn
from storage.records import TurnStatus


class CompactionTurn(Turn):
    """It has no message and no answer: the row of the summary, which comes with it, stands for both."""

    def __init__(self, turn_id: str, conversation_id: str, row_id: str, branch_id: str) -> None:
        super().__init__(turn_id, conversation_id, row_id, row_id, branch_id)

    def begin(self, client_message_id: str | None, *, was_queued: bool) -> list[Effect]:
        """The first event."""
        del client_message_id, was_queued
        return [effects.Publish(self._status("compacting", SUMMARISING))]

    @property
    def _asked(self) -> str | None:
        return None

    def _compacted(self, compaction: Compaction, now_ms: int, row_id: str | None = None) -> list[Effect]:
        return super()._compacted(compaction, now_ms, row_id or self.assistant_message_id)

    def _last_row(self, status: TurnStatus, event: TerminalEvent, now_ms: int) -> list[Effect]:
        del status, event, now_ms
        return []
