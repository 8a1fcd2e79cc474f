"""The words in which a test tells a fake provider what to answer; all of them frozen values.

    fake.script(
        Answer(Thinks("The file first."), Calls("Read", {"path": "a.txt"})),
        Answer(Says("It holds "), Waits(gate), Says("one line.")),
        Refuses(529),
    )

Blocks are written in the order in which they stand. A content block stays open until the next content block
or the end, so `Says("a"), CutsOff()` breaks off in mid-text, and consecutive `Says` and `Streams` are one text.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tests.fakes.blocks import (
    DEADLINE_S,
    Block,
    Breaks,
    Calls,
    CutsOff,
    Garbles,
    Pings,
    Redacts,
    Says,
    Streams,
    Thinks,
    Waits,
)

__all__ = [
    "Answer",
    "Block",
    "Breaks",
    "Calls",
    "CutsOff",
    "Garbles",
    "HangsUp",
    "Pings",
    "Redacts",
    "Refuses",
    "Reply",
    "Says",
    "Scripted",
    "SeenRequest",
    "Silent",
    "StopReason",
    "Streams",
    "Thinks",
    "Usage",
    "Waits",
]

StopReason: TypeAlias = Literal[
    "end_turn",
    "tool_use",
    "max_tokens",
    "stop_sequence",
    "pause_turn",
    "refusal",
    "content_filter",
    "model_context_window_exceeded",
]
"""Anthropic's words, and OpenAI's `content_filter`; each fake says them in its provider's way."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer. OpenAI's totals, which include the cached ones, are computed from these.

    Attributes:
        input_tokens: those neither read from nor written to the cache.
        output_tokens: all that was generated, reasoning included.
        cache_read_tokens: read from the cache.
        cache_write_tokens: written to it.
        reasoning_tokens: the part of `output_tokens` spent on reasoning.
    """

    input_tokens: int = 12
    output_tokens: int = 34
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def all_input_tokens(self) -> int:
        """Input as OpenAI counts it."""
        return self.input_tokens + self.cache_read_tokens + self.cache_write_tokens


@dataclass(frozen=True, slots=True, init=False)
class Answer:
    """A model's answer, streamed or whole as the request asks.

    Attributes:
        blocks: what comes, in this order.
        stop_reason: None stands for `tool_use` where there are calls, else `end_turn`.
        usage: the tokens reported.
    """

    blocks: tuple[Block, ...]
    stop_reason: StopReason
    usage: Usage

    def __init__(
        self, *blocks: Block, stop_reason: StopReason | None = None, usage: Usage | None = None
    ) -> None:
        calls = any(isinstance(block, Calls) for block in blocks)
        object.__setattr__(self, "blocks", blocks)
        object.__setattr__(self, "stop_reason", stop_reason or ("tool_use" if calls else "end_turn"))
        object.__setattr__(self, "usage", usage or Usage())


@dataclass(frozen=True, slots=True)
class Refuses:
    """An HTTP error instead of an answer.

    Attributes:
        status: for example 401, 404, 413, 429, 500, 529.
        type: the provider's `error.type`; None is its usual one for the status.
        message: None is its usual one for the status.
        headers: for example `{"retry-after": "2"}` or `{"retry-after-ms": "50"}`.
        code: OpenAI's `error.code`, Anthropic's `error.details.error_code`.
        param: OpenAI's `error.param`.
        body: sent as it stands instead of the provider's error object, as proxies in between do.
    """

    status: int
    type: str | None = None
    message: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    param: str | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class HangsUp:
    """The connection closes before a single byte of an answer."""


@dataclass(frozen=True, slots=True)
class Silent:
    """The request is accepted and nothing comes until the gate opens.

    Attributes:
        gate: set by the test; without one, the fake waits for the client to go away.
        then: what comes after that; past the deadline the connection closes whatever stands here.
        deadline_s: the longest wait, in seconds.
    """

    gate: threading.Event = field(default_factory=threading.Event)
    then: Answer | Refuses | HangsUp = field(default_factory=HangsUp)
    deadline_s: float = DEADLINE_S


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request as it arrived.

    Attributes:
        method: in upper case.
        path: without the query.
        query: every value of each query parameter.
        headers: by lower-case name.
        body: decoded JSON; None where there was none or it was not JSON.
        at: when it was complete, on the clock of `time.monotonic`, in seconds.
    """

    method: str
    path: str
    query: Mapping[str, tuple[str, ...]]
    headers: Mapping[str, str]
    body: Any
    at: float


Reply: TypeAlias = Answer | Refuses | HangsUp | Silent
Scripted: TypeAlias = Reply | Callable[[SeenRequest], Reply]
