"""What turns used and cost, and what of the budgets is left."""

from __future__ import annotations

from datetime import UTC, datetime

from daemon import schemas
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from daemon.services import options_of
from daemon.usage_report import report


class UsageHandler(ApiHandler):
    """`/api/usage`."""

    @operation(
        "Sum up what turns used",
        query=schemas.UsageQuery,
        answers={200: schemas.UsageReport},
        errors=(400,),
    )
    async def get(self, query: schemas.UsageQuery) -> None:
        """Tokens and cost by day, model or project, with totals and budgets."""
        services = self.services
        options = options_of(services.settings.current, services.data_dir)
        now = datetime.now(UTC).astimezone()
        self.answer(await self.in_searcher(report, services.database, options, query, now))
