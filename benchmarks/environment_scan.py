"""A scan of 100,000 files takes under two seconds. Baseline: a plain walk that only counts them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from actors.environment.scan import scan
from benchmarks.harness.figures import in_turn, seconds
from benchmarks.harness.report import Result, main

FILES_A_FOLDER = 100
FOLDERS = 1_000


def measure(small: bool) -> Sequence[Result]:
    """A repository of many small folders."""
    folders, runs = (10, 1) if small else (FOLDERS, 3)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        build(root, folders)
        assert scan(root, None).files == count(root) == folders * FILES_A_FOLDER
        figure, baseline = in_turn(
            lambda: seconds(lambda: scan(root, None)), lambda: seconds(lambda: count(root)), runs
        )
    return (
        Result("scan of 100,000 files", figure, "s", 2.0),
        Result("the same against a walk that counts them", figure, "s", 5.0, baseline),
    )


def build(root: Path, folders: int) -> None:
    """Makes it."""
    for number in range(folders):
        folder = root / f"part{number % 25}" / f"module{number}"
        folder.mkdir(parents=True)
        for file in range(FILES_A_FOLDER):
            (folder / f"file{file}.py").touch()


def count(root: Path) -> int:
    """The plain walk."""
    return sum(len(names) for _, _, names in os.walk(root))


if __name__ == "__main__":
    main(measure)
