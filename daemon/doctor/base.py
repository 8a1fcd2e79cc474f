"""What a check is given, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from daemon.client import Client
from daemon.discovery import Discovery
from daemon.settings import Settings
from storage.paths import DataDir

State = Literal["ok", "warning", "problem"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at.

    Attributes:
        check: what was looked at, a stable name for programs.
        message: a sentence.
        remedy: what to do about it; None where nothing is to be done.
    """

    check: str
    state: State
    message: str
    remedy: str | None = None


class Patient(msgspec.Struct, frozen=True):
    """The installation that is looked at.

    Attributes:
        environment: the variables of whoever asks.
        found: the running daemon; None where none runs.
        client: for that daemon; None where none runs or it does not answer.
        settings: None where they are wrong; `settings_problem` says why.
    """

    data_dir: DataDir
    environment: Mapping[str, str]
    found: Discovery | None
    client: Client | None
    settings: Settings | None
    settings_problem: str | None = None


def size(count: float) -> str:
    """A number of bytes for people."""
    for unit in ("bytes", "KB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
