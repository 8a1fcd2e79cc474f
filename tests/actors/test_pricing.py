"""Prices: counted with the cache's own rates, and never guessed."""

from __future__ import annotations

import pytest

from actors.models import CATALOGUE
from actors.notices import Usage
from actors.pricing import cost_usd

MILLION = 1_000_000


def test_cached_input_has_its_own_prices() -> None:
    usage = Usage(3 * MILLION, MILLION, cache_read_tokens=MILLION, cache_write_tokens=MILLION)
    assert cost_usd("claude-code", "claude-opus-5-5", usage) == pytest.approx(4 + 0.2 + 5 + 20)
    assert cost_usd("openai-codex-app-server", "gpt-5.4", usage) == pytest.approx(2.5 + 0.25 + 2.5 + 15)


def test_a_long_prompt_may_cost_more() -> None:
    short, long = Usage(100_000, 0), Usage(100_001, 0)
    assert cost_usd("claude-code", "claude-haiku-5-5", short) == pytest.approx(0.01)
    assert cost_usd("claude-code", "claude-haiku-5-5", long) == pytest.approx(0.0500005)


def test_the_date_of_a_version_changes_no_price() -> None:
    usage = Usage(MILLION, 0)
    for dated in ("gpt-5.4-2026-03-05", "claude-sonnet-4-5-20250929"):
        runtime = "claude-code" if dated.startswith("claude") else "openai-codex-app-server"
        assert cost_usd(runtime, dated, usage) is not None


@pytest.mark.parametrize("model", ["claude-unknown-9", "gpt-99", None, "gpt-5.4-turbo"])
def test_an_unknown_price_stays_unknown(model: str | None) -> None:
    assert cost_usd("claude-code", model, Usage(1, 1)) is None


def test_local_models_and_nothing_cost_nothing() -> None:
    assert cost_usd("ollama", "anything", Usage(5, 5)) == 0
    assert cost_usd("offline", None, Usage()) == 0
    assert cost_usd("claude-code", None, Usage()) == 0


def test_every_model_of_the_table_has_a_price() -> None:
    for model in CATALOGUE:
        assert cost_usd(model.runtime_id, model.real_id, Usage(1, 1)) is not None
