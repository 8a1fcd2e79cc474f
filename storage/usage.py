"""What turns used: a row for each, which stays when its conversation is deleted."""

from __future__ import annotations

from typing import Literal

import msgspec

from storage.database import Database
from storage.records import TurnUsage
from storage.statements import Statement

Grouping = Literal["day", "model", "project"]

COLUMNS = (
    "turn_id, at, conversation_id, project_id, runtime_id, model_id, input_tokens, output_tokens, "
    "cache_read_tokens, cache_write_tokens, cost_usd"
)
_SUMS = (
    "sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), sum(cache_write_tokens), count(*), "
    "count(*) - count(cost_usd), total(cost_usd)"
)
# A day is one of the place where the daemon runs.
_KEYS = {
    "day": "strftime('%Y-%m-%d', at / 1000, 'unixepoch', 'localtime')",
    "model": "model_id",
    "project": "project_id",
}


class UsageSum(msgspec.Struct, frozen=True):
    """What several turns used together.

    Attributes:
        key: the day, model or project; None for turns without one.
        unpriced_turns: how many of them have no known price.
        known_cost_usd: what the others cost.
    """

    key: str | None
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    turns: int
    unpriced_turns: int
    known_cost_usd: float


class Spent(msgspec.Struct, frozen=True):
    """What turns cost together, as far as their prices are known."""

    cost_usd: float
    unpriced_turns: int


def put(row: TurnUsage) -> Statement:
    """Says what a turn has used so far; what was said of it before is replaced."""
    return Statement(
        f"INSERT OR REPLACE INTO usage ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            row.turn_id,
            row.at,
            row.conversation_id,
            row.project_id,
            row.runtime_id,
            row.model_id,
            row.input_tokens,
            row.output_tokens,
            row.cache_read_tokens,
            row.cache_write_tokens,
            row.cost_usd,
        ),
    )


def get(database: Database, turn_id: str) -> TurnUsage | None:
    """What a turn has used, or None."""
    row = database.row(f"SELECT {COLUMNS} FROM usage WHERE turn_id = ?", (turn_id,))
    return TurnUsage(*row) if row else None


def sums(database: Database, group_by: Grouping, start: int, end: int) -> list[UsageSum]:
    """What was used from a time on and before another: by day in order, by model or project the dearest first.

    Reads every row between the two: not for an event loop.
    """
    order = "1" if group_by == "day" else "8 DESC, 2 DESC, 1"
    rows = database.rows(
        f"SELECT {_KEYS[group_by]}, {_SUMS} FROM usage WHERE at >= ? AND at < ? GROUP BY 1 ORDER BY {order}",
        (start, end),
    )
    return [UsageSum(*row) for row in rows]


def unpriced_models(database: Database, start: int, end: int) -> list[str | None]:
    """The models of turns without a known price, in the same time."""
    rows = database.rows(
        "SELECT DISTINCT model_id FROM usage WHERE at >= ? AND at < ? AND cost_usd IS NULL ORDER BY 1",
        (start, end),
    )
    return [row[0] for row in rows]


def spent(database: Database, since: int, *, apart_from: str = "") -> Spent:
    """What was spent since a time; what one turn has cost is left out."""
    [row] = database.rows(
        "SELECT total(cost_usd) - ifnull((SELECT cost_usd FROM usage WHERE turn_id = ? AND at >= ?), 0.0), "
        "count(*) - count(cost_usd) FROM usage WHERE at >= ?",
        (apart_from, since, since),
    )
    return Spent(*row)
