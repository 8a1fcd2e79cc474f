"""The daemon about itself: where its things lie, and who runs it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from daemon import discovery, schemas
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from daemon.service.base import ServiceError
from daemon.service.choose import manager_for
from storage.paths import DataDir


class AboutHandler(ApiHandler):
    """`/api/about`."""

    @operation("Tell where the daemon's things lie", answers={200: schemas.About})
    async def get(self) -> None:
        """Its version, its process and its folders."""
        services = self.services
        found = await asyncio.to_thread(discovery.read, services.data_dir)
        self.answer(
            schemas.About(
                version=services.version,
                url=services.url,
                socket=None if found is None else found.socket,
                pid=os.getpid(),
                started_at=None if found is None else found.started_at,
                started_by=None if found is None else found.started_by,
                data_directory=str(services.data_dir.root),
                log_directory=str(services.data_dir.logs),
            )
        )


class ServiceHandler(ApiHandler):
    """`/api/service`."""

    @operation("Tell how the service stands", answers={200: schemas.ServiceState})
    async def get(self) -> None:
        """Whether the operating system runs the daemon; nothing is changed."""
        self.answer(await asyncio.to_thread(_state, self.services.data_dir))


def _state(data_dir: DataDir) -> schemas.ServiceState:
    """Asks the service manager. Blocks while it thinks."""
    label = None
    try:
        manager = manager_for(data_dir, os.environ)
        label = manager.label
        found = manager.status()
    except ServiceError as error:
        return schemas.ServiceState(manager=label, why_not=str(error))
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
