"""Answers in the format of Anthropic's Messages API: server-sent events, or one message."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any, Literal

from tests.fakes import sse
from tests.fakes.blocks import (
    Block,
    Breaks,
    Calls,
    CutsOff,
    Garbles,
    Pings,
    Redacts,
    Says,
    Streams,
    Thinks,
    Waits,
)
from tests.fakes.errors import ScriptError
from tests.fakes.exchange import Step
from tests.fakes.script import Answer, Usage


class GivenThoughts:
    """The thinking blocks that a fake has given, each of which may only come back unchanged."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        """The text that was sent, by signature."""

        self.redacted: set[str] = set()
        """The `data` of each redacted block."""


class MessagesWire:
    """Writes answers to one request.

    Args:
        request: its body.
        thinking: whether thinking is shown, reduced to its signature, or not given at all.
        given: where thinking blocks are noted.
    """

    def __init__(
        self, request: dict[str, Any], thinking: Literal["shown", "omitted", "none"], given: GivenThoughts
    ) -> None:
        self._request = request
        self._thinking = thinking
        self._given = given

    def frames(self, answer: Answer) -> Iterator[Step]:
        """The server-sent events of a streamed answer."""
        delta = {"container": None, **self._stop(answer)}
        yield sse.named(
            {"type": "message_start", "message": self._message([], None, _usage(answer.usage, 1))}
        )
        index = -1
        is_text = False
        ending: list[bytes] = []
        for block in self._shown(answer):
            if isinstance(block, Thinks | Redacts | Calls) or (
                isinstance(block, Says | Streams) and not is_text
            ):
                yield from ending
                index += 1
                is_text = isinstance(block, Says | Streams)
                content = self._content(block)
                ending = self._ending(index, content)
                yield sse.named(
                    {"type": "content_block_start", "index": index, "content_block": _empty(content)}
                )
            yield from self._progress(index, block)
            if isinstance(block, Breaks):
                return
        yield from ending
        usage = _usage(answer.usage, answer.usage.output_tokens)
        cumulative = (
            "input_tokens",
            "cache_creation_input_tokens",
            "cache_read_input_tokens",
            "output_tokens",
        )
        totals = {name: usage[name] for name in (*cumulative, "output_tokens_details")}
        yield sse.named({"type": "message_delta", "delta": delta, "usage": totals})
        yield sse.named({"type": "message_stop"})

    def body(self, answer: Answer) -> dict[str, Any]:
        """The JSON of a whole answer."""
        content: list[dict[str, Any]] = []
        is_text = False
        for block in self._shown(answer):
            if isinstance(block, Says | Streams) and is_text:
                content[-1]["text"] += block.text
            elif isinstance(block, Says | Streams | Thinks | Redacts | Calls):
                content.append(self._content(block))
                is_text = isinstance(block, Says | Streams)
        return self._message(content, answer, _usage(answer.usage, answer.usage.output_tokens))

    def _shown(self, answer: Answer) -> list[Block]:
        if self._thinking != "none":
            return list(answer.blocks)
        return [block for block in answer.blocks if not isinstance(block, Thinks | Redacts)]

    def _content(self, block: Says | Streams | Thinks | Redacts | Calls) -> dict[str, Any]:
        match block:
            case Says() | Streams():
                return {"type": "text", "text": block.text}
            case Thinks():
                signature = f"sig_{secrets.token_urlsafe(48)}" if block.signature is None else block.signature
                text = block.text if self._thinking == "shown" else ""
                self._given.texts[signature] = text
                return {"type": "thinking", "thinking": text, "signature": signature}
            case Redacts():
                data = f"red_{secrets.token_urlsafe(48)}" if block.data is None else block.data
                self._given.redacted.add(data)
                return {"type": "redacted_thinking", "data": data}
            case Calls():
                return {
                    "type": "tool_use",
                    "id": block.id or f"toolu_{secrets.token_hex(12)}",
                    "caller": {"type": "direct"},
                    "name": block.name,
                    "input": _decoded(block),
                }

    def _progress(self, index: int, block: Block) -> Iterator[Step]:
        match block:
            case Says():
                for text in block.deltas:
                    yield _delta(index, {"type": "text_delta", "text": text})
            case Streams():
                yield from sse.in_bulk(_delta(index, {"type": "text_delta", "text": sse.MARK}), block)
            case Thinks():
                for text in block.deltas if self._thinking == "shown" else ():
                    yield _delta(index, {"type": "thinking_delta", "thinking": text})
            case Calls():
                # The first delta is empty, and stays the only one where there are no arguments.
                for text in ("", *(block.deltas if block.arguments != "{}" else ())):
                    yield _delta(index, {"type": "input_json_delta", "partial_json": text})
            case _:
                yield from _mishap(block)

    def _ending(self, index: int, content: dict[str, Any]) -> list[bytes]:
        stop = sse.named({"type": "content_block_stop", "index": index})
        if not content.get("signature"):
            return [stop]
        return [_delta(index, {"type": "signature_delta", "signature": content["signature"]}), stop]

    def _message(self, content: list[Any], answer: Answer | None, usage: dict[str, Any]) -> dict[str, Any]:
        unstopped = {"stop_reason": None, "stop_sequence": None, "stop_details": None}
        return {
            "id": f"msg_{secrets.token_hex(12)}",
            "type": "message",
            "role": "assistant",
            "model": self._request["model"],
            "content": content,
            **(self._stop(answer) if answer else unstopped),
            "usage": usage,
        }

    def _stop(self, answer: Answer) -> dict[str, Any]:
        reason = answer.stop_reason
        if reason == "content_filter":
            raise ScriptError("Anthropic has no stop reason content_filter; it is called refusal.")
        sequences = self._request.get("stop_sequences") or [None]
        refusal = {"type": "refusal", "category": None, "explanation": None}
        return {
            "stop_reason": reason,
            "stop_sequence": sequences[0] if reason == "stop_sequence" else None,
            "stop_details": refusal if reason == "refusal" else None,
        }


def _mishap(block: Block) -> Iterator[Step]:
    match block:
        case Waits() | CutsOff():
            yield block
        case Pings():
            yield sse.named({"type": "ping"})
        case Garbles():
            yield b'event: content_block_delta\ndata: {"type": "content_block_delta", "index": \n\n'
        case Breaks():
            error = {"type": block.type, "message": block.message, "details": None}
            yield sse.named({"type": "error", "error": error, "request_id": f"req_{secrets.token_hex(12)}"})


def _empty(content: dict[str, Any]) -> dict[str, Any]:
    blank: dict[str, Any] = {"text": "", "thinking": "", "signature": "", "input": {}}
    return {name: blank.get(name, value) for name, value in content.items()}


def _delta(index: int, delta: dict[str, str]) -> bytes:
    return sse.named({"type": "content_block_delta", "index": index, "delta": delta})


def _decoded(call: Calls) -> Any:
    try:
        return json.loads(call.arguments)
    except ValueError:
        return {}


def _usage(usage: Usage, output_tokens: int) -> dict[str, Any]:
    return {
        "input_tokens": usage.input_tokens,
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cache_read_tokens,
        "cache_creation": {
            "ephemeral_5m_input_tokens": usage.cache_write_tokens,
            "ephemeral_1h_input_tokens": 0,
        },
        "output_tokens": output_tokens,
        "output_tokens_details": {"thinking_tokens": min(usage.reasoning_tokens, output_tokens)},
        "service_tier": "standard",
    }
