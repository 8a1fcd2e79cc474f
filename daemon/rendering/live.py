"""An answer as HTML while it is written: one for each conversation that somebody follows with HTML.

It follows the conversation's events as everybody does, and renders what is new at most every 60 milliseconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol

import msgspec

from daemon.rendering.renderer import Renderer
from daemon.rendering.stretch import Stretch

logger = logging.getLogger(__name__)

INTERVAL_S = 0.06

Key = tuple[str, int, int]
"""A block: the message, where its stretch of text starts, its number in there."""


class Rendered(msgspec.Struct, frozen=True, rename="camel", tag="rendered"):
    """A block as it is now; it replaces what was sent before under the same key."""

    message_id: str
    turn_id: str
    offset: int
    block: int
    html: str
    open: bool


class Viewer(Protocol):
    """Somebody who sees the blocks."""

    def changed(self, keys: Iterable[Key]) -> None:
        """These blocks are new or different."""
        ...


class _Event(msgspec.Struct, rename="camel"):
    """The part of an event that matters here."""

    type: str
    turn_id: str | None
    message_id: str | None
    content: str | None = None


_events = msgspec.json.Decoder(_Event)
_encoder = msgspec.json.Encoder()
_WANTED = tuple(b'{"type":"%b"' % kind for kind in (b"message", b"delta", b"tool_call"))
_LAST = tuple(b'{"type":"%b"' % kind for kind in (b"done", b"error", b"interrupted"))


class LiveAnswer:
    """The answer that a conversation's agent writes. Used on the loop alone. Implements the hub's `Subscriber`.

    Args:
        renderer: renders its text.

    Attributes:
        viewers: who sees its blocks.
    """

    def __init__(self, renderer: Renderer) -> None:
        self.viewers: set[Viewer] = set()
        self._renderer = renderer
        self._turn_id = ""
        self._message_id = ""
        self._length = 0
        self._stretches: dict[int, Stretch] = {}
        self._news = asyncio.Event()
        self._settled = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def keys(self) -> list[Key]:
        """All blocks so far, in order."""
        return [
            (self._message_id, offset, place)
            for offset, stretch in self._stretches.items()
            for place in range(len(stretch.shown))
        ]

    def frame(self, key: Key) -> bytes:
        """The server-sent event of a block; nothing where its turn is over. It has no number: it is derived."""
        message_id, offset, place = key
        if message_id != self._message_id:
            return b""
        block = self._stretches[offset].shown[place]
        event = Rendered(message_id, self._turn_id, offset, place, block.html, block.is_open)
        return b"data: " + _encoder.encode(event) + b"\n\n"

    async def settled(self) -> None:
        """Waits until everything of an ended turn is rendered; returns at once where none was seen."""
        if self._stretches:
            await self._settled.wait()

    def write(self, frames: bytes) -> bool:
        """See `Subscriber.write`."""
        for frame in frames.split(b"\n\n"):
            payload = frame.partition(b"\ndata: ")[2]
            if payload.startswith(_WANTED):
                self._take(_events.decode(payload))
            elif payload.startswith(_LAST):
                self._end()
        self._news.set()
        return True

    def ended(self) -> None:
        """See `Subscriber.ended`; the last event has been written."""

    def dropped(self, reason: str) -> None:
        """See `Subscriber.dropped`."""
        logger.debug("no live rendering any more: %s", reason)
        self._end()
        self._news.set()

    async def close(self) -> None:
        """Renders no more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _take(self, event: _Event) -> None:
        if event.type == "message":
            self._turn_id, self._message_id, self._length = event.turn_id or "", "", 0
            self._stretches = {}
            self._settled.set()  # for those who wait for the turn before
            self._settled = asyncio.Event()
        elif event.turn_id != self._turn_id or event.message_id is None:
            return
        elif event.type == "delta":
            self._message_id = event.message_id
            text = event.content or ""
            if not self._stretches:
                self._stretches[0] = Stretch()
            next(reversed(self._stretches.values())).add(text)
            self._length += len(text)
        elif self._length and self._length not in self._stretches:
            next(reversed(self._stretches.values())).end()
            self._stretches[self._length] = Stretch()

    def _end(self) -> None:
        for stretch in self._stretches.values():
            stretch.end()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await self._renderer.warm_up()
            while True:
                await self._news.wait()
                self._news.clear()
                start = loop.time()
                await self._render()
                await asyncio.sleep(max(0.0, INTERVAL_S - (loop.time() - start)))
        except Exception:
            logger.exception("live rendering stops")
            self._settled.set()

    async def _render(self) -> None:
        stretches = self._stretches
        changed: list[Key] = []
        for offset, stretch in tuple(stretches.items()):
            while (job := stretch.job()) is not None:
                blocks = await self._renderer.blocks(job.text, is_ended=job.is_ended)
                changed += [(self._message_id, offset, place) for place in stretch.done(job, blocks)]
        if stretches is not self._stretches:
            return
        for viewer in tuple(self.viewers):
            viewer.changed(dict.fromkeys(changed))
        if stretches and all(stretch.is_settled for stretch in stretches.values()):
            self._settled.set()
