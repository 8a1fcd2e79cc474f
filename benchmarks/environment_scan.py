"""A scan of 100,000 files takes under two seconds. Baseline: a plain walk that only counts them.

Run it with `python -m benchmarks.environment_scan`; it fails where the promise is not kept.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from actors.environment.scan import scan

FILES_A_FOLDER = 100
FOLDERS = 1_000
LIMIT_S = 2.0
MAX_RATIO = 5.0
RUNS = 3


def main() -> int:
    """Measures, prints, and tells by its exit status whether the promise is kept."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        build(root)
        baseline_s = best(lambda: count(root))
        scan_s = best(lambda: scan(root, None).files)
    ratio = scan_s / baseline_s
    print(f"walk {baseline_s:.2f} s, scan {scan_s:.2f} s, {ratio:.1f} times as long")
    return int(scan_s > LIMIT_S or ratio > MAX_RATIO)


def build(root: Path) -> None:
    """A repository of many small folders."""
    for number in range(FOLDERS):
        folder = root / f"part{number % 25}" / f"module{number}"
        folder.mkdir(parents=True)
        for file in range(FILES_A_FOLDER):
            (folder / f"file{file}.py").touch()


def count(root: Path) -> int:
    """The plain walk."""
    return sum(len(names) for _, _, names in os.walk(root))


def best(work: Callable[[], int]) -> float:
    """The shortest of several runs, in seconds; each must see all files."""
    times = []
    for _ in range(RUNS):
        started_at = time.perf_counter()
        assert work() == FILES_A_FOLDER * FOLDERS
        times.append(time.perf_counter() - started_at)
    return min(times)


if __name__ == "__main__":
    sys.exit(main())
