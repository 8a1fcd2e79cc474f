"""The conversation as a model sees it: messages of blocks, the same for every provider.

A turn adds steps to it, and each step is stored when it is complete, so a conversation can be continued from
the store alone, with another runtime too.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from actors.event_encoding import clean, clean_text
from actors.tools.base import Image, Text, ToolResult
from storage.records import Message, Step

TEXT_SEPARATOR = "\n\n"
"""Stands between two text blocks of a turn in the message that people see."""

INTERRUPTED_RESULT = "The tool call was interrupted before it ended; its effects are unknown."


class Block(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type", omit_defaults=True):
    """Base of all blocks."""


class TextBlock(Block, frozen=True, kw_only=True, tag="text"):
    """Text, of the person or the model."""

    text: str


class ContextBlock(TextBlock, frozen=True, kw_only=True, tag="context"):
    """Text that was given to the model along with the conversation; no person and no model wrote it there.

    Attributes:
        about: what of the person's work it tells of, in words for people; empty for nothing.
    """

    about: str = ""


class ThinkingBlock(Block, frozen=True, kw_only=True, tag="thinking"):
    """The model's reasoning.

    Attributes:
        runtime_id: the runtime that made it; no other can use it.
        data: what that runtime needs to send it back unchanged.
    """

    text: str
    runtime_id: str
    data: dict[str, Any] = {}


class ToolCallBlock(Block, frozen=True, kw_only=True, tag="tool_call"):
    """The model calls a tool.

    Attributes:
        input: decoded JSON as the model sent it; a string where that was no JSON object.
    """

    id: str
    name: str
    input: Any


class ImageBlock(Block, frozen=True, kw_only=True, tag="image"):
    """An image; `data` is base64."""

    media_type: str
    data: str


class ToolResultBlock(Block, frozen=True, kw_only=True, tag="tool_result"):
    """What a tool call came to.

    Attributes:
        digests: SHA-256 of the files that the model knows from this call, by resolved path.
    """

    id: str
    content: tuple[TextBlock | ImageBlock, ...]
    is_error: bool = False
    digests: dict[str, str] = {}


AnyBlock = TextBlock | ContextBlock | ThinkingBlock | ToolCallBlock | ImageBlock | ToolResultBlock
Role = Literal["user", "assistant"]

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(tuple[AnyBlock, ...])


class Cut(msgspec.Struct, frozen=True):
    """A place in a conversation where its history may be cut: behind a step of an answer and its tools' results.

    Attributes:
        message_id: the answer.
        steps: how many of its steps come before the place.
    """

    message_id: str
    steps: int


class Entry(msgspec.Struct, frozen=True):
    """One message of the transcript. Tool results are blocks of a user entry.

    Attributes:
        cut: the place behind it, where the history may be cut there.
    """

    role: Role
    blocks: tuple[AnyBlock, ...]
    cut: Cut | None = None


def encode(blocks: Sequence[AnyBlock]) -> str:
    """The blocks as JSON text for the store."""
    try:
        return _encoder.encode(blocks).decode()
    except UnicodeEncodeError:
        return _encoder.encode(clean(msgspec.to_builtins(blocks))).decode()


def are_blocks(text: str) -> bool:
    """Whether JSON text is that of a step's blocks."""
    try:
        _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return False
    return True


def result_block(tool_call_id: str, result: ToolResult) -> ToolResultBlock:
    """The block of a tool's result."""
    content: list[TextBlock | ImageBlock] = []
    for item in result.content:
        match item:
            case Text(text):
                content.append(TextBlock(text=clean_text(text)))
            case Image(media_type, data):
                content.append(ImageBlock(media_type=media_type, data=base64.b64encode(data).decode()))
    return ToolResultBlock(
        id=tool_call_id, content=tuple(content), is_error=result.is_error, digests=dict(result.digests)
    )


