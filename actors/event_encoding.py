"""The form in which events are sent and kept: JSON, frames of a stream, and runs of text that share a head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from actors.events import Event, RunKind
from storage.records import EventRow

MAX_INPUT_BYTES = 16_384
"""A larger tool input is shortened in events: simple clients parse a stream chunk by chunk."""

_encoder = msgspec.json.Encoder()


def encode(event: Event) -> bytes:
    """The event as JSON, without its `seq`."""
    try:
        return _encoder.encode(event)
    except UnicodeEncodeError:  # a lone surrogate, which JSON can carry into a str but UTF-8 cannot
        return _encoder.encode(msgspec.convert(clean(msgspec.to_builtins(event)), type(event)))


def run_head(kind: RunKind, turn_id: str, message_id: str | None, tool_call_id: str | None = None) -> bytes:
    """What the payloads of one run of text share; `with_text` adds the text."""
    fields: dict[str, Any] = {"type": kind, "turnId": turn_id, "messageId": message_id}
    if tool_call_id is not None:
        fields["toolCallId"] = tool_call_id
    return _encoder.encode(fields)[:-1] + b',"content":'


def with_text(head: bytes, text: str) -> bytes:
    """The payload of one piece of a run."""
    try:
        return head + _encoder.encode(text) + b"}"
    except UnicodeEncodeError:
        return head + _encoder.encode(clean_text(text)) + b"}"


def run_row(first_seq: int, head: bytes, pieces: Sequence[str]) -> EventRow:
    """The stored form of a run: its head once, then the pieces."""
    payload = _encoder.encode((head.decode(), [clean_text(piece) for piece in pieces]))
    return EventRow(first_seq, first_seq + len(pieces) - 1, is_run=True, payload=payload)


def expand(row: EventRow) -> Iterator[tuple[int, bytes]]:
    """The events of a stored row: number and payload of each."""
    if not row.is_run:
        yield row.first_seq, row.payload
        return
    head, pieces = msgspec.json.decode(row.payload, type=tuple[str, list[str]])
    for seq, piece in enumerate(pieces, row.first_seq):
        yield seq, with_text(head.encode(), piece)


def frame(seq: int, payload: bytes) -> bytes:
    """The server-sent event of a payload."""
    return b'id: %d\ndata: %b,"seq":%d}\n\n' % (seq, payload[:-1], seq)


def shortened(tool_input: Any, limit: int = MAX_INPUT_BYTES) -> tuple[Any, bool]:
    """A tool input that fits into an event, and whether anything was cut from it."""
    if len(_encoder.encode(clean(tool_input))) <= limit:
        return tool_input, False
    for length in (2000, 200, 20):
        cut = _cut(tool_input, length)
        if len(_encoder.encode(clean(cut))) <= limit:
            return cut, True
    return {}, True


def clean_text(text: str) -> str:
    """The text with lone surrogates replaced, so that it can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def clean(value: Any) -> Any:
    """Decoded JSON with the lone surrogates in its texts replaced."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value


def _cut(value: Any, length: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= length else value[:length] + "…"
    if isinstance(value, dict):
        return {key: _cut(item, length) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(item, length) for item in value[:50]]
    return value
