"""What an answer's row keeps besides its text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol

import msgspec

from actors.answer_text import AnswerText
from actors.event_encoding import clean
from actors.events import DoneEvent, ErrorEvent, TerminalEvent
from actors.notices import ContextSize, Usage
from actors.tool_calls import ToolCall


class EndedTurn(Protocol):
    """The part of a turn that is kept."""

    model_id: str | None
    usage: Usage
    cost_usd: float | None
    size: ContextSize | None
    text: AnswerText

    @property
    def calls(self) -> Mapping[str, ToolCall]:
        """Its tool calls by id."""
        ...


def answer_metadata(turn: EndedTurn, event: TerminalEvent) -> str:
    """The metadata as JSON text."""
    metadata = {
        "modelId": turn.model_id,
        "inputTokens": turn.usage.input_tokens,
        "outputTokens": turn.usage.output_tokens,
        "cacheReadTokens": turn.usage.cache_read_tokens,
        "cacheWriteTokens": turn.usage.cache_write_tokens,
        "costUsd": turn.cost_usd,
        "context": _context(turn.size),
        "quickAccess": msgspec.to_builtins(event.quick_access) if isinstance(event, DoneEvent) else [],
        "toolCalls": [call.kept() for call in turn.calls.values()],
        "thinking": [thought.kept() for thought in turn.text.thoughts],
        "screenshots": [shot.kept(call.id) for call in turn.calls.values() for shot in call.screenshots],
        "stopReason": event.stop_reason if isinstance(event, DoneEvent) else None,
        "error": event.message if isinstance(event, ErrorEvent) else None,
        "errorCode": event.code if isinstance(event, ErrorEvent) else None,
    }
    return json.dumps(clean(metadata), ensure_ascii=False, separators=(",", ":"))


def _context(size: ContextSize | None) -> dict[str, int] | None:
    """How large the last request was."""
    if size is None:
        return None
    return {
        "estimatedTokens": size.estimated,
        "reportedTokens": size.reported,
        "toolTokens": size.tools,
    }
