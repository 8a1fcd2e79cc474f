"""The way out: the daemon ends at once, or between turns."""

from __future__ import annotations

from daemon import schemas
from daemon.handlers.base import ApiHandler
from daemon.operations import operation


class ShutdownHandler(ApiHandler):
    """`/api/shutdown`."""

    @operation(
        "Stop the daemon", body=schemas.Shutdown, answers={202: schemas.ShutdownAccepted}, errors=(400, 413)
    )
    async def post(self, body: schemas.Shutdown) -> None:
        """At once, with running turns interrupted, or as soon as no agent works."""
        services = self.services
        self.answer(schemas.ShutdownAccepted(when=body.when, busy=len(services.feed.busy)), status=202)
        if body.when == "now":
            services.stop()
        else:
            services.idle.end_between_turns()
