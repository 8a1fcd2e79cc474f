"""Anthropic's Messages format: the transcript as a request, and an answer out of its events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actors.agent import AgentTurn
from actors.notices import Usage
from actors.runtimes.base import ToolSchema, decode_input
from actors.runtimes.messages_events import Block, BrokenOffError, Counts, Delta, Event
from actors.transcript import (
    AnyBlock,
    Entry,
    ImageBlock,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)

RUNTIME_ID = "claude-code"
EPHEMERAL = {"type": "ephemeral"}


def request_body(
    turn: AgentTurn, model_id: str, tools: Sequence[ToolSchema], thinking: dict[str, Any] | None
) -> dict[str, Any]:
    """The arguments of `messages.create`.

    Tools and system prompt come first and never change within a conversation, so the provider can cache
    them; the top-level cache mark covers the transcript.
    """
    body: dict[str, Any] = {
        "model": model_id,
        "max_tokens": turn.request.options.max_output_tokens,
        "system": [{"type": "text", "text": turn.system, "cache_control": EPHEMERAL}],
        "tools": list(tools),
        "messages": [_message(entry, model_id) for entry in turn.transcript],
        "cache_control": EPHEMERAL,
        "stream": True,
    }
    if thinking is not None:
        body["thinking"] = thinking
    return body


class Gathered:
    """An answer as far as it has arrived.

    Args:
        turn: who gets to see its text.
        model_id: the model that was asked.

    Attributes:
        answered_by: the model that says it answers.
        has_ended: the provider said that this is all.
    """

    def __init__(self, turn: AgentTurn, model_id: str) -> None:
        self.blocks: list[AnyBlock] = []
        self.usage = Usage()
        self.answered_by = model_id
        self.stop_reason: str | None = None
        self.has_ended = False
        self._turn = turn
        self._model_id = model_id
        self._opened: Block | None = None
        self._parts: list[str] = []
        self._signature: str | None = None

    def take(self, event: Event) -> None:
        """Takes an event. Raises BrokenOffError where it tells of a failure."""
        match event.type:
            case "content_block_delta":
                self._delta(event.delta)
            case "content_block_start":
                self._open(event.content_block)
            case "content_block_stop":
                self._close()
            case "message_start" if event.message is not None:
                self.answered_by = event.message.model
                self._use(_usage(event.message.usage))
            case "message_delta":
                self.stop_reason = event.delta.stop_reason
                self._use(_merged(self.usage, event.usage))
            case "message_stop":
                self.has_ended = True
            case "error":
                raise BrokenOffError(event.error)

    def _delta(self, delta: Delta) -> None:
        match delta.type:
            case "text_delta":
                self._parts.append(delta.text)
                self._turn.text(delta.text)
            case "input_json_delta":
                self._parts.append(delta.partial_json)
            case "thinking_delta":
                self._parts.append(delta.thinking)
                self._turn.thinking(delta.thinking)
            case "signature_delta":
                self._signature = delta.signature

    def _open(self, block: Block) -> None:
        self._opened, self._parts, self._signature = block, [], None
        if block.type == "text":
            self._turn.new_text_block()
            self._turn.status("generating", "Writing")
            if block.text:
                self._parts.append(block.text)
                self._turn.text(block.text)
        elif block.type == "thinking":
            self._turn.status("thinking", "Thinking")

    def _close(self) -> None:
        opened, text = self._opened, "".join(self._parts)
        self._opened, self._parts = None, []
        if opened is None:
            return
        if opened.type == "text" and text:
            self.blocks.append(TextBlock(text=text))
        elif opened.type == "tool_use":
            tool_input = decode_input(text) if text else opened.input
            self.blocks.append(ToolCallBlock(id=opened.id, name=opened.name, input=tool_input))
        elif opened.type == "thinking":
            signature = self._signature or opened.signature
            self._think(text, {"type": "thinking", "thinking": text, "signature": signature or ""})
        elif opened.type == "redacted_thinking":
            self._think("", {"type": "redacted_thinking", "data": opened.data})

    def _think(self, text: str, block: dict[str, Any]) -> None:
        data = {"model": self._model_id, "block": block}
        self.blocks.append(ThinkingBlock(text=text, runtime_id=RUNTIME_ID, data=data))

    def _use(self, usage: Usage) -> None:
        self.usage = usage
        self._turn.note_usage(usage, self.answered_by)


def _message(entry: Entry, model_id: str) -> dict[str, Any]:
    content = [item for block in entry.blocks if (item := _content(block, model_id)) is not None]
    return {"role": entry.role, "content": content or [{"type": "text", "text": "(nothing)"}]}


def _content(block: AnyBlock, model_id: str) -> dict[str, Any] | None:
    match block:
        case TextBlock():
            return {"type": "text", "text": block.text} if block.text.strip() else None
        case ThinkingBlock():
            # Another provider's or model's reasoning means nothing to this one.
            usable = block.runtime_id == RUNTIME_ID and block.data.get("model") == model_id
            return dict(block.data["block"]) if usable else None
        case ToolCallBlock():
            tool_input = block.input if isinstance(block.input, dict) else {"invalid": str(block.input)}
            return {"type": "tool_use", "id": block.id, "name": block.name, "input": tool_input}
        case ImageBlock():
            source = {"type": "base64", "media_type": block.media_type, "data": block.data}
            return {"type": "image", "source": source}
        case ToolResultBlock():
            inner = [item for part in block.content if (item := _content(part, model_id)) is not None]
            return {
                "type": "tool_result",
                "tool_use_id": block.id,
                "content": inner or [{"type": "text", "text": "(no output)"}],
                "is_error": block.is_error,
            }


def _usage(usage: Counts | None) -> Usage:
    if usage is None:
        return Usage()
    read = usage.cache_read_input_tokens or 0
    written = usage.cache_creation_input_tokens or 0
    return Usage((usage.input_tokens or 0) + read + written, usage.output_tokens or 0, read, written)


def _merged(before: Usage, usage: Counts | None) -> Usage:
    """The usage of a `message_delta`, which is cumulative and may leave the input out."""
    if usage is None:
        return before
    if usage.input_tokens is None:
        return Usage(
            before.input_tokens, usage.output_tokens or 0, before.cache_read_tokens, before.cache_write_tokens
        )
    return _usage(usage)
