"""How many tokens a text costs a model, guessed from its characters. Nobody is asked; reports of past use calibrate."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from actors.transcript import AnyBlock, Entry, ImageBlock, TextBlock, ThinkingBlock, ToolCallBlock

ASCII_PER_TOKEN = 3.6
"""Code and JSON have fewer characters to a token than prose, which has about 4.5."""

OTHERS_PER_TOKEN = 1.3
"""Between Cyrillic (about 2) and Chinese (about 1)."""

IMAGE_TOKENS = 1_600
"""What providers count for an image of the largest size that they do not shrink."""

BLOCK_TOKENS = 8
"""What a block costs besides its text: role, type, id."""

QUICK_BLOCKS = 50
QUICK_LENGTH = 50_000

BELIEVABLE = (0.5, 2.0)
"""Reports beyond that are about something else: a server that counts only what it had not cached, for example."""


_encoder = msgspec.json.Encoder()


def estimate(text: str) -> int:
    """The tokens of a text."""
    plain = len(text.encode("ascii", "ignore"))
    return math.ceil(plain / ASCII_PER_TOKEN + (len(text) - plain) / OTHERS_PER_TOKEN)


def of_block(block: AnyBlock) -> int:
    """The tokens of a block."""
    match block:
        case TextBlock() | ThinkingBlock():
            return BLOCK_TOKENS + estimate(block.text)
        case ToolCallBlock():
            return BLOCK_TOKENS + estimate(block.name) + of_json(block.input)
        case ImageBlock():
            return IMAGE_TOKENS
        case _:
            return BLOCK_TOKENS + sum(of_block(part) for part in block.content)


def of_entry(entry: Entry) -> int:
    """The tokens of an entry."""
    return sum(of_block(block) for block in entry.blocks)


def of_entries(entries: Iterable[Entry]) -> int:
    """The tokens of a transcript."""
    return sum(of_entry(entry) for entry in entries)


def is_quick(entries: Sequence[Entry]) -> bool:
    """Whether a transcript is counted in much less than a millisecond: one of a few short texts."""
    blocks = [block for entry in entries[:QUICK_BLOCKS] for block in entry.blocks]
    return (
        len(entries) <= len(blocks) <= QUICK_BLOCKS
        and all(isinstance(block, TextBlock) for block in blocks)
        and sum(len(block.text) for block in blocks if isinstance(block, TextBlock)) <= QUICK_LENGTH
    )


def of_json(value: Any) -> int:
    """The tokens of a value that is sent as JSON."""
    return estimate(json.dumps(value, ensure_ascii=False))


def of_tools(schemas: Sequence[dict[str, Any]]) -> int:
    """The tokens of the description of tools."""
    return sum(map(_of_tool, schemas))


def _of_tool(schema: dict[str, Any]) -> int:
    try:
        return _of_encoded(_encoder.encode(schema))
    except UnicodeEncodeError:  # a lone surrogate in a stranger's words
        return of_json(schema)


@functools.lru_cache(maxsize=256)
def _of_encoded(value: bytes) -> int:
    """The tokens of a value that is given as JSON. Tools are the same in nearly every request."""
    return of_json(msgspec.json.decode(value))


def calibrated(reported: int | None, estimated: int | None) -> float:
    """By what estimates are to be multiplied, from what a provider has reported of a request; 1 where unknown."""
    if not reported or not estimated:
        return 1.0
    scale = reported / estimated
    return scale if BELIEVABLE[0] <= scale <= BELIEVABLE[1] else 1.0


def head(text: str, tokens: int) -> str:
    """The beginning of a text that costs at most so many tokens, cut at the end of a line where one is near."""
    if estimate(text) <= tokens:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if estimate(text[:middle]) <= tokens else (low, middle - 1)
    cut = text[:low]
    line = cut.rfind("\n")
    return cut[:line] if line > low * 0.8 else cut
