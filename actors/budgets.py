"""Budgets: what may be spent in a day and in a month, and what is said when it is nearly or wholly used up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Literal

import msgspec

from actors.options import Options
from storage import usage
from storage.database import Database

Period = Literal["day", "month"]
BudgetState = Literal["ok", "warning", "exceeded"]

WARNING_SHARE = 0.8
SETTINGS = {"day": "dailyBudgetUsd", "month": "monthlyBudgetUsd"}


class Budget(msgspec.Struct, frozen=True):
    """One budget, and what of it is used.

    Attributes:
        spent_usd: as far as prices are known.
        unpriced_turns: turns of the period that cannot be counted, since their price is not known.
        starts_at: in local time.
        resets_at: in local time.
    """

    period: Period
    limit_usd: float
    spent_usd: float
    unpriced_turns: int
    starts_at: datetime
    resets_at: datetime

    @property
    def state(self) -> BudgetState:
        """How near the limit is."""
        if self.spent_usd >= self.limit_usd:
            return "exceeded"
        return "warning" if self.spent_usd >= WARNING_SHARE * self.limit_usd else "ok"

    @property
    def refusal(self) -> str:
        """Why no more is spent, until when, and what to do about it."""
        return (
            f"The budget {self._name} is used up: {_dollars(self.spent_usd)} of {_dollars(self.limit_usd)} "
            f"are spent. It starts anew on {self.resets_at:%A, %Y-%m-%d at %H:%M}. To go on now, raise "
            f"{SETTINGS[self.period]} in the settings, or choose a local model."
        )

    @property
    def warning(self) -> str:
        """How much is used."""
        share = int(100 * self.spent_usd / self.limit_usd)
        return (
            f"{share} % of the budget {self._name} is used: "
            f"{_dollars(self.spent_usd)} of {_dollars(self.limit_usd)}"
        )

    @property
    def _name(self) -> str:
        return "for today" if self.period == "day" else f"for {self.starts_at:%B}"


def budgets(
    database: Database, options: Options, now: datetime, *, apart_from: str = "", plus_usd: float = 0.0
) -> tuple[Budget, ...]:
    """The budgets that are set. Reads the rows of a month: not for an event loop.

    Args:
        database: where to read.
        options: the limits.
        now: local time.
        apart_from: a turn whose cost in the store is left out.
        plus_usd: what it has cost instead.
    """
    found: list[Budget] = []
    limits: tuple[tuple[Period, float | None], ...] = (
        ("day", options.daily_budget_usd),
        ("month", options.monthly_budget_usd),
    )
    for period, limit_usd in limits:
        if limit_usd is not None:
            start, end = bounds(period, now)
            spent = usage.spent(database, to_ms(start), apart_from=apart_from)
            cost_usd = spent.cost_usd + plus_usd
            found.append(Budget(period, limit_usd, cost_usd, spent.unpriced_turns, start, end))
    return tuple(found)


def first(found: Iterable[Budget], state: BudgetState) -> Budget | None:
    """The first budget in this state, or None."""
    return next((budget for budget in found if budget.state == state), None)


def bounds(period: Period, now: datetime) -> tuple[datetime, datetime]:
    """Start and end of the day or month that holds a local time."""
    start = now.date() if period == "day" else now.date().replace(day=1)
    end = start + timedelta(days=1) if period == "day" else (start + timedelta(days=31)).replace(day=1)
    return local_midnight(start), local_midnight(end)


def local_midnight(day: date) -> datetime:
    """When a day begins in the time zone of this machine; summer time is taken into account."""
    return datetime.combine(day, time.min).astimezone()


def to_ms(at: datetime) -> int:
    """Milliseconds since the epoch, as the store has them."""
    return int(at.timestamp() * 1000)


def _dollars(amount: float) -> str:
    return f"${amount:,.2f}" if amount >= 0.01 or amount == 0 else f"${amount:.4f}"
