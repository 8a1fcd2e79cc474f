"""A tool call of a turn, as the people who follow it and the answer's own row see it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from actors.documents.screenshots import Screenshot
from actors.event_encoding import shortened
from actors.events import ToolCallEvent, ToolResultEvent
from actors.notices import ToolRejected, ToolRequested
from actors.tools.base import ToolResult

MAX_OUTPUT_LENGTH = 16_384
MAX_DIFF_LENGTH = 16_384
"""A longer diff is cut in events."""

MAX_KEPT_DIFF_LENGTH = 8_192
"""How much of a diff the answer's row keeps."""

MAX_KEPT_LENGTH = 2_000
"""How much of a call's input and output the answer's row keeps; the transcript has all of it."""


class ToolCall(msgspec.Struct):
    """One call, and what came of it.

    Attributes:
        offset: length of the answer's text before the call, in Unicode code points.
        diff: a unified diff of what it changes, where no permission request has it.
        state: `allowed` means that it may run, not that it does.
    """

    id: str
    name: str
    tool_input: Any
    summary: str
    offset: int
    diff: str | None = None
    state: Literal["waiting", "allowed", "refused", "finished"] = "waiting"
    is_error: bool = False
    output: str = ""
    duration_ms: int = 0
    screenshots: tuple[Screenshot, ...] = ()

    @classmethod
    def of(cls, asked: ToolRequested, offset: int, *, is_decided: bool) -> ToolCall:
        """The call of an agent; where nobody decided it yet, the request that asks a person has its diff."""
        diff = asked.diff if is_decided else None
        return cls(asked.call_id, asked.tool_name, asked.tool_input, asked.summary, offset, diff)

    @classmethod
    def malformed(cls, rejected: ToolRejected, offset: int) -> ToolCall:
        """A call that makes no sense."""
        return cls(rejected.call_id, rejected.tool_name, rejected.tool_input, rejected.tool_name, offset)

    def called(self, turn_id: str, message_id: str) -> ToolCallEvent:
        """The event of the call."""
        tool_input, is_shortened = shortened(self.tool_input)
        diff = self.diff and self.diff[:MAX_DIFF_LENGTH]
        return ToolCallEvent(
            turn_id=turn_id,
            message_id=message_id,
            tool_call_id=self.id,
            tool_name=self.name,
            tool_input=tool_input,
            summary=self.summary,
            diff=diff,
            is_shortened=is_shortened or diff != self.diff,
        )

    def finished(
        self, turn_id: str, message_id: str, result: ToolResult, duration_ms: int
    ) -> ToolResultEvent:
        """Takes the result; the event of it."""
        text = result.text
        self.state = "finished"
        self.is_error = result.is_error
        self.output = text[:MAX_KEPT_LENGTH]
        self.duration_ms = duration_ms
        return ToolResultEvent(
            turn_id=turn_id,
            message_id=message_id,
            tool_call_id=self.id,
            is_error=self.is_error,
            output=text[:MAX_OUTPUT_LENGTH],
            truncated=len(text) > MAX_OUTPUT_LENGTH,
            duration_ms=duration_ms,
        )

    def kept(self) -> dict[str, Any]:
        """What the answer's row keeps of it."""
        tool_input, _ = shortened(self.tool_input, MAX_KEPT_LENGTH)
        return {
            "toolCallId": self.id,
            "toolName": self.name,
            "toolInput": tool_input,
            "summary": self.summary,
            "offset": self.offset,
            "diff": self.diff and self.diff[:MAX_KEPT_DIFF_LENGTH],
            "isError": self.is_error or self.state != "finished",
            "output": self.output,
            "durationMs": self.duration_ms,
        }
