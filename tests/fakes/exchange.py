"""One request and its answer on the wire: whole, in frames, interrupted, or never."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import responses
from itertools import chain
from typing import Any, TypeAlias, cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPServerRequest, ResponseStartLine
from tornado.iostream import StreamClosedError

from tests.fakes.blocks import CutsOff, Waits
from tests.fakes.errors import ClientGoneError
from tests.fakes.ledger import Ledger
from tests.fakes.script import SeenRequest

_LOOK_UP_S = 0.02
_TICK_S = 0.005


@dataclass(frozen=True, slots=True)
class Paced:
    """Frames to be written at a rate.

    Attributes:
        frames: encoded.
        per_second: frames per second.
    """

    frames: tuple[bytes, ...]
    per_second: float


Step: TypeAlias = bytes | Paced | Waits | CutsOff


def compact_json(value: Any) -> str:
    """JSON without spaces, as providers write it; half a surrogate pair can only be written escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)


def _seen(request: HTTPServerRequest) -> SeenRequest:
    try:
        body = json.loads(request.body) if request.body else None
    except ValueError:
        body = None
    return SeenRequest(
        method=request.method or "",
        path=request.path,
        query={
            name: tuple(value.decode() for value in values)
            for name, values in request.query_arguments.items()
        },
        headers={name.lower(): value for name, value in request.headers.get_all()},
        body=body,
        at=time.monotonic(),
    )


class Exchange:
    """Answers one request; lives on the server's loop.

    Attributes:
        seen: the request.
    """

    def __init__(self, request: HTTPServerRequest, ledger: Ledger) -> None:
        self.seen = _seen(request)
        self._ledger = ledger
        self._connection = cast("HTTP1Connection", request.connection)
        self._gone = asyncio.Event()
        self._is_started = False
        self._is_over = False
        self._connection.set_close_callback(self._client_left)
        self._connection.stream.set_nodelay(True)

    @property
    def is_started(self) -> bool:
        """Part of the answer has been written."""
        return self._is_started

    def send_json(self, status: int, body: Any, headers: Mapping[str, str]) -> None:
        """Sends a whole JSON answer."""
        self.send_bytes(status, compact_json(body).encode(), {"content-type": "application/json", **headers})

    def send_bytes(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """Sends a whole answer of any type."""
        self._is_over = True
        self._start(status, {**headers, "content-length": str(len(body))}, body)
        self._connection.finish()

    def send_half(self, body: Any, headers: Mapping[str, str]) -> None:
        """Promises a whole JSON answer, sends half of it and closes the connection."""
        self._is_over = True
        whole = compact_json(body).encode()
        promise = {"content-type": "application/json", **headers, "content-length": str(len(whole))}
        self._start(200, promise, whole[: len(whole) // 2])
        self._connection.close()

    async def stream(self, steps: Iterable[Step], headers: Mapping[str, str]) -> None:
        """Streams server-sent events. Raises ClientGoneError."""
        steps = iter(steps)
        # The first step comes before the status line, so that a script's error can still be told as one.
        steps = chain((next(steps),), steps)
        self._start(
            200, {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache", **headers}
        )
        for step in steps:
            match step:
                case bytes():
                    await self._write(step)
                case Paced():
                    await self._write_paced(step)
                case Waits():
                    if not await self.wait(step.gate, step.deadline_s):
                        return self.hang_up()
                case CutsOff():
                    return self.hang_up()
        self._is_over = True
        self._connection.finish()
        return None

    def hang_up(self) -> None:
        """Closes the connection as it is."""
        self._is_over = True
        self._connection.close()

    async def wait(self, gate: threading.Event, deadline_s: float) -> bool:
        """Waits for a gate; False when it did not open in time. Raises ClientGoneError."""
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[bool] = loop.create_future()
        given_up = threading.Event()

        def tell(is_open: bool) -> None:
            if not opened.done():
                opened.set_result(is_open)

        def watch() -> None:
            deadline_at = time.monotonic() + deadline_s
            while not given_up.is_set() and time.monotonic() < deadline_at:
                if gate.wait(_LOOK_UP_S):
                    break
            if not given_up.is_set():
                loop.call_soon_threadsafe(tell, gate.is_set())

        watcher = threading.Thread(target=watch, name="fake-gate", daemon=True)
        watcher.start()
        gone: asyncio.Future[Any] = asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait((opened, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            given_up.set()
            gone.cancel()
            watcher.join()
        if not opened.done():
            raise ClientGoneError
        return opened.result()

    async def _write(self, frame: bytes) -> None:
        try:
            await self._connection.write(frame)
        except StreamClosedError as error:
            self._client_left()
            raise ClientGoneError from error

    async def _write_paced(self, paced: Paced) -> None:
        started_at = time.monotonic()
        sent = 0
        while sent < len(paced.frames):
            due = min(len(paced.frames), 1 + int((time.monotonic() - started_at) * paced.per_second))
            if due > sent:
                await self._write(b"".join(paced.frames[sent:due]))
                sent = due
            if sent < len(paced.frames):
                await asyncio.sleep(max(_TICK_S, started_at + sent / paced.per_second - time.monotonic()))

    def _start(self, status: int, headers: Mapping[str, str], body: bytes | None = None) -> None:
        self._is_started = True
        line = ResponseStartLine("HTTP/1.1", status, responses.get(status, "Overloaded"))
        self._connection.write_headers(line, HTTPHeaders(dict(headers)), body)

    def _client_left(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._gone.set()
            self._ledger.lost_client()
