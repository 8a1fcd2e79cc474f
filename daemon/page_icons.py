"""Lucide's icons as one SVG sprite: the page refers to each by its name."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

_SHAPES = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)


class UnknownIconError(Exception):
    """Lucide has no icon of this name."""


def sprite(names: Iterable[str]) -> bytes:
    """A sprite with a symbol for each name.

    Raises:
        UnknownIconError: there is no such icon.
    """
    from lucide.db import get_db_connection  # noqa: PLC0415  (needed only when the page is opened)

    with get_db_connection() as database:
        symbols = "".join(
            f'<symbol id="{name}" viewBox="0 0 24 24">{_shapes(database, name)}</symbol>'
            for name in sorted(set(names))
        )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'.encode()


def _shapes(database: sqlite3.Connection, name: str) -> str:
    """What is drawn, without the frame around it."""
    row = database.execute("SELECT svg FROM icons WHERE name = ?", (name,)).fetchone()
    shapes = _SHAPES.search(row[0]) if row is not None else None
    if shapes is None:
        raise UnknownIconError(f"Lucide has no icon {name!r}.")
    return re.sub(r"\s+", " ", shapes[1]).strip()
