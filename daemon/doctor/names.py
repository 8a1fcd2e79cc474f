"""Whether something else in this environment has the names of our folders: then one takes the other's place."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from daemon.doctor.base import Finding, Patient

NAMES = ("actors", "daemon", "desktop", "storage")
DISTRIBUTION = "stagent"
OUR_ROOT = Path(__file__).resolve().parent.parent.parent


def check(_patient: Patient) -> Iterator[Finding]:
    """Looks at what is installed, and along Python's path."""
    found = [
        *_of_distributions(importlib.metadata.packages_distributions()),
        *_of_folders(sys.path, OUR_ROOT),
    ]
    yield from found
    if not found:
        yield Finding("names", "ok", "No other package has the names of stagent's.")


def _of_distributions(packages: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    for name in NAMES:
        others = sorted(set(packages.get(name, ())) - {DISTRIBUTION})
        if others:
            message = f"{', '.join(others)} brings a package `{name}` too; one takes the other's place."
            remedy = "Install stagent in an environment of its own: `pipx install stagent`, or the Makefile's .venv."
            yield Finding("names", "problem", message, remedy)


def _of_folders(path: Sequence[str], root: Path) -> Iterator[Finding]:
    for entry in dict.fromkeys(Path(one or ".").resolve() for one in path):
        if entry == root:
            continue
        for name in NAMES:
            if (entry / name / "__init__.py").is_file() or (entry / f"{name}.py").is_file():
                message = f"{entry} has a `{name}` of its own, which Python may take for stagent's."
                yield Finding("names", "warning", message, "Take the folder out of PYTHONPATH, or rename it.")
