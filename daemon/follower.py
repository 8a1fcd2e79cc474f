"""One connection that follows a stream of events: it writes what the hub gives, as fast as the client reads."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Protocol

import msgspec

from daemon.hub import EventHub
from daemon.rendering.views import BlockView, LiveAnswers
from daemon.subscription import Subscription

PING = b": ping\n\n"
PING_INTERVAL_S = 15.0

LAST_BLOCKS_S = 3.0
"""How long the end of a turn waits for its last blocks as HTML."""

FAREWELLS = {
    "shutting_down": "The daemon is stopping. Connect again in a moment; nothing is lost.",
    "conversation_deleted": "The conversation was deleted.",
    "too_slow": "This connection read too slowly. Connect again with the last event's id; nothing is lost.",
}


class Connection(Protocol):
    """What a follower writes to."""

    def send(self, data: bytes) -> asyncio.Future[None]:
        """Sends data; done when the system has taken it."""
        ...


class Follower:
    """Follows one conversation, or the feed. Implements `Subscriber`.

    Args:
        hub: where events come from.
        connection: where they go.
        ends_with_turn: stop at the end of the turn.
        live_answers: where answers come from as HTML, if they are wanted.

    Attributes:
        is_lost: the client has gone away.
    """

    def __init__(
        self,
        hub: EventHub,
        connection: Connection,
        *,
        ends_with_turn: bool,
        live_answers: LiveAnswers | None = None,
    ) -> None:
        self._hub = hub
        self._connection = connection
        self._ends_with_turn = ends_with_turn
        self._live_answers = live_answers
        self._blocks: BlockView | None = None
        self._finishing: asyncio.Task[None] | None = None
        self._subscription: Subscription | None = None
        self.is_lost = False
        self._is_over = asyncio.Event()
        self._ping: asyncio.TimerHandle | None = None

    def start(self, conversation_id: str, after: int | None) -> None:
        """Sends what follows an event; None for what comes from now on."""
        if not self._is_over.is_set():
            if self._live_answers is not None:
                turn = after if self._ends_with_turn else None
                self._blocks = self._live_answers.watch(conversation_id, turn, self._connection)
            self._subscription = self._hub.subscribe(conversation_id, after, self)
            self._hub.resume(self._subscription)

    def keep_alive(self) -> None:
        """Sends a comment every 15 seconds, so that nobody on the way takes the silence for an end."""
        loop = asyncio.get_running_loop()
        self._ping = loop.call_later(PING_INTERVAL_S, self._send_ping)

    async def over(self) -> None:
        """Waits until there is nothing more to send, or nobody to send it to."""
        await self._is_over.wait()

    def stop(self) -> None:
        """Follows no longer."""
        self._is_over.set()
        if self._ping is not None:
            self._ping.cancel()
        if self._blocks is not None:
            self._blocks.close()
        if self._subscription is not None:
            self._hub.unsubscribe(self._subscription)

    def write(self, frames: bytes) -> bool:
        """See `Subscriber.write`."""
        written = self._connection.send(frames)
        if written.done():
            return self._is_fine(written)
        written.add_done_callback(self._written)
        return False

    def ended(self) -> None:
        """See `Subscriber.ended`."""
        if not self._ends_with_turn:
            return
        if self._blocks is None or self._subscription is None:
            self.stop()
            return
        self._hub.unsubscribe(self._subscription)
        self._finishing = asyncio.create_task(self._finish(self._blocks))

    def dropped(self, reason: str) -> None:
        """See `Subscriber.dropped`. The farewell has no number: it belongs to this connection alone."""
        self._is_fine(self._connection.send(farewell(reason, FAREWELLS[reason])))
        self.stop()

    async def _finish(self, blocks: BlockView) -> None:
        """Stops once the last blocks are sent."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(blocks.finish(), LAST_BLOCKS_S)
        self.stop()

    def _written(self, written: asyncio.Future[None]) -> None:
        if self._is_fine(written) and self._subscription is not None and self._subscription.is_open:
            self._hub.resume(self._subscription)

    def _is_fine(self, written: asyncio.Future[None]) -> bool:
        if not written.done():
            written.add_done_callback(lambda done: done.exception())
            return True
        if written.cancelled() or written.exception() is not None:
            self.is_lost = True
            self.stop()
            return False
        return True

    def _send_ping(self) -> None:
        if not self._is_over.is_set():
            self._is_fine(self._connection.send(PING))
            self.keep_alive()


def farewell(code: str, message: str) -> bytes:
    """An error event of this connection alone."""
    body: dict[str, Any] = {
        "type": "error",
        "code": code,
        "message": message,
        "turnId": None,
        "messageId": None,
        "seq": None,
    }
    return b"data: " + msgspec.json.encode(body) + b"\n\n"
