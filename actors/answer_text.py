"""The text of an answer as it grows: how long it is, how it starts, and what the model thought in between."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from actors.notices import Run

KEPT_START = 800
"""So much of the text's start is kept for the preview in lists."""

MAX_THINKING_LENGTH = 16_384
"""So much of all thoughts of an answer is kept with its row, in characters; the events have all of them."""


class Thought:
    """A stretch of thinking.

    Attributes:
        offset: length of the answer's text before it, in Unicode code points.
        calls_before: how many tool calls of the answer came before it.
    """

    def __init__(self, offset: int, calls_before: int) -> None:
        self.offset = offset
        self.calls_before = calls_before
        self.is_shortened = False
        self._pieces: list[str] = []

    def add(self, text: str, room: int) -> int:
        """Takes as much as there is room for; how much that was."""
        kept = text[:room]
        self.is_shortened |= len(kept) < len(text)
        if kept:
            self._pieces.append(kept)
        return len(kept)

    def kept(self) -> dict[str, Any]:
        """What the answer's row keeps of it."""
        return {
            "offset": self.offset,
            "callsBefore": self.calls_before,
            "text": "".join(self._pieces),
            "isShortened": self.is_shortened,
        }


class AnswerText:
    """What an answer says and what the model thought.

    Attributes:
        length: of the text, in Unicode code points.
        start: the first part of the text.
        thoughts: what the model thought, in order.
    """

    def __init__(self) -> None:
        self.length = 0
        self.start = ""
        self.thoughts: list[Thought] = []
        self._room = MAX_THINKING_LENGTH

    def take(self, runs: Iterable[Run], calls_before: int) -> str:
        """Takes what has been sent; the new text comes back.

        Args:
            runs: in the order in which they were sent.
            calls_before: how many tool calls of the answer came before them.
        """
        new: list[str] = []
        for run in runs:
            text = "".join(run.pieces)
            if run.kind == "delta":
                new.append(text)
                self.length += len(text)
            elif run.kind == "thinking" and text:
                self._room -= self._thought(calls_before).add(text, self._room)
        said = "".join(new)
        if len(self.start) < KEPT_START:
            self.start = (self.start + said)[:KEPT_START]
        return said

    def _thought(self, calls_before: int) -> Thought:
        """The thought that goes on here, or a new one."""
        last = self.thoughts[-1] if self.thoughts else None
        if last is None or (last.offset, last.calls_before) != (self.length, calls_before):
            last = Thought(self.length, calls_before)
            self.thoughts.append(last)
        return last
