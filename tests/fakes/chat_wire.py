"""Answers in the format of chat completions: chunks, or one completion, as OpenAI writes them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any, ClassVar

from tests.fakes import sse
from tests.fakes.blocks import Block, Breaks, Calls, CutsOff, Garbles, Pings, Says, Streams, Waits
from tests.fakes.errors import ScriptError
from tests.fakes.exchange import Step
from tests.fakes.script import Answer, Usage

_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "refusal": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "content_filter": "content_filter",
}


class ChatWire:
    """Writes answers to one request.

    Args:
        request: its body.
    """

    finishes: ClassVar[dict[str, str]] = _FINISH
    extras: ClassVar[dict[str, Any]] = {"service_tier": "default", "system_fingerprint": None}
    choice_extras: ClassVar[dict[str, Any]] = {"logprobs": None}
    unknown_usage: ClassVar[dict[str, Any]] = {"usage": None}

    def __init__(self, request: dict[str, Any]) -> None:
        self._request = request
        self._wants_usage = bool((request.get("stream_options") or {}).get("include_usage"))
        self._id = f"chatcmpl-{secrets.token_hex(12)}"
        self._created = int(time.time())

    def frames(self, answer: Answer) -> Iterator[Step]:
        """The chunks of a streamed answer."""
        reason = self.finish_reason(answer)
        calls = -1
        yield from self.opening(answer)
        for block in answer.blocks:
            calls += isinstance(block, Calls)
            match block:
                case Waits() | CutsOff():
                    yield block
                case Pings():
                    yield b": keepalive\n\n"
                case Garbles():
                    yield b'data: {"id": "chatcmpl-1", "choices": [\n\n'
                case Breaks():
                    error = {"message": block.message, "type": block.type, "param": None, "code": block.type}
                    yield sse.unnamed({"error": error})
                    return
                case Streams():
                    yield from sse.in_bulk(self.chunk({"content": sse.MARK}), block)
                case _:
                    for delta in self.deltas(block, calls, answer):
                        yield self.chunk(delta)
        yield self.chunk({}, reason)
        if self._wants_usage:
            yield sse.unnamed(
                {**self._head("chat.completion.chunk"), "choices": [], "usage": self.usage(answer.usage)}
            )
        yield b"data: [DONE]\n\n"

    def body(self, answer: Answer) -> dict[str, Any]:
        """The JSON of a whole answer."""
        text = "".join(block.text for block in answer.blocks if isinstance(block, Says | Streams)) or None
        is_refusal = answer.stop_reason == "refusal"
        calls = [self.call(block) for block in answer.blocks if isinstance(block, Calls)]
        message: dict[str, Any] = {
            "role": "assistant",
            "content": None if is_refusal else text,
            "refusal": text if is_refusal else None,
            "annotations": [],
            **({"tool_calls": calls} if calls else {}),
        }
        return {
            **self._head("chat.completion"),
            "choices": [self._choice({"message": message}, self.finish_reason(answer))],
            "usage": self.usage(answer.usage),
        }

    def opening(self, answer: Answer) -> Iterator[bytes]:
        """The chunk before all content."""
        speaks = any(isinstance(block, Says | Streams) for block in answer.blocks)
        yield self.chunk({"role": "assistant", "content": "" if speaks else None, "refusal": None})

    def deltas(self, block: Block, index: int, answer: Answer) -> Iterator[dict[str, Any]]:
        """The deltas of a content block; `index` is that of the call, if it is one."""
        match block:
            case Says():
                name = "refusal" if answer.stop_reason == "refusal" else "content"
                for text in block.deltas:
                    yield {name: text}
            case Calls():
                call = self.call(block)
                call["function"]["arguments"] = ""
                yield {"tool_calls": [{"index": index, **call}]}
                for text in block.deltas:
                    yield {"tool_calls": [{"index": index, "function": {"arguments": text}}]}

    def chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        """One chunk with a delta."""
        usage = self.unknown_usage if self._wants_usage else {}
        choices = [self._choice({"delta": delta}, finish_reason)]
        return sse.unnamed({**self._head("chat.completion.chunk"), "choices": choices, **usage})

    def finish_reason(self, answer: Answer) -> str:
        """Why the answer ended. Raises ScriptError."""
        if answer.stop_reason not in self.finishes:
            raise ScriptError(f"A chat completion cannot say that it ended by {answer.stop_reason}.")
        return self.finishes[answer.stop_reason]

    def usage(self, usage: Usage) -> dict[str, Any]:
        """The tokens as this provider counts them."""
        return {
            "prompt_tokens": usage.all_input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.all_input_tokens + usage.output_tokens,
            "prompt_tokens_details": {
                "cached_tokens": usage.cache_read_tokens,
                "cache_write_tokens": usage.cache_write_tokens,
                "audio_tokens": 0,
            },
            "completion_tokens_details": {
                "reasoning_tokens": usage.reasoning_tokens,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }

    def call(self, block: Calls) -> dict[str, Any]:
        """A tool call with its arguments."""
        function = {"name": block.name, "arguments": block.arguments}
        return {"id": block.id or f"call_{secrets.token_hex(12)}", "type": "function", "function": function}

    def _head(self, kind: str) -> dict[str, Any]:
        head = {"id": self._id, "object": kind, "created": self._created, "model": self._request["model"]}
        return {**head, **self.extras}

    def _choice(self, content: dict[str, Any], finish_reason: str | None) -> dict[str, Any]:
        return {"index": 0, **content, **self.choice_extras, "finish_reason": finish_reason}
