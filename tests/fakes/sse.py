"""Server-sent events as the providers frame them."""

from __future__ import annotations

from typing import Any

from tests.fakes.blocks import Streams
from tests.fakes.exchange import Paced, Step, compact_json

MARK = "@@"
"""Stands for the text of a delta in the frame given to `in_bulk`."""

NUMBER = -987654321
"""Stands for its `sequence_number`."""

_BATCH = 64 * 1024


def named(event: dict[str, Any]) -> bytes:
    """An event whose name is its `type`, as Messages and Responses send it."""
    return f"event: {event['type']}\ndata: {compact_json(event)}\n\n".encode()


def unnamed(data: dict[str, Any]) -> bytes:
    """An event without a name, as chat completions send it."""
    return f"data: {compact_json(data)}\n\n".encode()


def in_bulk(frame: bytes, block: Streams, first_number: int = 0) -> list[Step]:
    """The deltas of a `Streams` block in few steps: at its rate, or in large writes.

    Args:
        frame: one of them, with MARK for its text and, where there is one, NUMBER for its sequence number.
        block: says how many, and how fast.
        first_number: the sequence number of the first.
    """
    head, _, rest = frame.decode().partition(MARK)
    middle, has_number, tail = rest.partition(str(NUMBER))
    frames = [
        f"{head}{text}{middle}{first_number + n if has_number else ''}{tail}".encode()
        for n, text in enumerate(block.deltas)
    ]
    if block.per_second is not None:
        return [Paced(tuple(frames), block.per_second)]
    whole = b"".join(frames)
    return [whole[start : start + _BATCH] for start in range(0, len(whole), _BATCH)]
