"""What a fake has yet to say and what has happened to it: shared by the test's thread and the server's."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.script import Scripted, SeenRequest


@dataclass(frozen=True, slots=True)
class Trouble:
    """A request that did not go as the test meant.

    Attributes:
        request: as it arrived.
        reason: one sentence.
    """

    request: SeenRequest
    reason: str


class Ledger:
    """The script's queues, one for the answers of the model and one for each other path, and the events so far."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queues: dict[str | None, deque[Scripted]] = {}
        self._defaults: dict[str | None, Scripted] = {}
        self._requests: list[SeenRequest] = []
        self._unexpected: list[Trouble] = []
        self._refused: list[Trouble] = []
        self._disconnects = 0

    def clear(self) -> None:
        """Forgets everything, for the next test of a module that shares the fake."""
        with self._changed:
            for kept in (self._queues, self._defaults, self._requests, self._unexpected, self._refused):
                kept.clear()
            self._disconnects = 0

    def append(self, replies: tuple[Scripted, ...], path: str | None) -> None:
        """Queues replies for a path; None is for the answers of the model."""
        with self._changed:
            self._queues.setdefault(path, deque()).extend(replies)

    def set_default(self, reply: Scripted, path: str | None) -> None:
        """Sets what is said once the queue is empty."""
        with self._changed:
            self._defaults[path] = reply

    def take(self, *paths: str | None) -> Scripted | None:
        """The next reply for the first of these paths that has one; None where none has."""
        with self._changed:
            for path in paths:
                if queue := self._queues.get(path):
                    return queue.popleft()
            return next((self._defaults[path] for path in paths if path in self._defaults), None)

    def left(self) -> int:
        """How many queued replies have not been taken."""
        with self._changed:
            return sum(map(len, self._queues.values()))

    def saw(self, request: SeenRequest) -> None:
        """Remembers a request."""
        with self._changed:
            self._requests.append(request)
            self._changed.notify_all()

    def was_unprepared(self, request: SeenRequest, reason: str) -> None:
        """Remembers a request that the script has no answer for, or a wrong one."""
        with self._changed:
            self._unexpected.append(Trouble(request, reason))

    def turned_down(self, request: SeenRequest, reason: str) -> None:
        """Remembers a request that the real provider would refuse."""
        with self._changed:
            self._refused.append(Trouble(request, reason))

    def lost_client(self) -> None:
        """Counts a client that went away before it had its answer."""
        with self._changed:
            self._disconnects += 1
            self._changed.notify_all()

    @property
    def unexpected(self) -> tuple[Trouble, ...]:
        """Requests without a fitting script."""
        with self._changed:
            return tuple(self._unexpected)

    @property
    def refused(self) -> tuple[Trouble, ...]:
        """Requests that the real provider would refuse."""
        with self._changed:
            return tuple(self._refused)

    @property
    def disconnects(self) -> int:
        """Clients that went away before they had their answer."""
        with self._changed:
            return self._disconnects

    def requests(self, path: str | None = None) -> tuple[SeenRequest, ...]:
        """The requests so far; those to one path where it is given."""
        with self._changed:
            return tuple(seen for seen in self._requests if path in {None, seen.path})

    def wait_for_requests(self, count: int, timeout_s: float, path: str | None) -> tuple[SeenRequest, ...]:
        """Blocks until so many requests have come. Raises TimeoutError, which lists those that have."""
        self._wait(
            lambda: len(self.requests(path)) >= count, timeout_s, f"{count} requests to {path or 'any path'}"
        )
        return self.requests(path)

    def wait_for_disconnects(self, count: int, timeout_s: float) -> None:
        """Blocks until so many clients have gone away. Raises TimeoutError."""
        self._wait(lambda: self._disconnects >= count, timeout_s, f"{count} clients to go away")

    def _wait(self, is_met: Callable[[], bool], timeout_s: float, awaited: str) -> None:
        with self._changed:
            if not self._changed.wait_for(is_met, timeout_s):
                seen = ", ".join(f"{seen.method} {seen.path}" for seen in self._requests) or "nothing"
                raise TimeoutError(
                    f"Waited {timeout_s} s for {awaited}; seen: {seen}; gone away: {self._disconnects}."
                )
