"""Answers in the format of OpenAI's Responses API: server-sent events, or one response."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

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
from tests.fakes.responses_items import CallItem, Events, Item, MessageItem, ReasoningItem, Status
from tests.fakes.script import Answer, Usage

_STATUS: dict[str, tuple[Status, str | None]] = {
    "end_turn": ("completed", None),
    "tool_use": ("completed", None),
    "stop_sequence": ("completed", None),
    "refusal": ("completed", None),
    "max_tokens": ("incomplete", "max_output_tokens"),
    "content_filter": ("incomplete", "content_filter"),
}


@dataclass
class GivenItems:
    """What a fake has given and must know again.

    Attributes:
        encrypted: every `encrypted_content`.
        stored: ids of the items of stored responses.
        reasoning_of: for items of stored responses that follow reasoning: its id, by theirs.
        calls_of: the calls of each stored response that no earlier request has answered.
    """

    encrypted: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    reasoning_of: dict[str, str] = field(default_factory=dict)
    calls_of: dict[str, frozenset[str]] = field(default_factory=dict)


class ResponsesWire:
    """Writes answers to one request.

    Args:
        request: its body.
        given: where the items are noted.
    """

    def __init__(self, request: dict[str, Any], given: GivenItems) -> None:
        self._request = request
        self._given = given
        self._events = Events()
        self._id = f"resp_{secrets.token_hex(24)}"
        self._created_at = int(time.time())

    def frames(self, answer: Answer) -> Iterator[Step]:
        """The server-sent events of a streamed answer."""
        end_status, reason = self._status(answer)
        yield self._events.event("response.created", response=self._response("in_progress"))
        yield self._events.event("response.in_progress", response=self._response("in_progress"))
        output: list[dict[str, Any]] = []
        item: Item | None = None
        for block in answer.blocks:
            if self._starts_item(block, item):
                if item:
                    yield from item.end("completed")
                    output.append(item.whole("completed"))
                item = self._item(block, len(output), answer)
                yield from item.begin()
            if isinstance(block, Says | Streams) and isinstance(item, MessageItem):
                yield from item.say(block)
            elif isinstance(block, Breaks):
                yield self._broken(block, output)
                return
            else:
                yield from self._mishap(block)
        if item:
            yield from item.end(end_status)
            output.append(item.whole(end_status))
        self._note(output)
        response = self._response(end_status, output, answer.usage, reason)
        yield self._events.event(f"response.{end_status}", response=response)

    def body(self, answer: Answer) -> dict[str, Any]:
        """The JSON of a whole answer."""
        end_status, reason = self._status(answer)
        items: list[Item] = []
        for block in answer.blocks:
            if self._starts_item(block, items[-1] if items else None):
                items.append(self._item(block, len(items), answer))
            if isinstance(block, Says | Streams) and isinstance(items[-1], MessageItem):
                items[-1].add(block)
        output = [item.whole("completed") for item in items[:-1]] + [
            item.whole(end_status) for item in items[-1:]
        ]
        self._note(output)
        return self._response(end_status, output, answer.usage, reason)

    def _starts_item(self, block: Block, current: Item | None) -> bool:
        if isinstance(block, Says | Streams):
            return not isinstance(current, MessageItem)
        return isinstance(block, Thinks | Redacts | Calls)

    def _item(self, block: Block, index: int, answer: Answer) -> Item:
        if isinstance(block, Thinks | Redacts):
            has_summary = bool((self._request.get("reasoning") or {}).get("summary"))
            return ReasoningItem(self._events, index, block, has_summary=has_summary)
        if isinstance(block, Calls):
            return CallItem(self._events, index, block)
        phase = "commentary" if any(isinstance(each, Calls) for each in answer.blocks) else "final_answer"
        return MessageItem(self._events, index, phase, is_refusal=answer.stop_reason == "refusal")

    def _mishap(self, block: Block) -> Iterator[Step]:
        match block:
            case Waits() | CutsOff():
                yield block
            case Pings():
                yield self._events.event("keepalive")
            case Garbles():
                yield b'event: response.output_text.delta\ndata: {"type": "response.output_text.delta", "delta": \n\n'

    def _broken(self, block: Breaks, output: list[dict[str, Any]]) -> bytes:
        error = {"code": block.type, "message": block.message, "param": None}
        match block.shape:
            case "failed":
                told = {"code": block.type, "message": block.message}
                return self._events.event(
                    "response.failed", response={**self._response("failed", output), "error": told}
                )
            case "event":
                return self._events.event("error", **error)
            case "envelope":
                return self._events.event("error", error={"type": block.type, **error})

    def _note(self, output: list[dict[str, Any]]) -> None:
        self._given.encrypted.update(
            item["encrypted_content"] for item in output if item.get("encrypted_content") is not None
        )
        if not self._is_stored:
            return
        self._given.stored.update(item["id"] for item in output)
        for item, following in pairwise(output):
            if item["type"] == "reasoning" and following["type"] != "reasoning":
                self._given.reasoning_of[following["id"]] = item["id"]
        self._given.calls_of[self._id] = frozenset(
            item["call_id"] for item in output if item["type"] == "function_call"
        )

    @property
    def _is_stored(self) -> bool:
        return self._request.get("store") is not False

    def _status(self, answer: Answer) -> tuple[Status, str | None]:
        if answer.stop_reason not in _STATUS:
            raise ScriptError(f"OpenAI cannot say that an answer ended by {answer.stop_reason}.")
        return _STATUS[answer.stop_reason]

    def _response(
        self,
        status: str,
        output: list[dict[str, Any]] | None = None,
        usage: Usage | None = None,
        reason: str | None = None,
    ) -> dict[str, Any]:
        request = self._request
        asked = request.get("reasoning") or {}
        return {
            "id": self._id,
            "object": "response",
            "created_at": self._created_at,
            "completed_at": int(time.time()) if status == "completed" else None,
            "status": status,
            "background": False,
            "error": None,
            "incomplete_details": {"reason": reason} if reason else None,
            "instructions": request.get("instructions"),
            "max_output_tokens": request.get("max_output_tokens"),
            "max_tool_calls": None,
            "model": request["model"],
            "output": output or [],
            "parallel_tool_calls": request.get("parallel_tool_calls", True),
            "previous_response_id": request.get("previous_response_id"),
            "prompt_cache_key": request.get("prompt_cache_key"),
            "reasoning": {"effort": asked.get("effort", "medium"), "summary": asked.get("summary")},
            "safety_identifier": request.get("safety_identifier"),
            "service_tier": "default",
            "store": self._is_stored,
            "temperature": request.get("temperature", 1.0),
            "text": request.get("text") or {"format": {"type": "text"}, "verbosity": "medium"},
            "tool_choice": request.get("tool_choice", "auto"),
            "tools": request.get("tools") or [],
            "top_logprobs": 0,
            "top_p": request.get("top_p", 1.0),
            "truncation": request.get("truncation", "disabled"),
            "usage": _usage(usage) if usage else None,
            "user": None,
            "metadata": request.get("metadata") or {},
        }


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.all_input_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cache_read_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.all_input_tokens + usage.output_tokens,
    }
