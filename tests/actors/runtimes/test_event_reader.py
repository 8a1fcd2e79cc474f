"""Server-sent events out of bytes, wherever these are cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from actors.runtimes.event_reader import EventReader, data_of

ANSWER = (
    b": a comment\n\n"
    b'event: message_start\ndata: {"type":"message_start"}\n\n'
    b"event: ping\n\n"
    b"id: 7\ndata: one\ndata:two\ndata\nretry: 5\n\n\n"
    b'data: {"text":"\xc3\xa9\\n: data: x"}\n\n'
    b"event: message_stop\ndata: never ended\n"
)
EVENTS = [b'{"type":"message_start"}', b"one\ntwo\n", b'{"text":"\xc3\xa9\\n: data: x"}']


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_events_are_the_same_wherever_the_bytes_are_cut(line_end: bytes) -> None:
    answer = ANSWER.replace(b"\n", line_end)
    for size in range(1, len(answer) + 1):
        reader = EventReader()
        pieces = [answer[start : start + size] for start in range(0, len(answer), size)]
        assert [data for piece in pieces for data in reader.take(piece)] == EVENTS, size
        assert reader.end() == []


def test_the_last_event_counts_where_a_return_ends_it() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"data: first\r\r"
        yield b"data: last\r"
        yield b"\r"

    async def read() -> list[bytes]:
        return [data async for data in data_of(pieces())]

    assert asyncio.run(read()) == [b"first", b"last"]
