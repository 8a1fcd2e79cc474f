"""Keeps one turn within the budgets: asked before each of its steps."""

from __future__ import annotations

import asyncio
import functools
from concurrent.futures import Executor
from datetime import UTC, datetime

from actors.budgets import budgets, first
from actors.errors import TurnError
from actors.notices import TurnRequest
from actors.pricing import is_free
from storage.database import Database


class BudgetGuard:
    """What one turn may still spend. Lives on the agent loop.

    Args:
        database: where it stands what other turns have spent.
        reader: a thread for reading it.
        request: the turn.
    """

    def __init__(self, database: Database, reader: Executor, request: TurnRequest) -> None:
        self._database = database
        self._reader = reader
        self._request = request
        self._has_warned = False

    async def check(self, cost_usd: float | None) -> str | None:
        """A warning, the first time that a budget is nearly used up.

        Args:
            cost_usd: what the turn has cost so far; its row in the store may be a step behind. None where
                its price is not known: then only what others have spent counts.

        Raises:
            TurnError: a budget is used up.
        """
        options = self._request.options
        is_limited = options.daily_budget_usd is not None or options.monthly_budget_usd is not None
        if not is_limited or is_free(self._request.conversation.runtime_id, options):
            return None
        read = functools.partial(
            budgets,
            self._database,
            options,
            datetime.now(UTC).astimezone(),
            apart_from=self._request.turn_id,
            plus_usd=cost_usd or 0.0,
        )
        found = await asyncio.get_running_loop().run_in_executor(self._reader, read)
        if exceeded := first(found, "exceeded"):
            raise TurnError(exceeded.refusal, "budget_exceeded")
        warned = first(found, "warning")
        if warned is None or self._has_warned:
            return None
        self._has_warned = True
        return warned.warning
