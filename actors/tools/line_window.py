"""A few lines of a text of any size, without ever holding the text."""

from __future__ import annotations

MAX_LINES = 2_000
MAX_LINE_LENGTH = 2_000
"""Characters of one line that are shown."""

MAX_SIZE = 256 * 1024
"""Bytes (as UTF-8) of all lines together."""


class LineWindow:
    """Collects lines of a text that arrives in pieces.

    Args:
        first: number of the first line wanted, from 1.
        limit: how many lines.

    Attributes:
        lines: the lines wanted, without their ends, long ones shortened.
        line_count: lines seen so far.
        shortened: numbers of the lines that were shortened.
        is_too_large: `MAX_SIZE` ended the window before `limit` did.
    """

    def __init__(self, first: int, limit: int) -> None:
        self.first = first
        self.lines: list[str] = []
        self.line_count = 0
        self.shortened: list[int] = []
        self.is_too_large = False
        self._limit = limit
        self._size = 0
        self._held = ""
        self._held_length = 0

    @property
    def is_full(self) -> bool:
        """No further line will be kept."""
        return self.is_too_large or len(self.lines) >= self._limit

    @property
    def last(self) -> int:
        """Number of the last line kept."""
        return self.first + len(self.lines) - 1

    def feed(self, text: str) -> None:
        """Takes the next piece."""
        ends = text.count("\n")
        if self.is_full or self.line_count + ends < self.first - 1:
            self.line_count += ends
            if ends:
                self._hold_new(text[text.rindex("\n") + 1 :])
            else:
                self._hold(text)
            return
        *complete, rest = text.split("\n")
        for piece in complete:
            self._hold(piece)
            self._end_line()
        self._hold(rest)

    def finish(self) -> None:
        """The text has ended; what follows the last line end counts as a line if there is any."""
        if self._held_length:
            self._end_line()

    def _hold(self, piece: str) -> None:
        if len(self._held) <= MAX_LINE_LENGTH:
            self._held += piece
        self._held_length += len(piece)

    def _hold_new(self, piece: str) -> None:
        self._held, self._held_length = "", 0
        self._hold(piece)

    def _end_line(self) -> None:
        self.line_count += 1
        line, length = self._held, self._held_length
        self._hold_new("")
        if self.is_full or self.line_count < self.first:
            return
        line = line.removesuffix("\r")
        if len(line) > MAX_LINE_LENGTH:
            line = f"{line[:MAX_LINE_LENGTH]}… [{length - MAX_LINE_LENGTH} more characters]"
            self.shortened.append(self.line_count)
        self._size += len(line.encode("utf-8", "replace")) + 1
        if self._size > MAX_SIZE:
            self.is_too_large = True
            if self.shortened[-1:] == [self.line_count]:
                self.shortened.pop()
        else:
            self.lines.append(line)


def numbered(lines: list[str], first: int) -> str:
    """The lines as `cat -n` shows them."""
    return "\n".join(f"{number:>6}\t{line}" for number, line in enumerate(lines, first))
