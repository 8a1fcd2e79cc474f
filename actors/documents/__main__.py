"""The child process that reads one document: strangers' files meet their parsers here, within hard limits."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from actors.documents.reading import READING, read

CPU_S = 30
MEMORY_BYTES = 1_536 * 1024 * 1024
FILE_BYTES = 64 * 1024 * 1024


def main(folder: Path, name: str) -> None:
    """Reads the file in a folder and leaves what it found in the same folder."""
    _limit()
    found = read(folder, name)
    (folder / READING).write_bytes(msgspec.json.encode(found))


def _limit() -> None:
    """Bounds time, memory and the size of files, where the system can."""
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows: there the time limit of `reader` is all
        return
    for what, size in (
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        bound = size if hard == resource.RLIM_INFINITY else min(size, hard)
        try:
            resource.setrlimit(what, (bound, hard))
        except (OSError, ValueError):  # macOS knows no limit of memory
            continue


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
