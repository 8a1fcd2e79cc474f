"""The recent events of one conversation: their order, and which of them may be sent already."""

from __future__ import annotations

from collections import deque

import msgspec

from actors.event_encoding import frame

KEPT_BYTES = 65_536
"""Stored events beyond so much are read from the store again when somebody needs them."""


class LoggedEvent(msgspec.Struct):
    """An event on its way.

    Attributes:
        is_stored: the store has it.
        is_held: it must not be sent before it is stored.
    """

    seq: int
    data: bytes
    is_held: bool
    is_last: bool
    is_stored: bool = False


class EventLog:
    """Events in order, without gaps. Not thread-safe: its hub holds a lock.

    Args:
        last_seq: the number of the last event before.

    Attributes:
        sendable_seq: the last event that may be sent.
    """

    def __init__(self, last_seq: int) -> None:
        self.last_seq = last_seq
        self.sendable_seq = last_seq
        self._events: deque[LoggedEvent] = deque()
        self._size = 0

    @property
    def first_seq(self) -> int:
        """The oldest event that is still here; one more than the last where none is."""
        return self._events[0].seq if self._events else self.last_seq + 1

    @property
    def is_settled(self) -> bool:
        """Whether the store has all of it."""
        return all(event.is_stored for event in self._events)

    def add(self, payload: bytes, *, is_held: bool, is_last: bool = False) -> int:
        """Adds an event and gives it its number."""
        self.last_seq += 1
        data = frame(self.last_seq, payload)
        self._events.append(LoggedEvent(self.last_seq, data, is_held, is_last))
        self._size += len(data)
        if not is_held and self.sendable_seq == self.last_seq - 1:
            self.sendable_seq = self.last_seq
        return self.last_seq

    def stored(self, first_seq: int, last_seq: int) -> bool:
        """Notes that the store has these events; what waited for it may be sent. Whether there was such."""
        if not self._events:
            return False
        start = self._events[0].seq
        for seq in range(max(first_seq, start), last_seq + 1):
            self._events[seq - start].is_stored = True
        before = self.sendable_seq
        self._advance()
        self._trim()
        return self.sendable_seq > before

    def release(self, first_seq: int, last_seq: int) -> None:
        """Lets events be sent that could not be stored yet. They stay here until they are."""
        if not self._events:
            return
        start = self._events[0].seq
        for seq in range(max(first_seq, start), last_seq + 1):
            self._events[seq - start].is_held = False
        self._advance()

    def replace(self, seq: int, payload: bytes) -> None:
        """Gives an event that was not sent yet another content."""
        event = self._events[seq - self._events[0].seq]
        self._size -= len(event.data)
        event.data = frame(seq, payload)
        self._size += len(event.data)

    def take(self, after: int, limit: int) -> tuple[bytes, int, bool]:
        """The frames that follow an event, as far as they may be sent.

        Args:
            after: the last event that the reader has; not older than what is here.
            limit: how many bytes, but always at least one frame.

        Returns:
            The frames in one piece, the number of the last one, whether it ends a turn.
        """
        start = self.first_seq
        parts: list[bytes] = []
        size, seq, ends = 0, after, False
        while seq < self.sendable_seq:
            event = self._events[seq + 1 - start]
            if parts and size + len(event.data) > limit:
                break
            parts.append(event.data)
            size += len(event.data)
            seq = event.seq
            ends = event.is_last
            if ends:
                break
        return b"".join(parts), seq, ends

    def _advance(self) -> None:
        start = self._events[0].seq
        while self.sendable_seq < self.last_seq:
            following = self._events[self.sendable_seq + 1 - start]
            if following.is_held and not following.is_stored:
                break
            self.sendable_seq = following.seq

    def _trim(self) -> None:
        while self._events and self._size > KEPT_BYTES:
            event = self._events[0]
            if not event.is_stored or event.seq > self.sendable_seq:
                break
            self._events.popleft()
            self._size -= len(event.data)
