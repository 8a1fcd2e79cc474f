"""Server-sent events over HTTP. A client that goes away detaches; the turn goes on without it."""

from __future__ import annotations

import asyncio
from typing import Any

from tornado.iostream import IOStream, StreamClosedError

from actors import messages as told
from actors.bridge import Reply
from daemon import schemas
from daemon.errors import as_api_error, invalid
from daemon.feed import FEED
from daemon.follower import Follower, farewell
from daemon.handlers.base import ApiHandler
from daemon.services import Services
from storage import turns

MAX_DIGITS = 18


class EventStreamHandler(ApiHandler):
    """A resource that can be followed."""

    def initialize(self, services: Any) -> None:
        """See `ApiHandler.initialize`."""
        super().initialize(services)
        self._follower: Follower | None = None
        self._sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sent.set_result(None)

    def last_event_id(self, after: int | None) -> int | None:
        """Where to go on: the parameter, else the header that browsers send by themselves.

        Raises:
            ApiError: 400, the header is no number.
        """
        header = self.request.headers.get("Last-Event-ID")
        if after is not None or not header:
            return after
        if not (header.isascii() and header.isdecimal() and len(header) <= MAX_DIGITS):
            raise invalid("The Last-Event-ID header must be a number that this stream gave out.")
        return int(header)

    def start_stream(self, *, ends_with_turn: bool, render: schemas.Rendering = None) -> Follower:
        """Sets the headers, which `begin_stream` or the first event sends; from now on only events can be answered."""
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Accel-Buffering", "no")
        follower = Follower(
            self.services.hub,
            self,
            ends_with_turn=ends_with_turn,
            live_answers=self.services.live_answers if render else None,
        )
        self._follower = follower
        follower.keep_alive()
        return follower

    def begin_stream(self, follower: Follower) -> None:
        """Sends the headers, where no event has taken them along."""
        if not self._headers_written:
            follower.write(b"")

    async def follow(
        self,
        conversation_id: str,
        after: int | None,
        *,
        ends_with_turn: bool,
        render: schemas.Rendering = None,
    ) -> None:
        """Sends events until the client goes away or, with `ends_with_turn`, the turn has ended."""
        follower = self._follower or self.start_stream(ends_with_turn=ends_with_turn, render=render)
        follower.start(conversation_id, after)
        self.begin_stream(follower)
        await self._end_of(follower)

    async def follow_queued(
        self, conversation_id: str, reply: Reply[told.Accepted], render: schemas.Rendering = None
    ) -> None:
        """Waits for the turn of a queued message, then follows it."""
        follower = self.start_stream(ends_with_turn=True, render=render)
        self.begin_stream(follower)
        over = asyncio.ensure_future(follower.over())
        started = asyncio.ensure_future(_awaited(reply))
        try:
            await asyncio.wait((over, started), return_when=asyncio.FIRST_COMPLETED)
            if started.done():
                follower.start(conversation_id, started.result().first_seq)
        except Exception as error:
            known = as_api_error(error)
            if known is None:
                raise
            follower.write(farewell(known.code, known.message))
            follower.stop()
        finally:
            over.cancel()
            started.cancel()
        await self._end_of(follower)

    def send(self, data: bytes) -> asyncio.Future[None]:
        """Writes data as it is; see `Connection`."""
        stream: IOStream | None = getattr(self.request.connection, "stream", None)
        if self._finished or stream is None or stream.closed():
            lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            lost.set_exception(StreamClosedError())
            return lost
        if not self._headers_written:
            self.write(data)
            written = self.flush()
        elif data:
            # Tornado's own way to the same place makes two more futures and three callbacks of it.
            is_chunked = self._headers.get("Transfer-Encoding") == "chunked"
            written = stream.write(b"%x\r\n%b\r\n" % (len(data), data) if is_chunked else data)
        else:
            return self._sent
        # Where the system has it already, Tornado says so a round of the loop later.
        return written if stream.closed() or stream.writing() else self._sent

    def on_connection_close(self) -> None:
        """The client went away."""
        super().on_connection_close()
        if self._follower is not None:
            self._follower.is_lost = True
            self._follower.stop()

    async def _end_of(self, follower: Follower) -> None:
        try:
            await follower.over()
        finally:
            follower.stop()
        if not self._finished and not follower.is_lost:
            self.finish()


def start_in_feed(services: Services, after: int | None) -> int | None:
    """Where to go on in the feed of all conversations; None for what comes from now on."""
    if after is not None and after > services.hub.last_seq(FEED):
        return 0  # from a later time than ours: the clock was set back
    return after


def start_in_conversation(services: Services, conversation_id: str, after: int | None) -> int | None:
    """Where to go on in a conversation; without a place, the start of the running turn."""
    if after is None or after > services.hub.last_seq(conversation_id):
        return turns.start_of_running(services.database, conversation_id)
    return after


async def _awaited(reply: Reply[told.Accepted]) -> told.Accepted:
    return await reply
