"""What a command prints may have any size: its beginning and its end are kept, the rest is only counted."""

from __future__ import annotations

import codecs
from collections import deque

from actors.tools.terminal_text import SequenceStripper

KEPT_LENGTH = 15 * 1024
"""Characters kept of the beginning, and again of the end."""


class OutputDecoder:
    """Turns the bytes of a command into text, wherever they are cut.

    Invalid UTF-8 becomes U+FFFD, escape sequences of terminals are left out.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stripper = SequenceStripper()

    def feed(self, data: bytes, *, is_last: bool = False) -> str:
        """The text that is certain so far."""
        return self._stripper.feed(self._decoder.decode(data, final=is_last), is_last=is_last)


class BoundedText:
    """The beginning and the end of a text that arrives in pieces.

    Args:
        kept_length: characters kept of either.
    """

    def __init__(self, kept_length: int = KEPT_LENGTH) -> None:
        self._kept_length = kept_length
        self._head = ""
        self._tail: deque[str] = deque()
        self._tail_length = 0
        self._cut_length = 0

    def add(self, text: str) -> None:
        """Takes the next piece."""
        room = self._kept_length - len(self._head)
        if room > 0:
            self._head += text[:room]
            text = text[room:]
        if not text:
            return
        self._tail.append(text)
        self._tail_length += len(text)
        while self._tail_length - len(self._tail[0]) >= self._kept_length:
            left = self._tail.popleft()
            self._tail_length -= len(left)
            self._cut_length += len(left)

    def text(self) -> str:
        """What is kept, and a line that says how much was cut."""
        tail = "".join(self._tail)
        cut_length = self._cut_length + max(0, len(tail) - self._kept_length)
        tail = tail[-self._kept_length :]
        if not cut_length:
            return self._head + tail
        return f"{self._head}\n[… {cut_length:,} characters cut from the middle …]\n{tail}"
