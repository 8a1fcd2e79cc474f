"""Usage: a row for each turn, summed up by day, model and project."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from storage import usage
from storage.database import Database
from storage.records import TurnUsage
from storage.usage import Spent

DAY = 24 * 3600 * 1000
NOON = 20_000 * DAY + DAY // 2
ROW = TurnUsage("t1", NOON, "c", "p", "claude-code", "sonnet", 10, 5, 4, 3, 0.5)


@pytest.fixture(autouse=True)
def _rows(database: Database) -> None:
    database.write(
        usage.put(ROW),
        usage.put(replace(ROW, turn_id="t2", project_id=None, cost_usd=None, model_id="new")),
        usage.put(replace(ROW, turn_id="t3", at=NOON + DAY, cost_usd=2.0, model_id="opus")),
    )


def test_what_is_said_last_of_a_turn_counts(database: Database) -> None:
    assert usage.get(database, "t1") == ROW
    later = replace(ROW, at=NOON + 5, input_tokens=20, cost_usd=0.75)
    database.write(usage.put(later))
    assert usage.get(database, "t1") == later
    assert usage.spent(database, 0) == Spent(2.75, 1)


def test_an_unknown_price_is_counted_apart(database: Database) -> None:
    first, second = usage.sums(database, "day", 0, NOON + 2 * DAY)
    assert (first.turns, first.unpriced_turns, first.known_cost_usd) == (2, 1, 0.5)
    assert (second.turns, second.unpriced_turns, second.known_cost_usd) == (1, 0, 2.0)
    assert (first.key or "") < (second.key or "")
    assert usage.unpriced_models(database, 0, NOON + DAY) == ["new"]


def test_models_and_projects_come_with_the_dearest_first(database: Database) -> None:
    assert [one.key for one in usage.sums(database, "model", 0, NOON + 2 * DAY)] == ["opus", "sonnet", "new"]
    by_project = usage.sums(database, "project", 0, NOON + 2 * DAY)
    assert [(one.key, one.turns, one.input_tokens) for one in by_project] == [("p", 2, 20), (None, 1, 10)]


def test_the_end_of_a_time_is_not_part_of_it(database: Database) -> None:
    assert [one.turns for one in usage.sums(database, "day", NOON, NOON + DAY)] == [2]
    assert usage.sums(database, "day", NOON + 2 * DAY, NOON + 3 * DAY) == []


def test_what_one_turn_has_cost_can_be_left_out(database: Database) -> None:
    assert usage.spent(database, 0, apart_from="t3").cost_usd == 0.5
    assert usage.spent(database, NOON + 1, apart_from="t1").cost_usd == 2.0
    assert usage.spent(database, NOON + 2 * DAY) == Spent(0.0, 0)
