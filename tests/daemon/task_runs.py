"""Tasks that tests make, and what the feed tells of them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from tests.api import Api, EventStream

TASKS = "/api/tasks"


def new_task(api: Api, title: str = "help", **fields: Any) -> dict[str, Any]:
    created: dict[str, Any] = api.post(TASKS, {"title": title, **fields})
    return created


def task(api: Api, task_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{TASKS}/{task_id}")
    return found


@contextmanager
def feed(api: Api) -> Any:
    with api.stream("GET", "/api/events") as stream:
        yield stream


def until_status(stream: EventStream, task_id: str, status: str) -> dict[str, Any]:
    """The task as the feed shows it once it has this status."""
    while True:
        event = stream.next()
        if event["type"] == "task_changed" and event["task"]["id"] == task_id:
            changed: dict[str, Any] = event["task"]
            if changed["status"] == status:
                return changed
