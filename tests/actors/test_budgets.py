"""Budgets: days and months of the local time zone, and sentences that say what to do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.budgets import Budget, bounds, budgets, first, local_midnight, to_ms
from actors.options import Options
from storage import usage
from storage.database import Database
from storage.migrations import migrate
from storage.paths import DataDir
from storage.records import TurnUsage


@pytest.fixture
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A time zone with summer time, whose days begin while it is still yesterday in UTC."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system has one time zone for all processes")
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "stagent.db")
    migrate(database, tmp_path / "backups")
    yield database
    database.close()


def a_budget(spent_usd: float, limit_usd: float = 10.0) -> Budget:
    start, end = bounds("day", local_midnight(date(2026, 11, 24)))
    return Budget("day", limit_usd, spent_usd, 0, start, end)


@pytest.mark.parametrize(
    ("spent", "state"), [(0, "ok"), (7.99, "ok"), (8, "warning"), (9.99, "warning"), (10, "exceeded")]
)
def test_a_warning_at_80_percent_and_a_stop_at_100(spent: float, state: str) -> None:
    assert a_budget(spent).state == state


def test_a_refusal_says_which_how_much_until_when_and_what_to_do() -> None:
    refusal = a_budget(10.5).refusal
    for part in (
        "for today",
        "$10.50",
        "$10.00",
        "Wednesday, 2026-11-25 at 00:00",
        "dailyBudgetUsd",
        "local",
    ):
        assert part in refusal
    start, end = bounds("month", local_midnight(date(2026, 12, 24)))
    refusal = Budget("month", 1, 2, 0, start, end).refusal
    for part in ("for December", "monthlyBudgetUsd", "2027-01-01"):
        assert part in refusal
    assert a_budget(8.5).warning.startswith("85 % of the budget for today")
    assert "$0.0012" in a_budget(0.0012, 0.0013).warning


@pytest.mark.usefixtures("_berlin")
def test_a_day_is_one_of_the_local_time_zone() -> None:
    start, end = bounds("day", datetime(2026, 7, 1, 0, 30).astimezone())
    assert start.isoformat() == "2026-07-01T00:00:00+02:00"
    assert end.isoformat() == "2026-07-02T00:00:00+02:00"
    start, end = bounds("day", datetime(2026, 10, 25, 12).astimezone())
    assert to_ms(end) - to_ms(start) == 25 * 3600 * 1000
    start, end = bounds("month", datetime(2026, 2, 28, 23).astimezone())
    assert (start.isoformat(), end.isoformat()) == ("2026-02-01T00:00:00+01:00", "2026-03-01T00:00:00+01:00")


@pytest.mark.usefixtures("_berlin")
def test_usage_and_budgets_agree_on_the_day(database: Database) -> None:
    midnight = to_ms(local_midnight(date(2026, 7, 2)))
    row = TurnUsage("last", midnight - 1, "c", None, "claude-code", "m", 1, 1, 0, 0, 1.0)
    database.write(usage.put(row), usage.put(replace(row, turn_id="first", at=midnight, cost_usd=4.0)))
    assert [one.key for one in usage.sums(database, "day", 0, midnight + 1)] == ["2026-07-01", "2026-07-02"]
    options = Options(DataDir(Path("/nowhere")), daily_budget_usd=5.0, monthly_budget_usd=6.0)
    now = datetime(2026, 7, 2, 18).astimezone()
    day, month = budgets(database, options, now, plus_usd=0.5)
    assert (day.period, day.spent_usd, day.state) == ("day", 4.5, "warning")
    assert (month.period, month.spent_usd, month.state) == ("month", 5.5, "warning")
    assert first((day, month), "exceeded") is None
    assert budgets(database, Options(DataDir(Path("/nowhere"))), now) == ()
    [day, _] = budgets(database, options, now, apart_from="first", plus_usd=5.0)
    assert (day.spent_usd, day.state) == (5.0, "exceeded")