def rebuild(messages: Iterable[Message], steps: Iterable[Step], after: Cut | None = None) -> list[Entry]:
    """The transcript of a conversation, from its rows.

    A turn that was cut off may lack the results of its last tool calls: they are given one that says so, since
    providers refuse a call without a result.

    Args:
        messages: the messages of a branch, in order.
        steps: of their turns.
        after: where it begins, if not at the start; the message that it names must be among them.
    """
    steps_by_turn: dict[str | None, list[Step]] = {}
    for step in steps:
        steps_by_turn.setdefault(step.turn_id, []).append(step)
    entries: list[Entry] = []
    is_before = after is not None
    for message in messages:
        of_turn = steps_by_turn.get(message.turn_id, []) if message.turn_id else []
        if after is not None and message.id == after.message_id:
            is_before = False
            _add_turn(entries, of_turn, message, after.steps)
        elif is_before:
            continue
        elif message.role == "user":
            _add(entries, "user", (TextBlock(text=message.content),))
        elif message.role == "assistant":
            _add_turn(entries, of_turn, message)
    return entries


def digests(entries: Iterable[Entry]) -> dict[str, str]:
    """What the model knows of files: SHA-256 by resolved path, the newest of each."""
    known: dict[str, str] = {}
    for entry in entries:
        for block in entry.blocks:
            if isinstance(block, ToolResultBlock):
                merge_digests(known, block.digests)
    return known


def merge_digests(known: dict[str, str], news: Mapping[str, str]) -> None:
    """Adds digests to those that are known; an empty one takes its file off."""
    for path, digest in news.items():
        if digest:
            known[path] = digest
        else:
            known.pop(path, None)


def _add_turn(entries: list[Entry], steps: list[Step], message: Message, skipped: int = 0) -> None:
    """Adds what a turn was given and what its agent did, without the first `skipped` steps."""
    texts: list[str] = []
    calls: list[str] = []
    results: dict[str, AnyBlock] = {}
    number = 0
    for step in steps:
        blocks = _decoder.decode(step.blocks)
        if step.role == "given":
            if not skipped:
                _add(entries, "user", blocks)
            continue
        if step.role == "results":
            results.update((block.id, block) for block in blocks if isinstance(block, ToolResultBlock))
            continue
        if number > skipped:
            _add_results(entries, calls, results, Cut(message.id, number))
        number += 1
        calls = [block.id for block in blocks if isinstance(block, ToolCallBlock)]
        results = {}
        texts.extend(block.text for block in blocks if isinstance(block, TextBlock) and block.text)
        if number > skipped:
            _add(entries, "assistant", blocks, None if calls else Cut(message.id, number))
    if number > skipped:
        _add_results(entries, calls, results, Cut(message.id, number))
    # A step that was cut off before it was stored has left its text in the message alone.
    told = TEXT_SEPARATOR.join(texts)
    if (
        skipped <= number
        and message.content.startswith(told)
        and (rest := message.content[len(told) :].strip())
    ):
        _add(entries, "assistant", (TextBlock(text=rest),), Cut(message.id, number + 1))


def _add_results(entries: list[Entry], calls: list[str], results: Mapping[str, AnyBlock], cut: Cut) -> None:
    if calls:
        missing = (TextBlock(text=INTERRUPTED_RESULT),)
        _add(
            entries,
            "user",
            tuple(
                results.get(call) or ToolResultBlock(id=call, content=missing, is_error=True)
                for call in calls
            ),
            cut,
        )


def _add(entries: list[Entry], role: Role, blocks: tuple[AnyBlock, ...], cut: Cut | None = None) -> None:
    """Adds blocks; two entries of one role in a row become one, as providers want them to alternate."""
    blocks = tuple(block for block in blocks if not (isinstance(block, TextBlock) and not block.text))
    if not blocks:
        return
    if entries and entries[-1].role == role:
        entries[-1] = Entry(role, entries[-1].blocks + blocks, cut)
    else:
        entries.append(Entry(role, blocks, cut))
