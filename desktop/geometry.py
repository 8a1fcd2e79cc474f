"""Where the window was and how large, for the next time."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

logger = logging.getLogger(__name__)

MIN_WIDTH, MIN_HEIGHT = 380, 480
MARGIN = 80
"""So much of the window must be on a screen, so that it can be taken hold of."""


@dataclass(frozen=True, slots=True)
class Area:
    """A screen: its place and size in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Geometry:
    """The window's place and size in pixels; without a place the system chooses one."""

    width: int = 1180
    height: int = 820
    x: int | None = None
    y: int | None = None
    is_maximized: bool = False

    def fitted(self, screens: Iterable[Area]) -> Geometry:
        """What of it makes sense on these screens: they may be others than last time."""
        areas = list(screens)
        if not areas:
            return self
        width = max(MIN_WIDTH, min(self.width, max(area.width for area in areas)))
        height = max(MIN_HEIGHT, min(self.height, max(area.height for area in areas)))
        sized = replace(self, width=width, height=height)
        return sized if any(sized.is_on(area) for area in areas) else replace(sized, x=None, y=None)

    def is_on(self, area: Area) -> bool:
        """Whether it can be seen and taken hold of on a screen."""
        if self.x is None or self.y is None:
            return False
        across = min(self.x + self.width, area.x + area.width) - max(self.x, area.x)
        return across >= MARGIN and area.y <= self.y <= area.y + area.height - MARGIN


def load(path: Path) -> Geometry:
    """What was kept; the default where that is nothing of use."""
    try:
        said = json.loads(path.read_text())
        return Geometry(
            int(said["width"]),
            int(said["height"]),
            None if said["x"] is None else int(said["x"]),
            None if said["y"] is None else int(said["y"]),
            bool(said["is_maximized"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Geometry()


def save(path: Path, geometry: Geometry) -> None:
    """Keeps it."""
    try:
        path.write_text(json.dumps(asdict(geometry)))
    except OSError as error:
        logger.warning("the window's place is not kept: %s", error)
