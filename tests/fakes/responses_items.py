"""The output items of the Responses API: messages, reasoning and function calls, with the events of their lives."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from itertools import count
from typing import Any, ClassVar, Literal, Protocol, TypeAlias

from tests.fakes import sse
from tests.fakes.blocks import Calls, Redacts, Says, Streams, Thinks
from tests.fakes.exchange import Step

Status: TypeAlias = Literal["in_progress", "completed", "incomplete"]


class Events:
    """Numbers the events of one response."""

    def __init__(self) -> None:
        self._numbers = count()

    def event(self, type_: str, **fields: Any) -> bytes:
        """The next event."""
        return sse.named({"type": type_, "sequence_number": next(self._numbers), **fields})

    def in_bulk(self, type_: str, block: Streams, **fields: Any) -> list[Step]:
        """As many events as the block has deltas."""
        frame = sse.named({"type": type_, **fields, "delta": sse.MARK, "sequence_number": sse.NUMBER})
        first = next(self._numbers)
        self._numbers = count(first + block.count)
        return sse.in_bulk(frame, block, first)


class Item(Protocol):
    """One output item that is being written."""

    def begin(self) -> Iterator[Step]:
        """The events that open it."""
        ...

    def end(self, status: Status) -> Iterator[Step]:
        """The events that close it."""
        ...

    def whole(self, status: Status) -> dict[str, Any]:
        """All of it."""
        ...


class MessageItem:
    """Text, or a refusal, of the assistant; grows by `Says` and `Streams`."""

    def __init__(self, events: Events, index: int, phase: str, *, is_refusal: bool) -> None:
        self._events = events
        self._text: list[str] = []
        self._phase = phase
        self._kind, self._field = ("refusal", "refusal") if is_refusal else ("output_text", "text")
        self._id = f"msg_{secrets.token_hex(24)}"
        self._item = {"item_id": self._id, "output_index": index}
        self._place = {**self._item, "content_index": 0}
        self._logprobs: dict[str, Any] = {} if is_refusal else {"logprobs": []}

    def begin(self) -> Iterator[Step]:
        """The events that open it."""
        empty = {**self.whole("in_progress"), "content": []}
        yield self._events.event(
            "response.output_item.added", output_index=self._item["output_index"], item=empty
        )
        yield self._events.event("response.content_part.added", **self._place, part=self._part(""))

    def say(self, block: Says | Streams) -> Iterator[Step]:
        """The events of more text."""
        self.add(block)
        delta = f"response.{self._kind}.delta"
        if isinstance(block, Streams):
            yield from self._events.in_bulk(delta, block, **self._place, **self._logprobs)
            return
        for text in block.deltas:
            yield self._events.event(delta, **self._place, delta=text, **self._logprobs)

    def add(self, block: Says | Streams) -> None:
        """Takes the text without events."""
        self._text.append(block.text)

    def end(self, status: Status) -> Iterator[Step]:
        """The events that close it."""
        text = "".join(self._text)
        done = {self._field: text, **self._logprobs}
        yield self._events.event(f"response.{self._kind}.done", **self._place, **done)
        yield self._events.event("response.content_part.done", **self._place, part=self._part(text))
        index = self._item["output_index"]
        yield self._events.event("response.output_item.done", output_index=index, item=self.whole(status))

    def whole(self, status: Status) -> dict[str, Any]:
        """All of it."""
        content = [self._part("".join(self._text))]
        return {
            "id": self._id,
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": content,
            "phase": self._phase,
        }

    def _part(self, text: str) -> dict[str, Any]:
        extras: dict[str, Any] = {"annotations": [], "logprobs": []} if self._kind == "output_text" else {}
        return {"type": self._kind, self._field: text, **extras}


class ReasoningItem:
    """Reasoning, with a summary where the request wants one."""

    def __init__(self, events: Events, index: int, block: Thinks | Redacts, *, has_summary: bool) -> None:
        self._events = events
        self._index = index
        self._block = block if isinstance(block, Thinks) and has_summary else None
        proof = block.signature if isinstance(block, Thinks) else block.data
        self.encrypted_content = f"gAAAAA{secrets.token_urlsafe(48)}" if proof is None else proof or None
        self.id = f"rs_{secrets.token_hex(24)}"
        self._place = {"item_id": self.id, "output_index": index, "summary_index": 0}

    def begin(self) -> Iterator[Step]:
        """The events that open it; the encrypted content is not the final one yet."""
        item = {**self.whole("in_progress"), "summary": []}
        if self.encrypted_content:
            item["encrypted_content"] = f"gAAAAA{secrets.token_urlsafe(12)}"
        yield self._events.event("response.output_item.added", output_index=self._index, item=item)
        if self._block:
            part = {"type": "summary_text", "text": ""}
            yield self._events.event("response.reasoning_summary_part.added", **self._place, part=part)
            for text in self._block.deltas:
                yield self._events.event("response.reasoning_summary_text.delta", **self._place, delta=text)

    def end(self, status: Status) -> Iterator[Step]:
        """The events that close it."""
        if self._block:
            text = self._block.text
            yield self._events.event("response.reasoning_summary_text.done", **self._place, text=text)
            part = {"type": "summary_text", "text": text}
            yield self._events.event("response.reasoning_summary_part.done", **self._place, part=part)
        yield self._events.event(
            "response.output_item.done", output_index=self._index, item=self.whole(status)
        )

    def whole(self, status: Status) -> dict[str, Any]:
        """All of it; reasoning items carry no status unless they broke off."""
        return {
            "id": self.id,
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": self._block.text}] if self._block else [],
            "encrypted_content": self.encrypted_content,
            **({"status": status} if status == "incomplete" else {}),
        }


class CallItem:
    """A function call."""

    kind: ClassVar[str] = "response.function_call_arguments"

    def __init__(self, events: Events, index: int, block: Calls) -> None:
        self._events = events
        self._index = index
        self._block = block
        self.call_id = block.id or f"call_{secrets.token_hex(12)}"
        self._id = f"fc_{secrets.token_hex(24)}"
        self._place = {"item_id": self._id, "output_index": index}

    def begin(self) -> Iterator[Step]:
        """The events that open it, arguments included."""
        item = {**self.whole("in_progress"), "arguments": ""}
        yield self._events.event("response.output_item.added", output_index=self._index, item=item)
        for text in self._block.deltas:
            yield self._events.event(f"{self.kind}.delta", **self._place, delta=text)

    def end(self, status: Status) -> Iterator[Step]:
        """The events that close it."""
        yield self._events.event(f"{self.kind}.done", **self._place, arguments=self._block.arguments)
        yield self._events.event(
            "response.output_item.done", output_index=self._index, item=self.whole(status)
        )

    def whole(self, status: Status) -> dict[str, Any]:
        """All of it."""
        return {
            "id": self._id,
            "type": "function_call",
            "status": status,
            "arguments": self._block.arguments,
            "call_id": self.call_id,
            "name": self._block.name,
        }
