"""Long tool results lose their middle, for the model alone, before anything of a conversation is summarised."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from actors.transcript import AnyBlock, Entry, ImageBlock, TextBlock, ToolResultBlock

LONG = 12_000
"""A longer result is shortened, in characters."""

MARK = "\n\n[… {left_out:,} characters were left out here to save room. Call the tool again, for a part, if you need them. …]\n\n"


def shortened(entries: Iterable[Entry], longest: int = LONG) -> list[Entry]:
    """The entries with tool results of at most so many characters each. The same results give the same texts."""
    return [
        replace(entry, blocks=tuple(_block(block, longest) for block in entry.blocks)) for entry in entries
    ]


def without_middle(text: str, longest: int) -> str:
    """A text that keeps its beginning and its end."""
    if len(text) <= longest:
        return text
    side = longest // 2
    return text[:side] + MARK.format(left_out=len(text) - 2 * side) + text[-side:]


def _block(block: AnyBlock, longest: int) -> AnyBlock:
    if not isinstance(block, ToolResultBlock) or _length(block) <= longest:
        return block
    share = longest // max(1, len(block.content))
    parts: list[TextBlock | ImageBlock] = []
    for part in block.content:
        if isinstance(part, TextBlock):
            parts.append(TextBlock(text=without_middle(part.text, share)))
        else:
            parts.append(part)
    return msgspec.structs.replace(block, content=tuple(parts))


def _length(block: ToolResultBlock) -> int:
    return sum(len(part.text) for part in block.content if isinstance(part, TextBlock))
