"""The same streams over WebSockets, for the page: a browser opens six plain connections to an address, for all tabs."""

from __future__ import annotations

import asyncio

from tornado.websocket import WebSocketHandler

from daemon import schemas
from daemon.errors import ApiError
from daemon.feed import FEED
from daemon.follower import Follower
from daemon.handlers.base import ApiHandler
from daemon.handlers.event_stream import start_in_conversation, start_in_feed
from daemon.operations import operation

MAX_HEARD_BYTES = 1024
NOTHING_TO_SAY = 1008
"""A client only listens; whatever it says breaks the rules (RFC 6455)."""


class SocketHandler(ApiHandler, WebSocketHandler):
    """Base of what can be followed over a WebSocket: a message holds whole frames, as a write of a stream does."""

    follower: Follower | None = None

    @property
    def max_message_size(self) -> int:
        """See `WebSocketHandler`."""
        return MAX_HEARD_BYTES

    async def follow(self, conversation_id: str, after: int | None, render: schemas.Rendering) -> None:
        """Answers the handshake; then sends events until the client goes away.

        Raises:
            ApiError: 400, this is no handshake.
        """
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            raise ApiError(400, "not_a_websocket", "This address speaks WebSocket only.")
        live_answers = self.services.live_answers if render else None
        self._followed = (conversation_id, after)
        self.follower = Follower(self.services.hub, self, ends_with_turn=False, live_answers=live_answers)
        await WebSocketHandler.get(self)

    def open(self, *_args: str, **_kwargs: str) -> None:
        """The handshake is done."""
        assert self.follower is not None
        self.follower.keep_alive()
        self.follower.start(*self._followed)
        self._end = asyncio.ensure_future(self._close_after(self.follower))

    def on_message(self, message: str | bytes) -> None:
        """Hangs up."""
        del message
        self.close(NOTHING_TO_SAY)

    def on_close(self) -> None:
        """The client went away."""
        if self.follower is not None:
            self.follower.is_lost = True
            self.follower.stop()

    def send(self, data: bytes) -> asyncio.Future[None]:
        """See `Connection`."""
        return asyncio.ensure_future(self._send(data))

    async def _send(self, data: bytes) -> None:
        await self.write_message(data)

    async def _close_after(self, follower: Follower) -> None:
        await follower.over()
        self.close()


class EventsSocketHandler(SocketHandler):
    """`/api/events/socket`."""

    @operation(
        "Follow all conversations over a WebSocket",
        query=schemas.StreamQuery,
        answers={101: None},
        errors=(400,),
        media_type="text/event-stream",
    )
    async def get(self, query: schemas.StreamQuery) -> None:
        """As `/api/events`."""
        await self.follow(FEED, start_in_feed(self.services, query.after), None)


class ConversationSocketHandler(SocketHandler):
    """`/api/chat/conversations/{id}/socket`."""

    @operation(
        "Follow a conversation over a WebSocket",
        query=schemas.StreamQuery,
        answers={101: None},
        errors=(400, 404),
        media_type="text/event-stream",
    )
    async def get(self, conversation_id: str, query: schemas.StreamQuery) -> None:
        """As `…/stream`."""
        self.conversation(conversation_id)
        after = start_in_conversation(self.services, conversation_id, query.after)
        await self.follow(conversation_id, after, query.render)
