"""Who is due in the same interval, but not at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

GOLDEN_RATIO = 0.618034


def phases() -> Iterator[float]:
    """Places in an interval, from 0 to 1, without end. Any number of them in a row is spread about evenly."""
    return (number * GOLDEN_RATIO % 1 for number in count())
