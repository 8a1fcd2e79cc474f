"""A model that misremembers a path is helped most by the names that do exist nearby."""

from __future__ import annotations

import difflib
import itertools
import os
from pathlib import Path

_MAX_NAMES_READ = 5_000
_MAX_HINTS = 3


def missing(path: Path, shown: str) -> str:
    """The message for a path that does not exist, with the nearest names that do."""
    there = next((folder for folder in path.parents if os.path.isdir(folder)), path.parents[-1])  # noqa: PTH112
    wanted = path.relative_to(there).parts[0]
    hints = _similar(wanted, there)
    folder = there / wanted
    message = (
        f"{shown} does not exist." if folder == path else f"{shown} does not exist: there is no {folder}."
    )
    return f"{message} Did you mean {' or '.join(str(there / name) for name in hints)}?" if hints else message


def _similar(wanted: str, folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in itertools.islice(entries, _MAX_NAMES_READ)]
    except OSError:
        return []
    by_lower = {name.lower(): name for name in names}
    found = difflib.get_close_matches(wanted.lower(), by_lower, n=_MAX_HINTS, cutoff=0.6)
    stem = Path(wanted).stem.lower()
    same_stem = sorted(lower for lower in by_lower if Path(lower).stem == stem)
    return [by_lower[lower] for lower in dict.fromkeys((*same_stem, *found))][:_MAX_HINTS]
