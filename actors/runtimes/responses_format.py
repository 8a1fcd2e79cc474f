"""OpenAI's Responses format: the transcript as a request, and an answer out of its raw events."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from actors.agent import AgentTurn
from actors.errors import TurnError
from actors.notices import Usage
from actors.runtimes.base import ToolSchema, decode_input
from actors.runtimes.overflow import is_overflow, overflow
from actors.runtimes.said import its_words
from actors.transcript import (
    AnyBlock,
    Entry,
    ImageBlock,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)

RUNTIME_ID = "openai-codex-app-server"


def request_body(
    turn: AgentTurn, model_id: str, tools: Sequence[ToolSchema], *, reasons: bool
) -> dict[str, Any]:
    """The arguments of `responses.create`. Nothing is stored at the provider.

    Args:
        turn: the turn.
        model_id: the model to ask.
        tools: what it may call.
        reasons: whether the model knows reasoning options.
    """
    body: dict[str, Any] = {
        "model": model_id,
        "instructions": turn.system,
        "input": [item for entry in turn.transcript for item in _items(entry, model_id)],
        "tools": [
            {
                "type": "function",
                "name": tool["name"],
                "description": tool["description"],
                "parameters": tool["input_schema"],
                "strict": False,
            }
            for tool in tools
        ],
        "max_output_tokens": turn.request.options.max_output_tokens,
        "store": False,
        "stream": True,
    }
    if turn.request.conversation.session_id is not None:
        body["prompt_cache_key"] = turn.request.conversation.session_id
    if reasons:
        body["reasoning"] = {"summary": "auto"}
        body["include"] = ["reasoning.encrypted_content"]
    return body


class Gathered:
    """An answer as far as it has arrived; attributes as in `messages_format.Gathered`."""

    def __init__(self, turn: AgentTurn, model_id: str) -> None:
        self.blocks: list[AnyBlock] = []
        self.usage = Usage()
        self.answered_by = model_id
        self.stop_reason: str | None = None
        self.has_ended = False
        self._turn = turn
        self._model_id = model_id
        self._is_writing = False

    def take(self, event: Any) -> None:
        """Takes a raw event of the SDK. Raises TurnError where it tells of a failure."""
        match event.type:
            case "response.output_text.delta" | "response.refusal.delta":
                if not self._is_writing:
                    self._is_writing = True
                    self._turn.status("generating", "Writing")
                self._turn.text(event.delta)
            case "response.content_part.added":
                self._turn.new_text_block()
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                self._turn.thinking(event.delta)
            case "response.reasoning_summary_part.added":
                self._turn.status("thinking", "Thinking")
                if event.summary_index:
                    self._turn.thinking("\n\n")
            case "response.output_item.done":
                self._item(event.item)
            case "response.completed" | "response.incomplete":
                self._end(event.response)
            case "response.failed":
                error = event.response.error
                raise _failure(error.code if error else None, error.message if error else "")
            case "error":
                raise _failure(event.code, event.message)

    def _item(self, item: Any) -> None:
        match item.type:
            case "message":
                for part in item.content:
                    text = part.text if part.type == "output_text" else part.refusal
                    if text:
                        self.blocks.append(TextBlock(text=text))
            case "function_call":
                self.blocks.append(
                    ToolCallBlock(id=item.call_id, name=item.name, input=decode_input(item.arguments))
                )
            case "reasoning":
                summary = "\n\n".join(part.text for part in item.summary)
                data = {"model": self._model_id, "item": item.to_dict(mode="json")}
                self.blocks.append(ThinkingBlock(text=summary, runtime_id=RUNTIME_ID, data=data))

    def _end(self, response: Any) -> None:
        self.has_ended = True
        self.answered_by = response.model
        usage = response.usage
        if usage is not None:
            details = usage.input_tokens_details
            self.usage = Usage(
                usage.input_tokens,
                usage.output_tokens,
                getattr(details, "cached_tokens", 0) or 0,
                getattr(details, "cache_write_tokens", 0) or 0,
            )
            self._turn.note_usage(self.usage, self.answered_by)
        incomplete = response.incomplete_details
        self.stop_reason = incomplete.reason if incomplete is not None else "end_turn"


def _failure(code: str | None, message: str) -> TurnError:
    if is_overflow(message, code):
        return overflow("OpenAI", message)
    codes = {"rate_limit_exceeded": "rate_limited", "server_error": "provider_unavailable"}
    return TurnError(f"OpenAI broke off.{its_words(message)}", codes.get(str(code), "provider_error"))


def _items(entry: Entry, model_id: str) -> list[dict[str, Any]]:
    """The input items of an entry; text and images of a person are one message."""
    items: list[dict[str, Any]] = []
    content: list[dict[str, Any]] = []
    for place, block in enumerate(entry.blocks):
        match block:
            case TextBlock() if entry.role == "user":
                content.append({"type": "input_text", "text": block.text})
            case ImageBlock():
                content.append(_image(block))
            case TextBlock():
                part = {"type": "output_text", "text": block.text, "annotations": []}
                items.append({"type": "message", "role": "assistant", "content": [part]})
            case ThinkingBlock():
                # Reasoning without the item that followed it is refused, and so is another model's.
                usable = block.runtime_id == RUNTIME_ID and block.data.get("model") == model_id
                if usable and place + 1 < len(entry.blocks):
                    items.append({**block.data["item"]})
            case ToolCallBlock():
                arguments = block.input if isinstance(block.input, str) else json.dumps(block.input)
                items.append(
                    {
                        "type": "function_call",
                        "call_id": block.id,
                        "name": block.name,
                        "arguments": arguments,
                    }
                )
            case ToolResultBlock():
                items.append({"type": "function_call_output", "call_id": block.id, "output": _output(block)})
    if content:
        items.append({"type": "message", "role": "user", "content": content})
    return items


def _output(block: ToolResultBlock) -> str | list[dict[str, Any]]:
    if all(isinstance(part, TextBlock) for part in block.content):
        return "\n".join(part.text for part in block.content if isinstance(part, TextBlock))
    return [
        {"type": "input_text", "text": part.text} if isinstance(part, TextBlock) else _image(part)
        for part in block.content
    ]


def _image(block: ImageBlock) -> dict[str, Any]:
    return {
        "type": "input_image",
        "detail": "auto",
        "image_url": f"data:{block.media_type};base64,{block.data}",
    }
