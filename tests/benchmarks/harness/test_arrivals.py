"""What counts of several streams is the time in which all of them run."""

from __future__ import annotations

import pytest

from benchmarks.harness.arrivals import LONGEST_S, Arrival, together

SECOND = 1_000_000_000


def stream(first_s: int, last_s: int, age_ms: float) -> list[Arrival]:
    return [Arrival(second * SECOND, age_ms) for second in range(first_s, last_s + 1)]


def test_only_deltas_count_that_come_while_all_run() -> None:
    found = together([stream(1, 9, 2.0), stream(3, 7, 5.0)])
    assert sorted(found.ages_ms) == [2.0] * 4 + [5.0] * 4
    assert found.span_s == 4
    assert found.rate == 2
    assert [found.covers(second * SECOND) for second in (2, 3, 6, 7)] == [False, True, True, False]


def test_no_more_than_the_longest_span_counts() -> None:
    found = together([stream(0, 100, 1.0)])
    assert found.span_s == LONGEST_S
    assert len(found.ages_ms) == LONGEST_S


def test_streams_of_which_one_ends_before_another_begins_say_nothing() -> None:
    with pytest.raises(AssertionError, match="never ran all at once"):
        together([stream(0, 2, 1.0), stream(3, 5, 1.0)])
