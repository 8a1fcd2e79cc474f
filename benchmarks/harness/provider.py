"""A fake of both providers that costs little: frames are made once, and a stream is one timer.

It checks nothing: the fakes of the tests do, and cost ten times as much. `GET /last` gives the last request, so
that the SDK alone can be asked the same as the daemon asked it.
"""

from __future__ import annotations

import asyncio
import math
import time

from actors.phases import phases
from benchmarks.harness.wire import Order, Wire, anthropic, openai, read_order

WIRES = {b"/v1/messages": anthropic(), b"/v1/responses": openai()}
SSE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
DELTAS_AT_ONCE = 50
PHASES = phases()


class Connection(asyncio.Protocol):
    """One connection of a client, which may send many requests one after the other."""

    last_body = b""

    def __init__(self) -> None:
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.Handle | None = None
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """A client has gone."""
        del exc
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        self._transport = None

    def pause_writing(self) -> None:
        """The client does not read fast enough."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """The client can take more."""
        self._may_write.set()

    def data_received(self, data: bytes) -> None:
        """Answers each whole request."""
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if len(body) < length:
            return
        self._received = body[length:]
        self._answer(bytes(head.split(b" ", 2)[1]), bytes(body[:length]))

    def _answer(self, path: bytes, body: bytes) -> None:
        if path not in WIRES:
            answer = Connection.last_body or b"{}"
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self._write(head % len(answer) + answer)
            return
        Connection.last_body = body
        order, wire = read_order(body), WIRES[path]
        self._write(SSE_HEAD + _chunk(wire.head))
        if order.rate:
            loop = asyncio.get_running_loop()
            start = _next_place(loop.time(), 1 / order.rate)
            self._timer = loop.call_at(start, self._paced, wire, order, 0, start)
        else:
            self._task = asyncio.get_running_loop().create_task(self._without_pause(wire, order))

    def _paced(self, wire: Wire, order: Order, sent: int, start: float) -> None:
        """One delta, and the timer of the next. What is late is made up for."""
        self._write(_chunk(wire.delta(time.monotonic_ns())))
        sent += 1
        if sent == order.deltas:
            self._end(wire)
        else:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(start + sent / order.rate, self._paced, wire, order, sent, start)

    async def _without_pause(self, wire: Wire, order: Order) -> None:
        left = order.deltas
        while left:
            await self._may_write.wait()
            count = min(left, DELTAS_AT_ONCE)
            self._write(_chunk(wire.delta(time.monotonic_ns())) * count)
            left -= count
            await asyncio.sleep(0)
        self._end(wire)

    def _end(self, wire: Wire) -> None:
        self._write(_chunk(wire.tail) + b"0\r\n\r\n")

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


def _next_place(now: float, interval_s: float) -> float:
    """When a new stream begins, so that all of this rate are spread evenly over the interval.

    Else streams that were opened in a rush would tick together, and the daemon, whose turns start one after the
    other, would get another load than the SDK alone.
    """
    place = (math.floor(now / interval_s) + next(PHASES)) * interval_s
    return place if place > now else place + interval_s


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def main() -> None:
    """Serves until it is killed; says where on standard output."""
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=2048)
    port = server.sockets[0].getsockname()[1]
    print(f"ready at http://127.0.0.1:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
