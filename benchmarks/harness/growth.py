"""How the cost grows with the data: the same figure at each size against the smallest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.harness.data import SIZES
from benchmarks.harness.report import Direction, Result


def growth(
    of_what: str, figure: Callable[[float], float], unit: str, bar: float, direction: Direction = "at most"
) -> Sequence[Result]:
    """A line for each larger size.

    Args:
        of_what: of what there is more.
        figure: measures at a size.
        unit: of the figure.
        bar: how many times the figure of the smallest size the others may be.
        direction: on which side of the bar they must be.
    """
    least, *others = SIZES
    baseline = figure(least)
    return [
        Result(f"  {size / least:.0f} times as many {of_what}", figure(size), unit, bar, baseline, direction)
        for size in others
    ]
