"""Something swaps a folder for a symlink in the middle of a call: nothing comes from where the symlink leads."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from actors.tools.base import ToolError
from actors.tools.files import Read
from actors.tools.search import Glob, Grep
from tests.actors.tools.context import RealContext

T = TypeVar("T")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="symlinks need a right there")

CALLS: dict[str, tuple[Any, dict[str, str]]] = {
    "grep content": (Grep(), {"pattern": "needle", "output_mode": "content", "path": "sub"}),
    "grep counts": (Grep(), {"pattern": "needle", "output_mode": "count", "path": "sub"}),
    "grep paths": (Grep(), {"pattern": "needle", "path": "sub"}),
    "grep all": (Grep(), {"pattern": "needle", "output_mode": "content"}),
    "grep below": (Grep(), {"pattern": "needle", "output_mode": "content", "path": "sub/deep"}),
    "grep file": (Grep(), {"pattern": "needle", "output_mode": "content", "path": "sub/deep/both.txt"}),
    "glob": (Glob(), {"pattern": "**/*.txt", "path": "sub"}),
    "read": (Read(), {"file_path": "sub/deep/both.txt"}),
}


class SwappingContext(RealContext):
    """Swaps `work/sub` for a symlink to `outside` at one step of a call, and back at another.

    Steps are counted by the work that is handed to threads: 1 is after the first piece, 1.5 before the second.
    """

    def __init__(self, folder: Path, swaps_at: float, back_at: float) -> None:
        self.folder = folder / "work" / "sub"
        self._outside = folder / "outside"
        for place, word in ((self.folder, "inside"), (self._outside, "OUTSIDE")):
            (place / "deep").mkdir(parents=True)
            (place / "deep" / "both.txt").write_text(f"needle {word}\n" * len(word))
            (place / "deep" / f"{word}.txt").write_text("needle\n")
        super().__init__(folder / "work")
        # What was allowed is what is there before the swap; a path that leads elsewhere would be refused.
        allowed = (self.workspace.root, self.folder, self.folder / "deep", self.folder / "deep" / "both.txt")
        self.workspace = replace(self.workspace, only_paths=allowed)
        self.step = 0.0
        self._swaps_at = swaps_at
        self._back_at = back_at

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        self._goes_on(0.5)
        done = await super().in_thread(work, *args)
        self._goes_on(0.5)
        return done

    def _goes_on(self, by: float) -> None:
        self.step += by
        aside = self.folder.with_name("aside")
        if self.step == self._swaps_at:
            self.folder.rename(aside)
            self.folder.symlink_to(self._outside)
        if self.step == self._back_at:
            self.folder.unlink()
            aside.rename(self.folder)


# At 1 a search has checked the place and lists what lies outside; at 1.5 or 2.5 it has listed and opens what does.
@pytest.mark.parametrize(
    ("swaps_at", "back_at"), [(0.5, 9), (1, 9), (1, 1.5), (1.5, 9), (1.5, 2), (2, 9), (2, 2.5), (2.5, 9)]
)
@pytest.mark.parametrize("name", CALLS)
def test_nothing_comes_from_outside(tmp_path: Path, name: str, swaps_at: float, back_at: float) -> None:
    tool, fields = CALLS[name]
    context = SwappingContext(tmp_path.resolve(), swaps_at, back_at)
    try:
        told = context.run(tool, **fields).text
    except ToolError as error:
        told = str(error)
    assert "OUTSIDE" not in told
    assert f"both.txt:{len('OUTSIDE')}" not in told


@pytest.mark.parametrize("name", CALLS)
def test_what_is_inside_is_found_where_nothing_is_swapped(tmp_path: Path, name: str) -> None:
    tool, fields = CALLS[name]
    context = SwappingContext(tmp_path.resolve(), swaps_at=99, back_at=99)
    told = context.run(tool, **fields).text
    assert ("sub/deep/both.txt:6" if name == "grep counts" else "inside") in told
