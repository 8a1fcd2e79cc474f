"""The operating system's service: how it stands, and what the page can change about it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from daemon import schemas
from daemon.errors import ApiError
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from daemon.service import changing
from daemon.service.base import ServiceError, ServiceStatus
from daemon.service.choose import manager_for
from storage.paths import DataDir


class ServiceHandler(ApiHandler):
    """`/api/service`."""

    @operation("Tell how the service stands", answers={200: schemas.ServiceState})
    async def get(self) -> None:
        """Whether the operating system runs the daemon; nothing is changed."""
        self.answer(await asyncio.to_thread(_state, self.services.data_dir))

    @operation(
        "Install, start, stop or remove the service",
        body=schemas.ServiceChange,
        answers={200: schemas.ServiceState, 202: schemas.ServiceState},
        errors=(400, 409, 413),
    )
    async def post(self, body: schemas.ServiceChange) -> None:
        """Installing and removing leave the daemon that runs alone; starting lets it give way between turns."""
        data_dir = self.services.data_dir
        try:
            await asyncio.to_thread(changing.change, data_dir, body.action)
        except ServiceError as error:
            raise ApiError(409, "service_unavailable", str(error)) from error
        is_under_way = body.action in {"start", "stop"}
        self.answer(await asyncio.to_thread(_state, data_dir), status=202 if is_under_way else 200)
        if body.action == "stop":  # this daemon is the service: nobody else can run for its folder
            self.services.stop()


def _state(data_dir: DataDir) -> schemas.ServiceState:
    """Asks the service manager. Blocks while it thinks."""
    label = None
    try:
        manager = manager_for(data_dir, os.environ)
        label = manager.label
        found = manager.status()
    except ServiceError as error:
        return schemas.ServiceState(manager=label, why_not=str(error))
    return _shown(label, found)


def _shown(label: str, found: ServiceStatus) -> schemas.ServiceState:
    return schemas.ServiceState(
        manager=label,
        installed=found.is_installed,
        enabled=found.is_enabled,
        running=found.is_running,
        state=found.state,
        definition=_text(found.definition),
    )


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
