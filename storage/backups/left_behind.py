"""Whether a restore has left something behind. On its own, since each start asks for it and hardly any finds something."""

from __future__ import annotations

from storage.paths import DataDir

STAGING = ".restore-"
NOTE = ".restoring"


def is_any(data_dir: DataDir) -> bool:
    """Whether there is the note of one that broke off, or what a killed one had unpacked."""
    return (data_dir.root / NOTE).exists() or any(data_dir.root.glob(f"{STAGING}*"))
