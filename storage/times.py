"""Time as it is stored (milliseconds since the epoch, UTC) and as the API shows it (ISO 8601)."""

from __future__ import annotations

import functools
import time
from datetime import UTC, datetime

DAY_S = 86_400
MINUTE_MS = 60_000
KEPT_DAYS = 512
KEPT_MINUTES = 1024


def now_ms() -> int:
    """The current time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def to_iso(at_ms: int) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`, for example `2026-04-03T10:00:00.000Z`."""
    minute, rest = divmod(at_ms, MINUTE_MS)
    return f"{_minute(minute)}{rest / 1000:06.3f}Z"


def stamp(at_ms: int | None = None) -> str:
    """A time as a part of a file's name, to the millisecond, in UTC: `20260403T100000123Z`. Without one, now."""
    seconds, milliseconds = divmod(now_ms() if at_ms is None else at_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%S}{milliseconds:03d}Z"


@functools.lru_cache(KEPT_MINUTES)
def _minute(minute: int) -> str:
    """Date, hour and minute of a minute since the epoch: neighbours in a list share them often."""
    hour, minute = divmod(minute, 60)
    day, hour = divmod(hour, 24)
    return f"{_date(day)}T{hour:02d}:{minute:02d}:"


@functools.lru_cache(KEPT_DAYS)
def _date(day: int) -> str:
    """The date of a day since the epoch: the costly part, and most rows of a page share a few of them."""
    return datetime.fromtimestamp(day * DAY_S, UTC).date().isoformat()
