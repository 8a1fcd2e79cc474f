"""What the session files of all programs have in common: lines of JSON, of which the last may be cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

MAX_LINE_BYTES = 64 * 1024 * 1024


def lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """The objects of a file with the numbers of their lines; None for a line that is none. Raises OSError."""
    number = 0
    with path.open("rb") as file:
        while raw := file.readline(MAX_LINE_BYTES):
            number += 1
            if not raw.strip():
                continue
            try:
                found = json.loads(raw, parse_constant=lambda _: None)
            except (ValueError, RecursionError):
                if raw.endswith(b"\n"):  # else it is still being written
                    yield number, None
                continue
            yield number, found if isinstance(found, dict) else None


def milliseconds(text: object) -> int | None:
    """A time of ISO 8601 in milliseconds since the epoch; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        at = round(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return at if at >= 0 else None


def mapping(value: object) -> dict[str, Any]:
    """A JSON object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[dict[str, Any]]:
    """The objects of a JSON array."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A text, an empty one for anything else."""
    return value if isinstance(value, str) else ""


def count(value: object) -> int:
    """A number of things, 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0
