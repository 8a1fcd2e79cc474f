"""Counting from many threads, and what a turn adds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from actors.bridge import Actor, started, tell
from actors.measures import Counter, Histogram, Measures
from actors.notices import Usage

THREADS, TIMES = 8, 2_000
DEADLINE_S = 30.0


def in_threads(work: Callable[[], None]) -> None:
    def run() -> None:
        for _ in range(TIMES):
            work()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_no_count_is_lost() -> None:
    counter = Counter("things", "Things.", ("kind",))
    histogram = Histogram("time_seconds", "Time.", (1.0, 2.0))

    def count() -> None:
        counter.add("a", amount=2)
        histogram.observe(1.5)

    in_threads(count)
    assert counter.values() == {("a",): 2.0 * THREADS * TIMES}
    assert histogram.values()[()].counts == [0, THREADS * TIMES, 0]


def test_a_bound_belongs_to_its_own_part() -> None:
    histogram = Histogram("time_seconds", "Time.", (1.0, 2.0), ("of",))
    for value in (0.0, 1.0, 1.5, 2.0, 2.5):
        histogram.observe(value, "x")
    assert histogram.values()[("x",)].counts == [2, 2, 1]
    assert histogram.values()[("x",)].total == 7.0


def test_what_is_cached_counts_once() -> None:
    measures = Measures()
    measures.turn_ended("r", "complete", Usage(100, 7, 60, 30), 0.5)
    measures.turn_ended("r", "error", Usage(), None)
    assert measures.turns.values() == {("r", "complete"): 1, ("r", "error"): 1}
    assert measures.tokens.values() == {
        ("r", "input"): 10, ("r", "cache_read"): 60, ("r", "cache_write"): 30, ("r", "output"): 7,
    }  # fmt: skip
    assert measures.cost.values() == {("r",): 0.5}


class Failing(Actor):
    """Fails at every message."""

    def receive(self, message: object) -> None:
        raise ValueError(message)


def test_an_actor_that_fails_is_counted() -> None:
    measures = Measures()
    ref = started(Failing.start(measures))
    tell(ref, "anything")
    assert ref.actor_stopped.wait(DEADLINE_S)
    deadline = time.monotonic() + DEADLINE_S
    while not measures.actor_failures.values():  # counted right after it has stopped
        assert time.monotonic() < deadline
    assert measures.actor_failures.values() == {("Failing",): 1}
