"""EventHub: publish from any thread, subscribe on the loop, replay after a number, with no gap and no repeat.

A subscriber has no queue, only the number of the last event that it was given: what follows is read from the
log, or from the store where the log has dropped it. So a slow subscriber costs no memory, and replay and live
events come by the same way.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable

from actors.event_encoding import expand, frame
from actors.events import RowKind, TurnState
from actors.measures import Measures
from daemon.event_log import EventLog
from daemon.subscription import Subscriber, Subscription
from storage.records import EventRow

logger = logging.getLogger(__name__)

WRITE_BYTES = 16_384
"""Simple clients parse a stream chunk by chunk, so a write holds whole frames and not too many."""

REPLAY_ROWS = 64
WRITES_IN_A_ROW = 16
"""After so many writes to one subscriber the loop turns to others."""

MAX_BEHIND = 20_000
"""A subscriber that is so many events behind and does not read is dropped; it can come back."""

ReadStored = Callable[[str, int, int], list[EventRow]]
"""Stored rows of a conversation after a number, at most so many."""


class EventHub:
    """The order of each conversation's events, and who follows them. Implements `EventSink`.

    Args:
        loop: the event loop of the subscribers.
        read_stored: reads events that are no longer here.
        last_seq: the number of the last stored event of a conversation.
        on_change: called on the loop when a stored row changed.
        on_turn: called on the loop when a conversation's turn state changed.
        measures: how long events take, and who is dropped.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        read_stored: ReadStored,
        last_seq: Callable[[str], int],
        on_change: Callable[[RowKind, str], None],
        on_turn: Callable[[str, TurnState, int], None],
        measures: Measures | None = None,
    ) -> None:
        self._loop = loop
        self._read_stored = read_stored
        self._read_last_seq = last_seq
        self._on_change = on_change
        self._on_turn = on_turn
        self._lock = threading.Lock()
        self._logs: dict[str, EventLog] = {}
        self._open: set[str] = set()
        self._news: set[str] = set()
        self._changed: set[tuple[RowKind, str]] = set()
        self._turns: dict[str, tuple[TurnState, int]] = {}
        self._woken_at: float | None = None
        self._measures = measures or Measures()
        self._subscriptions: defaultdict[str, list[Subscription]] = defaultdict(list)

    # From any thread

    def open(self, conversation_id: str, last_seq: int) -> None:
        """See `EventSink.open`."""
        with self._lock:
            self._open.add(conversation_id)
            self._logs.setdefault(conversation_id, EventLog(last_seq))

    def publish(self, conversation_id: str, payload: bytes, *, is_last: bool = False) -> int:
        """See `EventSink.publish`."""
        with self._lock:
            return self._logs[conversation_id].add(payload, is_held=True, is_last=is_last)

    def stream(self, conversation_id: str, payload: bytes) -> int:
        """See `EventSink.stream`."""
        with self._lock:
            seq = self._logs[conversation_id].add(payload, is_held=False)
            self._news.add(conversation_id)
        self._wake()
        return seq

    def stored(self, conversation_id: str, first_seq: int, last_seq: int) -> None:
        """See `EventSink.stored`."""
        with self._lock:
            log = self._logs.get(conversation_id)
            if log is None or (not log.stored(first_seq, last_seq) and conversation_id in self._open):
                return  # text, as a rule: it was sent before
            self._news.add(conversation_id)
        self._wake()

    def release(
        self, conversation_id: str, first_seq: int, last_seq: int, replacement: bytes | None = None
    ) -> None:
        """See `EventSink.release`."""
        logger.error("events %d to %d of %s are not stored", first_seq, last_seq, conversation_id)
        with self._lock:
            log = self._logs.get(conversation_id)
            if log is not None:
                if replacement is not None:
                    log.replace(last_seq, replacement)
                log.release(first_seq, last_seq)
                self._news.add(conversation_id)
        self._wake()

    def turn_changed(self, conversation_id: str, state: TurnState, open_requests: int) -> None:
        """See `EventSink.turn_changed`."""
        with self._lock:
            self._turns[conversation_id] = (state, open_requests)
        self._wake()

    def row_changed(self, kind: RowKind, row_id: str) -> None:
        """See `EventSink.row_changed`."""
        with self._lock:
            self._changed.add((kind, row_id))
        self._wake()

    def close(self, conversation_id: str) -> None:
        """See `EventSink.close`."""
        with self._lock:
            self._open.discard(conversation_id)
            self._news.add(conversation_id)
        self._wake()

    # On the loop

    def subscribe(self, conversation_id: str, after: int | None, subscriber: Subscriber) -> Subscription:
        """A place in a conversation's events; call `resume` to get what follows it.

        Args:
            conversation_id: whose events.
            after: the last event that the subscriber has; None for what comes from now on.
            subscriber: who follows.
        """
        with self._lock:
            log = self._log(conversation_id)
            start = log.sendable_seq if after is None else after
        subscription = Subscription(conversation_id, start, subscriber)
        self._subscriptions[conversation_id].append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Follows no longer. Harmless the second time."""
        subscription.is_open = False
        of_conversation = self._subscriptions.get(subscription.conversation_id, [])
        if subscription in of_conversation:
            of_conversation.remove(subscription)
        if not of_conversation:
            self._subscriptions.pop(subscription.conversation_id, None)
            self._forget(subscription.conversation_id)

    def resume(self, subscription: Subscription) -> None:
        """Starts, or goes on with, a subscriber that can take more."""
        subscription.is_ready = True
        self._pump(subscription)

    def last_seq(self, conversation_id: str) -> int:
        """The number of the last event that was sent."""
        with self._lock:
            log = self._logs.get(conversation_id)
            if log is not None:
                return log.sendable_seq
        return self._read_last_seq(conversation_id)

    def first_seq(self, conversation_id: str) -> int:
        """The number of the oldest event that is still here."""
        with self._lock:
            return self._log(conversation_id).first_seq

    def drop_all(self, conversation_id: str | None, reason: str) -> None:
        """Ends the subscriptions of a conversation, or all."""
        ids = tuple(self._subscriptions) if conversation_id is None else (conversation_id,)
        for one in ids:
            for subscription in tuple(self._subscriptions.get(one, ())):
                self._drop(subscription, reason)

    @property
    def open_ids(self) -> frozenset[str]:
        """Whose events may still come."""
        with self._lock:
            return frozenset(self._open)

    @property
    def subscriber_count(self) -> int:
        """How many follow anything."""
        return sum(map(len, self._subscriptions.values()))

    def _wake(self) -> None:
        """Wakes the loop once for all that happens until it runs. Without the lock: the loop wakes up and wants it."""
        with self._lock:
            if self._woken_at is not None:
                return
            self._woken_at = time.perf_counter()
        try:
            self._loop.call_soon_threadsafe(self._drain)
        except RuntimeError:
            logger.debug("the loop is closed: nobody follows any more")

    def _drain(self) -> None:
        with self._lock:
            woken_at, self._woken_at = self._woken_at, None
            news, self._news = self._news, set()
            turns, self._turns = self._turns, {}
            changed, self._changed = self._changed, set()
        for conversation_id, (state, open_requests) in turns.items():
            self._on_turn(conversation_id, state, open_requests)
        for conversation_id in news:
            for subscription in tuple(self._subscriptions.get(conversation_id, ())):
                self._pump(subscription)
            if conversation_id not in self._subscriptions:
                self._forget(conversation_id)
        if woken_at is not None and not news.isdisjoint(self._subscriptions):
            self._measures.delta_latency.observe(time.perf_counter() - woken_at)
        for kind, row_id in changed:
            self._on_change(kind, row_id)

    def _drop(self, subscription: Subscription, reason: str) -> None:
        self._measures.dropped.add(reason)
        self.unsubscribe(subscription)
        subscription.subscriber.dropped(reason)

    def _log(self, conversation_id: str) -> EventLog:
        log = self._logs.get(conversation_id)
        if log is None:
            log = self._logs[conversation_id] = EventLog(self._read_last_seq(conversation_id))
        return log

    def _forget(self, conversation_id: str) -> None:
        """Drops the log of a conversation that is not open and that nobody follows."""
        with self._lock:
            log = self._logs.get(conversation_id)
            if log is not None and conversation_id not in self._open and log.is_settled:
                del self._logs[conversation_id]

    def _pump(self, subscription: Subscription) -> None:
        """Gives a subscriber what it lacks, until it has all or cannot take more."""
        for _ in range(WRITES_IN_A_ROW):
            if not subscription.is_open:
                return
            with self._lock:
                log = self._log(subscription.conversation_id)
                behind = log.sendable_seq - subscription.after
                is_here = subscription.after + 1 >= log.first_seq
                if behind > 0 and subscription.is_ready and is_here:
                    frames, seq, ends = log.take(subscription.after, WRITE_BYTES)
            if behind <= 0:
                return
            if not subscription.is_ready:
                if behind > MAX_BEHIND:
                    self._drop(subscription, "too_slow")
                return
            if not is_here:
                frames, seq, ends = self._replay(subscription)
                if seq == subscription.after:  # the store has nothing newer: go on with what is here
                    subscription.after = log.first_seq - 1
                    continue
            subscription.after = seq
            subscription.is_ready = subscription.subscriber.write(frames)
            if ends:
                subscription.subscriber.ended()
        self._loop.call_soon(self._pump, subscription)

    def _replay(self, subscription: Subscription) -> tuple[bytes, int, bool]:
        parts: list[bytes] = []
        size, seq = 0, subscription.after
        for row in self._read_stored(subscription.conversation_id, subscription.after, REPLAY_ROWS):
            for number, payload in expand(row):
                if number <= subscription.after:
                    continue
                data = frame(number, payload)
                if parts and size + len(data) > WRITE_BYTES:
                    return b"".join(parts), seq, False
                parts.append(data)
                size += len(data)
                seq = number
                if _is_terminal(payload):
                    return b"".join(parts), seq, True
        return b"".join(parts), seq, False


def _is_terminal(payload: bytes) -> bool:
    """Whether an encoded event ends its turn: the type comes first in every payload."""
    return payload.startswith((b'{"type":"done"', b'{"type":"error"', b'{"type":"interrupted"'))
