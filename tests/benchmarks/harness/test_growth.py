"""The growth of a cost: each larger size against the smallest."""

from __future__ import annotations

from benchmarks.harness.growth import growth


def test_each_larger_size_has_a_line() -> None:
    ten, hundred = growth("rows", lambda size: {0.01: 2.0, 0.1: 3.0, 1.0: 5.0}[size], "ms", 2.0)
    assert (ten.what, hundred.what) == ("  10 times as many rows", "  100 times as many rows")
    assert (ten.ratio, hundred.ratio) == (1.5, 2.5)
    assert (ten.is_kept, hundred.is_kept) == (True, False)
