"""Stored messages as HTML: rendered once, and kept until the renderer changes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence

import msgspec

from actors.writes import Write
from daemon.rendering.renderer import Renderer
from daemon.schemas import Rendered
from storage import rendered
from storage.database import Database
from storage.errors import StorageError
from storage.records import Message
from storage.statements import Statement

logger = logging.getLogger(__name__)

VERSION = 1
"""Of what the renderer makes of a text; a change of it renders everything anew."""

_decoder = msgspec.json.Decoder(list[Rendered])
_encoder = msgspec.json.Encoder()


class _ToolCall(msgspec.Struct):
    offset: int


class _Metadata(msgspec.Struct, rename="camel"):
    """The part of a row's metadata that matters here."""

    type: str | None = None
    tool_calls: list[_ToolCall] = []


_metadata = msgspec.json.Decoder(_Metadata)


class RenderedAnswers:
    """Messages as HTML.

    Args:
        database: where they are kept.
        renderer: renders what is not there.
        write: has rows written.
    """

    def __init__(
        self, database: Database, renderer: Renderer, write: Callable[[Write], Awaitable[None]]
    ) -> None:
        self._database = database
        self._renderer = renderer
        self._write = write

    async def of(self, messages: Sequence[Message]) -> dict[str, list[Rendered]]:
        """What can be shown of them, by id. An answer that is still being written is left out."""
        wanted = [message for message in messages if _is_rendered(message)]
        kept = rendered.get(self._database, [message.id for message in wanted], VERSION)
        found = {message_id: _decoder.decode(html) for message_id, html in kept.items()}
        new: list[Statement] = []
        for message in wanted:
            if message.id not in found:
                found[message.id] = await self._render(message)
                html = _encoder.encode(found[message.id]).decode()
                new.append(rendered.put(message.id, VERSION, html))
        if new:
            await self._keep(new)
        return found

    async def _keep(self, statements: Sequence[Statement]) -> None:
        try:
            await self._write(Write(tuple(statements)))
        except StorageError as error:  # they can be shown all the same
            logger.warning("%d rendered messages are not kept: %s", len(statements), error)

    async def _render(self, message: Message) -> list[Rendered]:
        return [
            Rendered(offset=offset, html=await self._renderer.html(text, f"{message.id}-{offset}"))
            for offset, text in stretches(message)
        ]


def stretches(message: Message) -> Iterator[tuple[int, str]]:
    """The text between a message's tool calls: where each part starts, in Unicode code points, and the part."""
    calls = _of(message).tool_calls
    offsets = sorted({0, *(min(call.offset, len(message.content)) for call in calls)})
    for start, end in zip(offsets, [*offsets[1:], len(message.content)], strict=True):
        if text := message.content[start:end].strip():
            yield start, text


def _of(message: Message) -> _Metadata:
    return _metadata.decode(message.metadata) if message.metadata else _Metadata()


def _is_rendered(message: Message) -> bool:
    if message.role == "assistant":
        return message.status in {"complete", "error", "interrupted"}
    return message.role == "system" and _of(message).type == "compaction"
