"""The daemon about itself: which it is, and where its things lie."""

from __future__ import annotations

import asyncio
import os

from daemon import discovery, schemas
from daemon.handlers.base import ApiHandler
from daemon.operations import operation


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
