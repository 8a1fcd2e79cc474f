"""Budgets: the parts keep to their sizes, a small window is shared out, and the window itself is found out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.context.budget import LOCAL_LIMIT, budget_of, window_of
from actors.options import Options
from storage.paths import DataDir

OPTIONS = Options(DataDir(Path("/nowhere")), context_windows={"mine": 5_000, "ollama:big": 200_000})


def test_the_defaults_are_the_promised_ones() -> None:
    budget = budget_of(1_000_000, OPTIONS)
    assert (budget.system, budget.project, budget.mentions) == (1_500, 5_000, 8_000)
    assert budget.room == 1_000_000 - 32_000


@given(st.integers(2_000, 2_000_000))
def test_in_every_window_there_is_room_for_the_conversation(window: int) -> None:
    budget = budget_of(window, OPTIONS)
    assert budget.system + budget.project + budget.mentions <= budget.room * 5 / 6 + 1
    assert 0 < budget.limit < budget.room < window


@pytest.mark.parametrize(
    ("runtime", "model", "window"),
    [
        ("claude-code", None, 1_000_000),
        ("claude-code", "mine", 5_000),
        ("claude-code", "claude-listed", 300_000),
        ("claude-code", "claude-unknown", 200_000),
        ("openai-codex-app-server", "gpt-5.4-mini", 400_000),
        ("ollama", "ollama:small", 8_192),
        ("ollama", "ollama:listed", LOCAL_LIMIT),
        ("ollama", "ollama:big", 200_000),
        ("ollama", None, LOCAL_LIMIT),
        ("of-a-later-version", None, LOCAL_LIMIT),
    ],
)
def test_the_settings_come_before_the_provider_and_the_table(
    runtime: str, model: str | None, window: int
) -> None:
    found = {"claude-listed": 300_000, "small": 8_192, "listed": 131_072, "big": 131_072}
    assert window_of(runtime, model, OPTIONS, found) == window
