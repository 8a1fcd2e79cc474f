"""Installations for the doctor, made of what a test needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from daemon.doctor.base import Finding, Patient
from daemon.settings import Settings
from storage.paths import DataDir


def patient(folder: Path, **changes: Any) -> Patient:
    """Somebody without a running daemon."""
    given: dict[str, Any] = {
        "data_dir": DataDir(folder), "environment": {}, "found": None, "client": None, "settings": Settings(),
    }  # fmt: skip
    return Patient(**{**given, **changes})


def states(check: Callable[[Patient], Iterator[Finding]], who: Patient) -> dict[str, str]:
    """What a check finds, by name; whatever is wrong has a remedy."""
    found = list(check(who))
    assert all(finding.remedy for finding in found if finding.state == "problem")
    return {finding.check: finding.state for finding in found}
