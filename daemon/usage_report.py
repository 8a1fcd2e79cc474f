"""The answer of `/api/usage`: what turns used, in words and numbers for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from actors import budgets
from actors.budgets import local_midnight, to_ms
from actors.options import Options
from actors.pricing import PRICES_AS_OF
from daemon import schemas
from daemon.errors import invalid
from storage import projects, usage
from storage.database import Database
from storage.times import to_iso
from storage.usage import UsageSum

DEFAULT_DAYS = 30
YEARS = range(2000, 2101)
WITHOUT = {"day": None, "model": "No model", "project": "No project"}


def days(query: schemas.UsageQuery, today: date) -> tuple[date, date]:
    """The first and the last day that are asked for. Raises ApiError 400."""
    for day in (query.start, query.end):
        if day is not None and day.year not in YEARS:
            raise invalid(f"`from` and `to` must lie between the years {YEARS[0]} and {YEARS[-1]}.")
    end = query.end or today
    start = query.start or end - timedelta(days=DEFAULT_DAYS - 1)
    if start > end:
        raise invalid(f"`from` ({start}) must not come after `to` ({end}).")
    return start, end


def report(
    database: Database, options: Options, query: schemas.UsageQuery, now: datetime
) -> schemas.UsageReport:
    """What was used in some days. Reads all their rows: not for an event loop. Raises ApiError 400."""
    start, end = days(query, now.date())
    since, until = to_ms(local_midnight(start)), to_ms(local_midnight(end + timedelta(days=1)))
    sums = usage.sums(database, query.group_by, since, until)
    return schemas.UsageReport(
        group_by=query.group_by,
        start=start,
        end=end,
        totals=schemas.UsageTotals(**_totals(sums)),
        rows=[
            schemas.UsageRow(key=one.key, label=_label(database, query.group_by, one.key), **_totals([one]))
            for one in sums
        ],
        budgets=[_budget(one) for one in budgets.budgets(database, options, now)],
        unpriced_models=usage.unpriced_models(database, since, until),
        prices_as_of=date.fromisoformat(PRICES_AS_OF),
    )


def _totals(sums: Sequence[UsageSum]) -> dict[str, Any]:
    unpriced = sum(one.unpriced_turns for one in sums)
    known = sum((one.known_cost_usd for one in sums), 0.0)
    return {
        "input_tokens": sum(one.input_tokens for one in sums),
        "output_tokens": sum(one.output_tokens for one in sums),
        "cache_read_tokens": sum(one.cache_read_tokens for one in sums),
        "cache_write_tokens": sum(one.cache_write_tokens for one in sums),
        "turns": sum(one.turns for one in sums),
        "unpriced_turns": unpriced,
        "cost_usd": None if unpriced else known,
        "known_cost_usd": known,
    }


def _label(database: Database, group_by: str, key: str | None) -> str | None:
    if key is None:
        return WITHOUT[group_by]
    if group_by != "project":
        return key
    project = projects.get(database, key)
    return project.name if project is not None else None


def _budget(budget: budgets.Budget) -> schemas.Budget:
    messages = {"ok": None, "warning": budget.warning, "exceeded": budget.refusal}
    return schemas.Budget(
        period=budget.period,
        limit_usd=budget.limit_usd,
        spent_usd=budget.spent_usd,
        unpriced_turns=budget.unpriced_turns,
        state=budget.state,
        message=messages[budget.state],
        resets_at=to_iso(to_ms(budget.resets_at)),
    )
