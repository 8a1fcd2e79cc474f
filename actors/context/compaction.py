"""A compaction: a summary that stands for the older part of a branch. What it stands for stays in the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from actors import tokens
from actors.events import CompactionEvent
from actors.transcript import Cut, Entry
from storage.records import Message

KIND = "compaction"

Reason = Literal["full", "overflow", "asked"]
"""The history came near to the window; the provider refused it as too long; a person asked for it."""


class Compaction(msgspec.Struct, frozen=True):
    """What was summarised.

    Attributes:
        first_message_id: the first message that it stands for.
        cut: the place behind the last one.
        tokens_before: size of the request before it, as far as known.
        tokens_after: its size with the summary instead.
        model_id: the model that wrote it.
    """

    summary: str
    first_message_id: str
    cut: Cut
    tokens_before: int
    tokens_after: int
    model_id: str | None
    reason: Reason

    def event(self, row_id: str, turn_id: str) -> CompactionEvent:
        """What those who follow get to see."""
        return CompactionEvent(
            turn_id=turn_id,
            message_id=row_id,
            from_message_id=self.first_message_id,
            to_message_id=self.cut.message_id,
            tokens_before=self.tokens_before,
            tokens_after=self.tokens_after,
        )

    def row(self, row_id: str, conversation_id: str, branch_id: str, turn_id: str, at: int) -> Message:
        """The row that people see."""
        metadata = {
            "type": KIND,
            "summary": self.summary,
            "fromMessageId": self.first_message_id,
            "toMessageId": self.cut.message_id,
            "toStep": self.cut.steps,
            "tokensBefore": self.tokens_before,
            "tokensAfter": self.tokens_after,
            "modelId": self.model_id,
            "reason": self.reason,
        }
        return Message(
            id=row_id,
            conversation_id=conversation_id,
            turn_id=turn_id,
            role="system",
            content=(
                "The conversation up to here was summarised for the model: about "
                f"{self.tokens_before:,} tokens became {self.tokens_after:,}. Nothing was removed."
            ),
            status="complete",
            metadata=json.dumps(metadata, ensure_ascii=False, separators=(",", ":")),
            created_at=at,
            updated_at=at,
            branch_id=branch_id,
        )


def last_of(rows: Sequence[Message]) -> Compaction | None:
    """The last compaction of a branch; None where there is none, or what it stands for is not on the branch."""
    shown = {row.id for row in rows}
    for row in reversed(rows):
        if row.role == "system" and row.metadata is not None and f'"{KIND}"' in row.metadata:
            compaction = _parsed(json.loads(row.metadata))
            if compaction is not None and compaction.cut.message_id in shown:
                return compaction
    return None


def choose(entries: Sequence[Entry], keep: int, *, may_take_all: bool = False) -> int:
    """How many entries from the start on are to be summarised; 0 where the history cannot be cut.

    What stays has at most `keep` tokens where that is possible. The last entry always stays, unless `may_take_all`:
    the model has not answered it yet.
    """
    last = len(entries) if may_take_all else len(entries) - 1
    places = [place for place in range(1, last + 1) if entries[place - 1].cut is not None]
    left = tokens.of_entries(entries)
    at = 0
    for place in places:
        left -= tokens.of_entries(entries[at:place])
        at = place
        if left <= keep:
            break
    return at


def _parsed(fields: dict[str, Any]) -> Compaction | None:
    if fields.get("type") != KIND or fields.get("toMessageId") is None:
        return None
    return Compaction(
        fields["summary"],
        fields["fromMessageId"],
        Cut(fields["toMessageId"], fields["toStep"]),
        fields["tokensBefore"],
        fields["tokensAfter"],
        fields["modelId"],
        fields["reason"],
    )
