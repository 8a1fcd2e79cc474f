"""Numbers for Prometheus."""

from __future__ import annotations

from daemon.handlers.base import ApiHandler
from daemon.metrics import gauges_of, render
from daemon.operations import operation

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class MetricsHandler(ApiHandler):
    """`/metrics`. Who only measures does not keep a daemon running that nobody uses."""

    counts_as_use = False

    @operation("Get the metrics", answers={200: str}, media_type="text/plain")
    async def get(self) -> None:
        """Everything that is counted and timed, in the text format of Prometheus."""
        services = self.services
        text = await self.in_searcher(render, services.measures, gauges_of(services), services.version)
        self.set_header("Content-Type", MEDIA_TYPE)
        self.finish(text)
