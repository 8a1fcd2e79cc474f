"""Figures out of many: medians, percentiles, and measurements that take turns with their baseline."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share (0 to 1) of all values does not exceed. Raises ValueError where there are none."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    started_at = time.perf_counter()
    work()
    return time.perf_counter() - started_at


def in_turn(figure: Callable[[], float], baseline: Callable[[], float], runs: int) -> tuple[float, float]:
    """The medians of a figure and its baseline, measured in turn so that both see the same machine."""
    pairs = [(figure(), baseline()) for _ in range(runs)]
    return statistics.median(one for one, _ in pairs), statistics.median(one for _, one in pairs)
