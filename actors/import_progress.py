"""ImportProgress: how far an import is. Whoever works on it says so here, and is told here to stop."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from storage.transfer.merged import Merged

Source = Literal["stagent", "claude-code", "codex"]
State = Literal["running", "done", "failed"]


class StoppedError(Exception):
    """The import was to stop."""


class ImportState(msgspec.Struct, frozen=True):
    """How far an import is, or how it ended.

    Attributes:
        source: whose files they are.
        done: how much is taken in, of `total`: bytes of an export, or session files.
        merged: what became of the records so far.
        busy: conversations that were left out because an agent works in them.
        error: why it failed; None where it did not.
    """

    id: str
    source: Source
    state: State = "running"
    done: int = 0
    total: int = 0
    merged: Merged = msgspec.field(default_factory=Merged)
    busy: int = 0
    error: Exception | None = None


class ImportProgress:
    """Changed on the daemon's event loop alone.

    Attributes:
        state: how far it is.
    """

    def __init__(self, state: ImportState) -> None:
        self.state = state
        self._is_stopped = False

    def change(self, **changes: Any) -> None:
        """Changes fields of the state."""
        self.state = replace(self.state, **changes)

    def stop(self) -> None:
        """Tells whoever works on it to stop."""
        self._is_stopped = True

    def check(self, *_progress: int) -> None:
        """In any thread. Raises StoppedError."""
        if self._is_stopped:
            raise StoppedError
