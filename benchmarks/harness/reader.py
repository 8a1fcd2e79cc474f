"""Reads streams of the daemon as cheaply as possible: what is looked at are numbers and times, without parsing JSON."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import time
from urllib.parse import urlsplit

from benchmarks.harness.arrivals import Arrival
from benchmarks.harness.wire import STAMP

SEQ = re.compile(rb"(?:^|\n)id: (\d+)\n")
END = re.compile(rb'"type":"(done|error|interrupted)"')
TOO_SLOW = b'"code":"too_slow"'
FRAME_END = b"\n\n"
SMALL_BUFFER = 4096


class StreamReader(asyncio.Protocol):
    """One stream.

    Args:
        request: the whole HTTP request.

    Attributes:
        arrivals: each delta.
        first_ms: from the request to the first delta; None before it.
        seqs: the numbers of all events.
        status: of HTTP, 0 before the answer.
        opened: set once the answer has begun.
        ended: set to the type of the last event, or to `closed`.
        farewell: whether the daemon said that this reader is too slow.
    """

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._rest = b""
        self._sent_at = 0
        self.transport: asyncio.Transport | None = None
        self.arrivals: list[Arrival] = []
        self.first_ms: float | None = None
        self.seqs: list[int] = []
        self.status = 0
        self.farewell = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends the request."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._sent_at = time.monotonic_ns()
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Looks at the frames that are whole."""
        now = time.monotonic_ns()
        if not self.status:
            self.status = int(data[9:12])
            assert self.status == 200, data
            self.opened.set_result(None)
        whole, separator, self._rest = (self._rest + data).rpartition(FRAME_END)
        if not separator:
            return
        for stamp in STAMP.findall(whole):
            self.arrivals.append(Arrival(now, (now - int(stamp, 16)) / 1e6))
        if self.first_ms is None and self.arrivals:
            self.first_ms = (now - self._sent_at) / 1e6
        self.seqs += map(int, SEQ.findall(whole))
        self.farewell = self.farewell or TOO_SLOW in whole
        if not self.ended.done() and (last := END.search(whole)):
            self.ended.set_result(last.group(1).decode())

    def connection_lost(self, exc: Exception | None) -> None:
        """The daemon has closed it."""
        del exc
        if not self.ended.done():
            self.ended.set_result("closed")

    def pause(self, *, for_good: bool = False) -> None:
        """Reads nothing. Where it is for good, the system has little room to read ahead, too.

        A connection with so little room takes minutes to hand over what waits in it.
        """
        assert self.transport is not None
        if for_good:
            connection = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        self.transport.pause_reading()

    def go_on(self) -> None:
        """Reads again."""
        assert self.transport is not None
        self.transport.resume_reading()

    def close(self) -> None:
        """Reads no more."""
        if self.transport is not None:
            self.transport.abort()

    @property
    def is_without_gaps(self) -> bool:
        """Whether each event came once, and in order."""
        return self.seqs == list(range(self.seqs[0], self.seqs[0] + len(self.seqs))) if self.seqs else False


class Streams:
    """Opens streams of one daemon.

    Args:
        url: where it is.
        token: the credential.
    """

    def __init__(self, url: str, token: str | None) -> None:
        address = urlsplit(url)
        assert address.hostname is not None
        assert address.port is not None
        self._host, self._port = address.hostname, address.port
        self._head = f"Host: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"

    async def post(self, conversation: str, content: str) -> StreamReader:
        """Sends a message; its turn."""
        body = json.dumps({"content": content})
        return await self._open(
            f"POST /api/chat/conversations/{conversation}/messages HTTP/1.1\r\n{self._head}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )

    async def follow(self, conversation: str, after: int | None = None) -> StreamReader:
        """Follows a conversation."""
        query = "" if after is None else f"?after={after}"
        return await self._open(
            f"GET /api/chat/conversations/{conversation}/stream{query} HTTP/1.1\r\n{self._head}\r\n"
        )

    async def _open(self, request: str) -> StreamReader:
        _, reader = await asyncio.get_running_loop().create_connection(
            lambda: StreamReader(request.encode()), self._host, self._port
        )
        return reader
