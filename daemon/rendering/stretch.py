"""The text between two tool calls while it is written: what has to be rendered next, and what then changes.

Only the last block of a Markdown text can change when the text goes on. So a block is rendered for good once
another one follows, and the work stays in proportion to the text. A long block of code is shown in pieces, since
its end may be far away; when it ends, the first piece becomes the whole of it and the others become empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from daemon.rendering.wire import Block

PIECE_LENGTH = 4_000
"""A block of code that grows longer is shown in pieces of about this length."""

LONG = 8_000
"""Another block that is longer is rendered again only when it has grown by an eighth."""


class Job(msgspec.Struct, frozen=True):
    """A text to render.

    Attributes:
        what: the open text, a piece of a block of code, or all of it.
    """

    what: Literal["open", "piece", "whole"]
    text: str
    is_ended: bool


class Shown(msgspec.Struct, frozen=True):
    """A block as it is shown; `is_open` where it may still change."""

    html: str
    is_open: bool


class Stretch:
    """One stretch of text. Not thread-safe.

    Attributes:
        shown: its blocks so far; an empty one shows nothing.
    """

    def __init__(self) -> None:
        self.shown: list[Shown] = []
        self._open = ""
        self._first = 0
        self._rendered_length = 0
        self._is_ended = False
        self._is_last = False
        self._fence = ""
        self._pieces: list[str] = []
        self._places = range(0)
        self._whole: str | None = None

    @property
    def is_settled(self) -> bool:
        """Whether it has ended and all of it is rendered."""
        return self._is_last and self._whole is None

    def add(self, text: str) -> None:
        """Takes what comes next."""
        self._open += text

    def end(self) -> None:
        """Says that nothing more comes."""
        self._is_ended = True

    def job(self) -> Job | None:
        """What has to be rendered now; None while nothing has to. Call `done` with what comes of it."""
        if self._whole is not None:
            return Job("whole", self._whole, is_ended=True)
        if self._is_last:
            return None
        line_end = self._open.rfind("\n") + 1
        if self._fence and not self._is_ended and line_end > PIECE_LENGTH:
            return Job("piece", self._continued(self._open[:line_end]), is_ended=True)
        length = len(self._open)
        enough = self._rendered_length + (length // 8 if length > LONG else 1)
        if not self._is_ended and length < enough:
            return None
        return Job("open", self._continued(self._open), self._is_ended)

    def done(self, job: Job, blocks: Sequence[Block]) -> list[int]:
        """Takes what came of a job; the numbers of the blocks that changed."""
        before = list(self.shown)
        if job.what == "whole":
            self._show_whole(blocks)
        elif job.what == "piece":
            self._keep_piece(job, blocks)
        else:
            self._show_open(job, blocks)
        return [place for place, one in enumerate(self.shown) if before[place : place + 1] != [one]]

    def _continued(self, text: str) -> str:
        """A text with the line that makes it code, where it goes on with a block of code."""
        return self._fence + text if self._pieces else text

    def _show_open(self, job: Job, blocks: Sequence[Block]) -> None:
        closed = sum(1 for block in blocks if block.is_closed)
        for place, block in enumerate(blocks):
            is_open = place + 1 == len(blocks) and not block.is_closed
            self._show(self._first + place, Shown(block.html, is_open))
        for place in range(self._first + len(blocks), len(self.shown)):
            self._show(place, Shown("", is_open=False))
        prefix = len(self._fence) if self._pieces else 0
        taken = sum(block.length for block in blocks[:closed]) - prefix if closed else 0
        self._rendered_length = len(job.text) - prefix - taken
        self._is_last = job.is_ended
        if closed and self._pieces:
            self._whole = "".join((*self._pieces, self._open[: blocks[0].length - prefix]))
            self._pieces = []
            self._places = range(self._places.start, self._first + 1)
        self._open = self._open[taken:]
        self._first += closed
        if not self._pieces:
            self._fence = blocks[-1].fence if len(blocks) == closed + 1 else ""

    def _keep_piece(self, job: Job, blocks: Sequence[Block]) -> None:
        source = job.text.removeprefix(self._fence) if self._pieces else job.text
        if not self._pieces:
            self._places = range(self._first, self._first)
        self._pieces.append(source)
        self._open = self._open[len(source) :]
        self._rendered_length = 0
        self._show(self._first, Shown(_joined(blocks), is_open=False))
        self._first += 1

    def _show_whole(self, blocks: Sequence[Block]) -> None:
        self._whole = None
        for place in self._places:
            html = _joined(blocks) if place == self._places.start else ""
            self._show(place, Shown(html, is_open=False))

    def _show(self, place: int, block: Shown) -> None:
        if place < len(self.shown):
            self.shown[place] = block
        else:
            self.shown.append(block)


def _joined(blocks: Sequence[Block]) -> str:
    return "".join(block.html for block in blocks)
