"""Imports that tests wait for."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.api import CONVERSATIONS, DEADLINE_S, Api


def finished(api: Api, path: Path | None, source: str = "stagent") -> dict[str, Any]:
    """The import of a file, when it has ended."""
    state = api.post("/api/imports", {"source": source, "path": None if path is None else str(path)})
    deadline = time.monotonic() + DEADLINE_S
    while state["state"] == "running":
        assert time.monotonic() < deadline
        state = api.get(f"/api/imports/{state['id']}")
    return dict(state)


def titles(api: Api) -> set[str]:
    return {one["title"] for one in api.get(CONVERSATIONS)}
