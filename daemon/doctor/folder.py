"""The data folder: whether it is there, whose it is, who may look, how much room there is."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from daemon.doctor.base import Finding, Patient, size

LITTLE_BYTES = 1_000_000_000
TOO_LITTLE_BYTES = 100_000_000
MAX_FILES = 100_000
"""How many files are counted; nobody wants to wait for more."""


def check(patient: Patient) -> Iterator[Finding]:
    """Looks at the folder and what is in it."""
    root = patient.data_dir.root
    if not root.is_dir():
        if root.exists():
            remedy = "Remove it, or choose another with --data-dir."
            yield Finding("data_dir", "problem", f"{root} is no folder.", remedy)
        else:
            yield Finding("data_dir", "ok", f"The data folder {root} comes with the first start.")
        return
    yield _rights(root)
    secret = [patient.data_dir.token, patient.data_dir.settings, patient.data_dir.database]
    open_to_others = [path.name for path in secret if path.exists() and _is_open(path)]
    if open_to_others and _is_open(root):
        paths = " ".join(str(root / name) for name in open_to_others)
        yield Finding(
            "data_files", "problem", f"Others can read {', '.join(open_to_others)}.", f"chmod 600 {paths}"
        )
    yield _space(root)
    yield _kept(patient)


def _rights(root: Path) -> Finding:
    found = root.stat()
    if hasattr(os, "getuid") and found.st_uid != os.getuid():
        remedy = "Choose another with --data-dir, or let its owner run stagent."
        return Finding("data_dir", "problem", f"{root} belongs to another user.", remedy)
    if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        return Finding("data_dir", "problem", f"{root} cannot be written to.", f"chmod 700 {root}")
    if _is_open(root):
        remedy = f"chmod 700 {root}; the next start of the daemon does so too."
        return Finding("data_dir", "warning", f"Other users may look into {root}.", remedy)
    return Finding("data_dir", "ok", f"{root} is yours alone.")


def _space(root: Path) -> Finding:
    free = shutil.disk_usage(root).free
    message = f"{size(free)} are free on its disk."
    remedy = "Free some space: a full disk stops agents, and nothing is kept until there is room."
    if free < TOO_LITTLE_BYTES:
        return Finding("free_space", "problem", message, remedy)
    return Finding(
        "free_space",
        "warning" if free < LITTLE_BYTES else "ok",
        message,
        remedy if free < LITTLE_BYTES else None,
    )


def _kept(patient: Patient) -> Finding:
    data_dir = patient.data_dir
    folders = (data_dir.documents, data_dir.backups, data_dir.logs, data_dir.workspaces)
    parts = [f"database {size(_size_of(data_dir.database))}"]
    parts += [f"{folder.name} {size(_size_of(folder))}" for folder in folders]
    return Finding("kept", "ok", f"It holds: {', '.join(parts)}.")


def _is_open(path: Path) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _size_of(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    total = seen = 0
    for folder, _folders, files in os.walk(path):
        for name in files:
            seen += 1
            if seen > MAX_FILES:
                return total
            total += (Path(folder) / name).lstat().st_size
    return total
