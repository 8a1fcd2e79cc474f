"""What the providers send: the frames before, of and after a delta, and the order that a message gives them.

A message that ends with `stream 500 at 50` gets 500 deltas, 50 of them a second; `at 0` means without pause. Each
delta begins with the time at which it was sent, in nanoseconds of the system's monotonic clock as 16 hexadecimal
digits, so that any process of the same machine can tell how old it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

ORDER = re.compile(rb"stream (\d+) at (\d+)")
STAMP = re.compile(rb'"(?:content|delta|text)":"([0-9a-f]{16}) ')
MARK = "<the text>"
WORDS = " and some words"

_USAGE = {"input_tokens": 12, "output_tokens": 1}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be streamed.

    Attributes:
        deltas: how many.
        rate: so many a second; 0 for no pause.
    """

    deltas: int
    rate: int

    def __str__(self) -> str:
        return f"stream {self.deltas} at {self.rate}"


def read_order(body: bytes) -> Order:
    """The order in the last message of a request."""
    found = ORDER.findall(body)
    assert found, "no order in the request"
    deltas, rate = found[-1]
    return Order(int(deltas), int(rate))


@dataclass(frozen=True, slots=True)
class Wire:
    """The frames of one provider's answer."""

    head: bytes
    before: bytes
    after: bytes
    tail: bytes

    def delta(self, now_ns: int) -> bytes:
        """The frame of a delta."""
        return b"%b%016x%b%b" % (self.before, now_ns, WORDS.encode(), self.after)


def anthropic() -> Wire:
    """Of `POST /v1/messages`."""
    message: dict[str, object] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": _USAGE,
    }
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": MARK}}
    before, after = _around(delta)
    return Wire(
        _frame({"type": "message_start", "message": message})
        + _frame({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        before,
        after,
        _frame({"type": "content_block_stop", "index": 0})
        + _frame(
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": 34},
            }
        )
        + _frame({"type": "message_stop"}),
    )


def openai() -> Wire:
    """Of `POST /v1/responses`."""
    response = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_770_000_000,
        "status": "in_progress",
        "model": "gpt-5",
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": None,
    }
    item = {"id": "item_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
    place = {"item_id": "item_1", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    whole = {**item, "status": "completed", "content": [{**part, "text": "all"}]}
    usage = {
        "input_tokens": 12,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 34,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 46,
    }
    before, after = _around(
        {"type": "response.output_text.delta", "sequence_number": 4, **place, "delta": MARK, "logprobs": []}
    )
    completed = {**response, "status": "completed", "output": [whole], "usage": usage}
    return Wire(
        _frame({"type": "response.created", "sequence_number": 0, "response": response})
        + _frame(
            {"type": "response.output_item.added", "sequence_number": 1, "output_index": 0, "item": item}
        )
        + _frame({"type": "response.content_part.added", "sequence_number": 2, **place, "part": part}),
        before,
        after,
        _frame(
            {
                "type": "response.output_text.done",
                "sequence_number": 5,
                **place,
                "text": "all",
                "logprobs": [],
            }
        )
        + _frame(
            {"type": "response.output_item.done", "sequence_number": 6, "output_index": 0, "item": whole}
        )
        + _frame({"type": "response.completed", "sequence_number": 7, "response": completed}),
    )


def _around(event: dict[str, object]) -> tuple[bytes, bytes]:
    before, mark, after = _frame(event).partition(MARK.encode())
    assert mark
    return before, after


def _frame(event: dict[str, object]) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event, separators=(',', ':'))}\n\n".encode()
