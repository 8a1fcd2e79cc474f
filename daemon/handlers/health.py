"""Health: the one handler that a daemon begins with."""

from __future__ import annotations

from daemon import schemas
from daemon.handlers.base import ApiHandler
from daemon.operations import operation


class HealthHandler(ApiHandler):
    """`/healthz`."""

    @operation("Tell that the daemon runs", answers={200: schemas.Health}, is_public=True)
    async def get(self) -> None:
        """Says only that, and the version."""
        self.answer(schemas.Health(ok=True, version=self.services.version))
