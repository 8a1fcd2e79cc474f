"""The blocks an `Answer` is made of: what a model says, thinks and calls, and what befalls its stream."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, TypeAlias

DEADLINE_S = 30.0


def split_evenly(text: str, parts: int) -> tuple[str, ...]:
    """The text in that many pieces, or in fewer where it is too short; never an empty piece."""
    count = min(max(1, parts), len(text))
    return tuple(text[len(text) * n // count : len(text) * (n + 1) // count] for n in range(count))


def split_awkwardly(text: str) -> tuple[str, ...]:
    """JSON text cut where careless readers stumble: within a key, behind a colon, within an escape."""
    cuts = {1, 3, len(text) - 1}
    cuts.update(match.end() for match in list(re.finditer(r"\\|: ", text))[:20])
    marks = [0, *sorted(cut for cut in cuts if 0 < cut < len(text)), len(text)]
    return tuple(text[start:end] for start, end in pairwise(marks) if start < end)


def _pieces(text: str, chunks: int | tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(chunks, int):
        return split_evenly(text, chunks)
    if "".join(chunks) != text:
        raise ValueError(f"The chunks {chunks!r} do not add up to {text!r}.")
    return chunks


@dataclass(frozen=True, slots=True)
class Says:
    """Text in several deltas.

    Attributes:
        text: all of it.
        chunks: in how many deltas, or the deltas themselves; they must add up to the text.
    """

    text: str
    chunks: int | tuple[str, ...] = 3

    @property
    def deltas(self) -> tuple[str, ...]:
        """The text as it goes over the wire."""
        return _pieces(self.text, self.chunks)


@dataclass(frozen=True, slots=True)
class Thinks:
    """Reasoning: a thinking block (Messages), a reasoning item (Responses), `reasoning` deltas (Ollama).

    As with the real providers a client must ask to see the text: Responses sends a summary only where the
    request has `reasoning.summary`, Messages none where thinking is disabled, and an empty one where `display` is
    `omitted`, which is the default of newer models. OpenAI's chat completions never show it.

    Attributes:
        text: the thoughts, or their summary.
        signature: the opaque proof that must come back (`signature`, `encrypted_content`); None lets the fake
            make one, the empty string sends none.
        chunks: as in `Says`.
    """

    text: str
    signature: str | None = None
    chunks: int | tuple[str, ...] = 3

    @property
    def deltas(self) -> tuple[str, ...]:
        """The text as it goes over the wire."""
        return _pieces(self.text, self.chunks)


@dataclass(frozen=True, slots=True)
class Redacts:
    """Reasoning that nobody may read: `redacted_thinking`, or a reasoning item without a summary.

    Attributes:
        data: what must come back unchanged; None lets the fake make some.
    """

    data: str | None = None


@dataclass(frozen=True, slots=True)
class Calls:
    """A tool call, its argument JSON cut over several deltas.

    Attributes:
        name: the tool.
        input: the arguments; a string is sent as it stands, so that it may be broken or unfinished JSON.
        id: what the result must refer to (`id`, `call_id`); None lets the fake make one.
        chunks: as in `Says`, over the JSON text; None cuts it at awkward places.
    """

    name: str
    input: Mapping[str, Any] | str = field(default_factory=dict)
    id: str | None = None
    chunks: int | tuple[str, ...] | None = None

    @property
    def arguments(self) -> str:
        """The arguments as JSON text."""
        return self.input if isinstance(self.input, str) else json.dumps(self.input)

    @property
    def deltas(self) -> tuple[str, ...]:
        """The argument text as it goes over the wire."""
        if self.chunks is None:
            return split_awkwardly(self.arguments)
        return _pieces(self.arguments, self.chunks)


@dataclass(frozen=True, slots=True)
class Streams:
    """Very many text deltas, for benchmarks: encoded before the first is written.

    Attributes:
        count: number of deltas.
        size: characters in each; delta number n is n itself, padded with zeros, in its last `size` digits.
        per_second: deltas per second; None writes as fast as the client reads, many deltas per write.
    """

    count: int = 5000
    size: int = 4
    per_second: float | None = None

    @property
    def deltas(self) -> tuple[str, ...]:
        """The text as it goes over the wire."""
        return tuple(str(n).zfill(self.size)[-self.size :] for n in range(self.count))

    @property
    def text(self) -> str:
        """What a client must have in the end."""
        return "".join(self.deltas)


@dataclass(frozen=True, slots=True)
class Waits:
    """The stream pauses until the gate opens or the client goes away; past the deadline it breaks off.

    Attributes:
        gate: set by the test; without one, the fake waits for the client to go away.
        deadline_s: the longest wait, in seconds.
    """

    gate: threading.Event = field(default_factory=threading.Event)
    deadline_s: float = DEADLINE_S


@dataclass(frozen=True, slots=True)
class CutsOff:
    """The connection closes here, in mid-stream, without the terminating chunk."""


@dataclass(frozen=True, slots=True)
class Breaks:
    """The provider reports an error within the stream, which then ends.

    Attributes:
        type: the provider's word, for example `overloaded_error` or `server_error`.
        message: for people.
        shape: which of its three ways the Responses API takes: `failed` is `response.failed`, `event` the `error`
            event as documented (flat), `envelope` the one it really sends at times (an `error` object within).
    """

    type: str
    message: str
    shape: Literal["failed", "event", "envelope"] = "failed"


@dataclass(frozen=True, slots=True)
class Garbles:
    """A data line that is not JSON."""


@dataclass(frozen=True, slots=True)
class Pings:
    """A sign of life: `ping` (Messages), `keepalive` (Responses), an SSE comment (chat completions)."""


Block: TypeAlias = Says | Thinks | Redacts | Calls | Streams | Waits | CutsOff | Breaks | Garbles | Pings
