"""The folder of backups: what they are called there, which is the newest, and which may go."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from storage.backups.writing import PARTIAL
from storage.times import now_ms, stamp

SUFFIX = ".tar.gz"
DAY_MS = 24 * 3600 * 1000
_TIME = re.compile(r"-(\d{8}T\d{9}Z)\.tar\.gz\Z")


def by_hand(folder: Path) -> Path:
    """The file of a backup that a person asks for without naming one."""
    return folder / f"backup-{stamp()}{SUFFIX}"


def daily(folder: Path) -> Path:
    """The file of a daily backup."""
    return folder / f"daily-{stamp()}{SUFFIX}"


def before_migration(folder: Path, number: int) -> Path:
    """The file of a backup that is made before a migration; it has no documents."""
    return folder / f"before-{number}-{stamp()}{SUFFIX}"


def newest(folder: Path) -> Path | None:
    """The newest backup with documents, else the newest without, None where there is none."""
    found = sorted((*_all(folder, "daily-*"), *_all(folder, "backup-*")), key=_time, reverse=True)
    return next(iter((*found, *_all(folder, "before-*"))), None)


def is_due(folder: Path) -> bool:
    """Whether the newest daily backup is older than a day, or there is none."""
    limit = stamp(now_ms() - DAY_MS)
    found = _all(folder, "daily-*")
    return not found or _time(found[0]) <= limit


def prune(folder: Path, kept: int) -> list[Path]:
    """Removes the oldest of the daily backups and of those before migrations; what a person asked for stays.

    What a crash left of unfinished ones goes too.

    Args:
        folder: where they are.
        kept: how many of each kind stay.

    Returns:
        The backups that were removed.

    Raises:
        OSError: one cannot be removed.
    """
    removed = [path for kind in ("daily-*", "before-*") for path in _all(folder, kind)[kept:]]
    for path in removed:
        path.unlink(missing_ok=True)
    for left in folder.glob(f"{PARTIAL}*"):
        if left.stat().st_mtime < time.time() - DAY_MS / 1000:
            shutil.rmtree(left, ignore_errors=True)
    return removed


def _all(folder: Path, kind: str) -> list[Path]:
    """The backups of a kind, newest first."""
    found = [path for path in folder.glob(f"{kind}{SUFFIX}") if _TIME.search(path.name)]
    return sorted(found, key=_time, reverse=True)


def _time(path: Path) -> str:
    found = _TIME.search(path.name)
    assert found is not None
    return found[1]
