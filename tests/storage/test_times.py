"""Times as the API shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.times import to_iso

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEAR_9999_MS = 253_402_300_799_999


@pytest.mark.parametrize(
    ("at_ms", "shown"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_775_210_400_007, "2026-04-03T10:00:00.007Z"),
        (951_868_799_999, "2000-02-29T23:59:59.999Z"),
        (YEAR_9999_MS, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_shown(at_ms: int, shown: str) -> None:
    assert to_iso(at_ms) == shown


@given(st.integers(0, YEAR_9999_MS))
def test_as_the_standard_library(at_ms: int) -> None:
    at = EPOCH + timedelta(milliseconds=at_ms)
    assert to_iso(at_ms) == at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
