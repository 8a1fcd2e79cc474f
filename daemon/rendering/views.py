"""Who sees which answer while it is written: the blocks of one conversation, sent to each connection that wants them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from daemon.hub import WRITE_BYTES, EventHub
from daemon.rendering.live import Key, LiveAnswer
from daemon.rendering.renderer import Renderer
from daemon.subscription import Subscription


class Connection(Protocol):
    """What blocks are written to."""

    def send(self, data: bytes) -> asyncio.Future[None]:
        """Sends data; done when the system has taken it."""
        ...


class BlockView:
    """The blocks that one connection sees. A slow one gets only the newest state of each.

    Args:
        live: the answer.
        connection: where its blocks go.
        on_close: called once, when nobody looks any more.
    """

    def __init__(self, live: LiveAnswer, connection: Connection, on_close: Callable[[], None]) -> None:
        self._live = live
        self._connection = connection
        self._on_close = on_close
        self._waiting: dict[Key, None] = {}
        self._is_writing = False
        self._is_closed = False
        self._has_sent_all = asyncio.Event()
        live.viewers.add(self)
        self.changed(live.keys())

    def changed(self, keys: Iterable[Key]) -> None:
        """See `Viewer.changed`."""
        self._waiting.update(dict.fromkeys(keys))
        self._send()

    async def finish(self) -> None:
        """Waits until all blocks of the turn that has ended are sent."""
        await self._live.settled()
        await self._has_sent_all.wait()

    def close(self) -> None:
        """Sees no more. Harmless the second time."""
        if not self._is_closed:
            self._is_closed = True
            self._live.viewers.discard(self)
            self._on_close()

    def _send(self) -> None:
        while self._waiting and not self._is_writing and not self._is_closed:
            written = self._connection.send(self._next_frames())
            if not written.done():
                self._is_writing = True
                written.add_done_callback(self._written)
            elif written.cancelled() or written.exception() is not None:
                self._waiting.clear()  # the connection is gone; its follower knows
        if self._waiting or self._is_writing:
            self._has_sent_all.clear()
        else:
            self._has_sent_all.set()

    def _next_frames(self) -> bytes:
        parts: list[bytes] = []
        size = 0
        for key in tuple(self._waiting):
            frame = self._live.frame(key)
            if parts and size + len(frame) > WRITE_BYTES:
                break
            del self._waiting[key]
            parts.append(frame)
            size += len(frame)
        return b"".join(parts)

    def _written(self, written: asyncio.Future[None]) -> None:
        self._is_writing = False
        if written.cancelled() or written.exception() is not None:
            self._waiting.clear()
        self._send()


class _Watched(msgspec.Struct):
    live: LiveAnswer
    subscription: Subscription
    views: int = 0


class LiveAnswers:
    """The answers that are rendered while they are written: those that somebody looks at.

    Args:
        hub: where events come from.
        renderer: renders text.
        start_of_turn: the event before the running turn of a conversation; None where none runs.
    """

    def __init__(self, hub: EventHub, renderer: Renderer, start_of_turn: Callable[[str], int | None]) -> None:
        self._hub = hub
        self._renderer = renderer
        self._start_of_turn = start_of_turn
        self._watched: dict[str, _Watched] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def watch(self, conversation_id: str, after: int | None, connection: Connection) -> BlockView:
        """Sends the blocks of the running turn so far, then those that change.

        Args:
            conversation_id: whose answer.
            after: the event before the turn to look at where none runs any more; None for the next turn.
            connection: where the blocks go.
        """
        watched = self._watched.get(conversation_id)
        if watched is None:
            watched = self._watched[conversation_id] = self._start(conversation_id, after)
        watched.views += 1
        return BlockView(watched.live, connection, lambda: self._leave(conversation_id, watched))

    async def close(self) -> None:
        """Ends all of them."""
        for conversation_id in tuple(self._watched):
            self._end(conversation_id)
        await asyncio.gather(*self._closing)

    def _start(self, conversation_id: str, after: int | None) -> _Watched:
        live = LiveAnswer(self._renderer)
        start = self._start_of_turn(conversation_id)
        subscription = self._hub.subscribe(conversation_id, after if start is None else start, live)
        self._hub.resume(subscription)
        return _Watched(live, subscription)

    def _leave(self, conversation_id: str, watched: _Watched) -> None:
        watched.views -= 1
        if watched.views == 0 and self._watched.get(conversation_id) is watched:
            self._end(conversation_id)

    def _end(self, conversation_id: str) -> None:
        watched = self._watched.pop(conversation_id)
        self._hub.unsubscribe(watched.subscription)
        closing = asyncio.create_task(watched.live.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
