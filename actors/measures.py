"""What is counted and timed, for `/metrics`. Any thread may count; a count costs less than a microsecond.

They are plain numbers. The client of Prometheus, which takes 15 ms and 1 MB to import, turns them into its format only
where somebody asks (`daemon/metrics.py`).
"""

from __future__ import annotations

import threading
from bisect import bisect_left

import msgspec

from actors.notices import Usage

Labels = tuple[str, ...]

SHORT_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
LONG_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Counter:
    """A sum that only grows, for each combination of labels.

    Args:
        name: without the unit's `_total`.
        explanation: one sentence.
        labels: the names of the labels.
    """

    def __init__(self, name: str, explanation: str, labels: Labels = ()) -> None:
        self.name = name
        self.explanation = explanation
        self.labels = labels
        self._lock = threading.Lock()
        self._values: dict[Labels, float] = {}

    def add(self, *labels: str, amount: float = 1.0) -> None:
        """Adds to the sum of these labels."""
        with self._lock:
            self._values[labels] = self._values.get(labels, 0.0) + amount

    def values(self) -> dict[Labels, float]:
        """The sums, as they are now."""
        with self._lock:
            return dict(self._values)


class Distribution(msgspec.Struct):
    """How often values fell below each bound, and their sum.

    Attributes:
        counts: for each bound, values above the one before and not above it; the last one: above all bounds.
    """

    counts: list[int]
    total: float = 0.0


class Histogram:
    """How values are spread, for each combination of labels.

    Args:
        name: with the unit, `_seconds`.
        explanation: one sentence.
        bounds: upper bounds, ascending.
        labels: the names of the labels.
    """

    def __init__(self, name: str, explanation: str, bounds: tuple[float, ...], labels: Labels = ()) -> None:
        self.name = name
        self.explanation = explanation
        self.bounds = bounds
        self.labels = labels
        self._lock = threading.Lock()
        self._values: dict[Labels, Distribution] = {}

    def observe(self, value: float, *labels: str) -> None:
        """Takes a value."""
        place = bisect_left(self.bounds, value)
        with self._lock:
            found = self._values.get(labels)
            if found is None:
                found = self._values[labels] = Distribution([0] * (len(self.bounds) + 1))
            found.counts[place] += 1
            found.total += value

    def values(self) -> dict[Labels, Distribution]:
        """The distributions, as they are now."""
        with self._lock:
            return {key: Distribution(list(one.counts), one.total) for key, one in self._values.items()}


def _turns() -> Counter:
    return Counter("stagent_turns", "Turns that have ended.", ("runtime", "outcome"))


def _first_delta() -> Histogram:
    explanation = "From the start of an agent to the first piece of its answer."
    return Histogram("stagent_first_delta_seconds", explanation, LONG_S, ("runtime",))


def _delta_latency() -> Histogram:
    explanation = "From the agent loop to the write to its followers, for the oldest event of each batch."
    return Histogram("stagent_delta_latency_seconds", explanation, SHORT_S)


def _tokens() -> Counter:
    explanation = "Tokens that turns used; those of the cache are no part of `input`."
    return Counter("stagent_tokens", explanation, ("runtime", "kind"))


def _cost() -> Counter:
    return Counter("stagent_cost_dollars", "What turns with a known price have cost.", ("runtime",))


def _commits() -> Histogram:
    return Histogram("stagent_archive_commit_seconds", "How long a commit of the archive takes.", SHORT_S)


def _failures() -> Counter:
    return Counter("stagent_actor_failures", "Actors that an error has ended.", ("actor",))


def _dropped() -> Counter:
    explanation = "Followers whose stream the daemon has ended before its end."
    return Counter("stagent_dropped_subscribers", explanation, ("reason",))


def _lag() -> Histogram:
    return Histogram("stagent_event_loop_lag_seconds", "How late the event loop runs what is due.", SHORT_S)


class Measures(msgspec.Struct, frozen=True):
    """All that is counted and timed; made at start and handed to whoever counts."""

    turns: Counter = msgspec.field(default_factory=_turns)
    first_delta: Histogram = msgspec.field(default_factory=_first_delta)
    delta_latency: Histogram = msgspec.field(default_factory=_delta_latency)
    tokens: Counter = msgspec.field(default_factory=_tokens)
    cost: Counter = msgspec.field(default_factory=_cost)
    commits: Histogram = msgspec.field(default_factory=_commits)
    actor_failures: Counter = msgspec.field(default_factory=_failures)
    dropped: Counter = msgspec.field(default_factory=_dropped)
    loop_lag: Histogram = msgspec.field(default_factory=_lag)

    def turn_ended(self, runtime: str, outcome: str, usage: Usage, cost_usd: float | None) -> None:
        """Counts a turn, and what it has used; None for a cost that is not known."""
        self.turns.add(runtime, outcome)
        cached = usage.cache_read_tokens + usage.cache_write_tokens
        kinds = {
            "input": max(0, usage.input_tokens - cached),
            "cache_read": usage.cache_read_tokens,
            "cache_write": usage.cache_write_tokens,
            "output": usage.output_tokens,
        }
        for kind, count in kinds.items():
            if count:
                self.tokens.add(runtime, kind, amount=count)
        if cost_usd:
            self.cost.add(runtime, amount=cost_usd)
