"""Time as it is stored (milliseconds since the epoch, UTC) and as the API shows it (ISO 8601)."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """The current time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def to_iso(at_ms: int) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`, for example `2026-04-03T10:00:00.000Z`."""
    seconds, milliseconds = divmod(at_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"


def stamp(at_ms: int | None = None) -> str:
    """A time as a part of a file's name, to the millisecond, in UTC: `20260403T100000123Z`. Without one, now."""
    seconds, milliseconds = divmod(now_ms() if at_ms is None else at_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%S}{milliseconds:03d}Z"
