"""Waits for the scan of a project's folder, as a client would: by asking again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from tests.api import DEADLINE_S, Api

PROJECTS = "/api/projects"


def until(read: Callable[[], Any], fits: Callable[[Any], bool]) -> Any:
    """What is read, once it fits; asks again for as long as a person would wait."""
    pause, deadline = threading.Event(), time.monotonic() + DEADLINE_S
    while not fits(found := read()):
        assert time.monotonic() < deadline, found
        pause.wait(0.02)
    return found


def scanned(api: Api, project: str, **fields: Any) -> Any:
    """The environment, once no scan runs and it has these fields."""

    def fits(found: Any) -> bool:
        return found["state"] != "scanning" and all(found[name] == value for name, value in fields.items())

    return until(lambda: api.get(f"{PROJECTS}/{project}/environment"), fits)
