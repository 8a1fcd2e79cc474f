"""The events of Anthropic's Messages format, decoded as far as they are used. What is new to us is passed over."""

from __future__ import annotations

import json
from typing import Any

import msgspec


class Delta(msgspec.Struct, frozen=True):
    """What is added to a block, or to the whole message."""

    type: str = ""
    text: str = ""
    partial_json: str = ""
    thinking: str = ""
    signature: str | None = None
    stop_reason: str | None = None


class Block(msgspec.Struct, frozen=True):
    """A block as it begins."""

    type: str = ""
    text: str = ""
    id: str = ""
    name: str = ""
    input: Any = {}
    signature: str | None = None
    data: str = ""


class Counts(msgspec.Struct, frozen=True):
    """Tokens; None where nothing is said of them."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None


class Begun(msgspec.Struct, frozen=True):
    """The message as it begins."""

    model: str
    usage: Counts | None = None


class Event(msgspec.Struct, frozen=True):
    """Any event; what does not belong to its type has its default.

    Attributes:
        error: why the answer breaks off: JSON, as the provider says it.
    """

    type: str = ""
    delta: Delta = Delta()
    content_block: Block = Block()
    message: Begun | None = None
    usage: Counts | None = None
    error: Any = None


class BrokenOffError(Exception):
    """The provider says that the answer ends here.

    Attributes:
        said: why, in its words.
    """

    def __init__(self, said: object) -> None:
        super().__init__(str(said))
        self.said: dict[str, Any] = said if isinstance(said, dict) else {}


_decoder = msgspec.json.Decoder(Event)


def decoded(data: bytes) -> Event:
    """An event. Raises json.JSONDecodeError, UnicodeDecodeError or msgspec.ValidationError where it is none."""
    try:
        return _decoder.decode(data)
    except msgspec.DecodeError:  # half a surrogate pair, for example, which Python's own decoder takes
        return msgspec.convert(json.loads(data), Event)
