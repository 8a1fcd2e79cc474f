"""What turns used and cost, and the budgets."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from daemon.schemas.base import Schema, Timestamp


class UsageQuery(Schema, frozen=True, kw_only=True):
    """Which usage, and how it is summed up."""

    group_by: Literal["day", "model", "project"] = "day"
    start: Annotated[date | None, Meta(description="First day; without it, 29 days before the last.")] = (
        msgspec.field(default=None, name="from")
    )
    end: Annotated[date | None, Meta(description="Last day; without it, today.")] = msgspec.field(
        default=None, name="to"
    )


class UsageTotals(Schema, frozen=True, kw_only=True):
    """What several turns used together."""

    input_tokens: Annotated[int, Meta(description="All of the prompts, cached parts included.")]
    output_tokens: int
    cache_read_tokens: Annotated[int, Meta(description="The part of the input that came from a cache.")]
    cache_write_tokens: Annotated[int, Meta(description="The part of the input that was written to a cache.")]
    turns: int
    unpriced_turns: Annotated[int, Meta(description="Turns whose price is not known.")]
    cost_usd: Annotated[float | None, Meta(description="null where a part is not known.")]
    known_cost_usd: Annotated[float, Meta(description="The part of the cost that is known.")]


class UsageRow(UsageTotals, frozen=True, kw_only=True):
    """What the turns of one day, model or project used."""

    key: Annotated[
        str | None, Meta(description="Day (YYYY-MM-DD), model id or project id; null for turns without one.")
    ]
    label: Annotated[str | None, Meta(description="For people; null for a project that is gone.")]


class Budget(Schema, frozen=True, kw_only=True):
    """A budget that is set."""

    period: Literal["day", "month"]
    limit_usd: float
    spent_usd: Annotated[float, Meta(description="As far as prices are known.")]
    unpriced_turns: Annotated[int, Meta(description="Turns of the period that cannot be counted.")]
    state: Annotated[
        Literal["ok", "warning", "exceeded"],
        Meta(description="`warning` from 80 % on; `exceeded`: no more turns until it resets."),
    ]
    message: Annotated[str | None, Meta(description="For people; null where all is well.")]
    resets_at: Timestamp


class UsageReport(Schema, frozen=True, kw_only=True):
    """Usage of some days of the daemon's time zone."""

    group_by: Literal["day", "model", "project"]
    start: date = msgspec.field(name="from")
    end: date = msgspec.field(name="to")
    totals: UsageTotals
    rows: list[UsageRow]
    budgets: list[Budget]
    unpriced_models: Annotated[
        list[str | None], Meta(description="Models whose price is not known; modelPrices can name it.")
    ]
    prices_as_of: Annotated[date, Meta(description="The date of the built-in prices.")]
