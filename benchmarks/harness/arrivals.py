"""Deltas as they arrive, and the time in which all of several streams run.

What is promised of 50 turns at once is measured while there are 50: not while they begin, nor while they end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LONGEST_S = 20.0


class Arrival(NamedTuple):
    """A delta has arrived.

    Attributes:
        at_ns: the time, of the system's monotonic clock.
        age_ms: how old it is.
    """

    at_ns: int
    age_ms: float


class Together(NamedTuple):
    """What several streams were like while all ran.

    Attributes:
        ages_ms: of the deltas that arrived then.
        start_ns: since when all ran.
        span_s: for how long, at most `LONGEST_S`.
    """

    ages_ms: list[float]
    start_ns: int
    span_s: float

    @property
    def rate(self) -> float:
        """So many deltas a second arrived, over all streams."""
        return len(self.ages_ms) / self.span_s

    def covers(self, at_ns: int) -> bool:
        """Whether all ran at this time."""
        return self.start_ns <= at_ns < self.start_ns + self.span_s * 1e9


def together(streams: Sequence[Sequence[Arrival]]) -> Together:
    """From the first delta of the last one to the last delta of the first one.

    Raises:
        AssertionError: they never ran all at once.
    """
    start_ns = max(arrivals[0].at_ns for arrivals in streams)
    end_ns = min(*(arrivals[-1].at_ns for arrivals in streams), start_ns + int(LONGEST_S * 1e9))
    assert start_ns < end_ns or len(streams) == 1, "the streams never ran all at once"
    ages_ms = [one.age_ms for arrivals in streams for one in arrivals if start_ns <= one.at_ns < end_ns]
    return Together(ages_ms, start_ns, (end_ns - start_ns) / 1e9)
