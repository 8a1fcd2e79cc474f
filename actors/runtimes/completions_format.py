"""The Chat Completions format: the transcript as a request, and an answer out of its raw chunks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from actors.agent import AgentTurn
from actors.notices import Usage
from actors.runtimes.base import ToolSchema, decode_input
from actors.transcript import (
    AnyBlock,
    Entry,
    ImageBlock,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)

STOP_REASONS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}


def request_body(turn: AgentTurn, model_id: str, tools: Sequence[ToolSchema]) -> dict[str, Any]:
    """The arguments of `chat.completions.create`.

    Args:
        turn: the turn.
        model_id: the model to ask.
        tools: what it may call; empty for a model that knows no tools, since a server refuses them.
    """
    body: dict[str, Any] = {
        "model": model_id,
        "messages": [
            {"role": "system", "content": turn.system},
            *(message for entry in turn.transcript for message in _messages(entry)),
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool["name"],
                    "description": tool["description"],
                    "parameters": tool["input_schema"],
                },
            }
            for tool in tools
        ]
    return body


class _Call(msgspec.Struct):
    id: str = ""
    name: str = ""
    arguments: list[str] = msgspec.field(default_factory=list)


class Gathered:
    """An answer as far as it has arrived."""

    def __init__(self, turn: AgentTurn, model_id: str) -> None:
        self.usage = Usage()
        self.answered_by = model_id
        self.stop_reason: str | None = None
        self._turn = turn
        self._text: list[str] = []
        self._thoughts: list[str] = []
        self._calls: dict[int, _Call] = {}

    @property
    def blocks(self) -> tuple[AnyBlock, ...]:
        """What was said, in order."""
        text = "".join(self._text)
        calls = (
            ToolCallBlock(id=call.id, name=call.name, input=decode_input("".join(call.arguments)))
            for _, call in sorted(self._calls.items())
        )
        return (*((TextBlock(text=text),) if text else ()), *calls)

    def take(self, chunk: Any) -> None:
        """Takes a raw chunk of the SDK."""
        if chunk.usage is not None:
            cached = getattr(chunk.usage.prompt_tokens_details, "cached_tokens", None) or 0
            self.usage = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens, cached)
            self._turn.note_usage(self.usage, self.answered_by)
        for choice in chunk.choices:
            self._delta(choice.delta)
            if choice.finish_reason:
                self.stop_reason = STOP_REASONS.get(choice.finish_reason, choice.finish_reason)

    def _delta(self, delta: Any) -> None:
        # Not part of OpenAI's format, but of what servers of reasoning models send.
        thought = getattr(delta, "reasoning", None) or getattr(delta, "reasoning_content", None)
        if isinstance(thought, str):
            if not self._thoughts:
                self._turn.status("thinking", "Thinking")
            self._thoughts.append(thought)
            self._turn.thinking(thought)
        text = delta.content or getattr(delta, "refusal", None)
        if text:
            if not self._text:
                self._turn.new_text_block()
                self._turn.status("generating", "Writing")
            self._text.append(text)
            self._turn.text(text)
        for piece in delta.tool_calls or ():
            self._call_piece(piece)

    def _call_piece(self, piece: Any) -> None:
        call = self._calls.setdefault(piece.index, _Call())
        call.id = piece.id or call.id
        if piece.function is not None:
            call.name = piece.function.name or call.name
            call.arguments.append(piece.function.arguments or "")


def _messages(entry: Entry) -> list[dict[str, Any]]:
    if entry.role == "assistant":
        return [_assistant(entry)]
    messages: list[dict[str, Any]] = []
    content: list[dict[str, Any]] = []
    for block in entry.blocks:
        match block:
            case TextBlock():
                content.append({"type": "text", "text": block.text})
            case ImageBlock():
                content.append(_image(block))
            case ToolResultBlock():
                text = "\n".join(part.text for part in block.content if isinstance(part, TextBlock))
                messages.append({"role": "tool", "tool_call_id": block.id, "content": text or "(no text)"})
                # A tool message holds text alone: images follow as if the person had sent them.
                content += [_image(part) for part in block.content if isinstance(part, ImageBlock)]
    if content:
        # Plain text where it can be: small servers know no other form.
        only_text = all(part["type"] == "text" for part in content)
        text = "\n\n".join(part.get("text", "") for part in content)
        messages.append({"role": "user", "content": text if only_text else content})
    return messages


def _assistant(entry: Entry) -> dict[str, Any]:
    text = "\n\n".join(block.text for block in entry.blocks if isinstance(block, TextBlock))
    calls = [
        {
            "id": block.id,
            "type": "function",
            "function": {
                "name": block.name,
                "arguments": block.input if isinstance(block.input, str) else json.dumps(block.input),
            },
        }
        for block in entry.blocks
        if isinstance(block, ToolCallBlock)
    ]
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    if calls:
        message["tool_calls"] = calls
    elif not text:
        message["content"] = "(thought)" if any(isinstance(b, ThinkingBlock) for b in entry.blocks) else ""
    return message


def _image(block: ImageBlock) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": f"data:{block.media_type};base64,{block.data}"}}
