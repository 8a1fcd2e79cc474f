"""What the daemon and the process that renders say to each other: a length, then MessagePack."""

from __future__ import annotations

import struct
from typing import Any

import msgspec

HEADER = struct.Struct(">I")


class RenderText(msgspec.Struct, frozen=True, tag=True):
    """Asks for a whole text as HTML; see `markdown.render`."""

    text: str
    document: str


class RenderBlocks(msgspec.Struct, frozen=True, tag=True):
    """Asks for the blocks of a text that may go on; see `markdown.blocks`."""

    text: str
    is_ended: bool


class Block(msgspec.Struct, frozen=True):
    """A top-level block of a text that is still being written.

    Attributes:
        length: of its source with the empty lines behind it, in Unicode code points.
        is_closed: nothing that follows can change it.
        fence: the opening line where it is a block of code that goes on; else empty.
    """

    html: str
    length: int
    is_closed: bool
    fence: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What came of it.

    Attributes:
        html: of a whole text.
        blocks: of a text that may go on.
        problem: why there is neither.
    """

    html: str = ""
    blocks: tuple[Block, ...] = ()
    problem: str | None = None


Question = RenderText | RenderBlocks
_encoder = msgspec.msgpack.Encoder()
questions = msgspec.msgpack.Decoder(Question)
answers = msgspec.msgpack.Decoder(Answer)


def packed(message: Any) -> bytes:
    """A message as it is written."""
    body = _encoder.encode(message)
    return HEADER.pack(len(body)) + body
