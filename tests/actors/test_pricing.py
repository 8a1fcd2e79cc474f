"""Prices: counted with the cache's own rates, and never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.models import CATALOGUE
from actors.notices import Usage
from actors.options import Options
from actors.pricing import Price, cost_usd, is_free
from storage.paths import DataDir

MILLION = 1_000_000
OPTIONS = Options(DataDir(Path("/nowhere")))


def test_cached_input_has_its_own_prices() -> None:
    usage = Usage(3 * MILLION, MILLION, cache_read_tokens=MILLION, cache_write_tokens=MILLION)
    assert cost_usd("claude-code", "claude-opus-5-5", usage, OPTIONS) == pytest.approx(4 + 0.2 + 5 + 20)
    assert cost_usd("openai-codex-app-server", "gpt-5.4", usage, OPTIONS) == pytest.approx(
        2.5 + 0.25 + 2.5 + 15
    )


def test_a_long_prompt_may_cost_more() -> None:
    short, long = Usage(100_000, 0), Usage(100_001, 0)
    assert cost_usd("claude-code", "claude-haiku-5-5", short, OPTIONS) == pytest.approx(0.01)
    assert cost_usd("claude-code", "claude-haiku-5-5", long, OPTIONS) == pytest.approx(0.0500005)


def test_the_date_of_a_version_changes_no_price() -> None:
    usage = Usage(MILLION, 0)
    for dated in ("gpt-5.4-2026-03-05", "claude-sonnet-4-5-20250929"):
        runtime = "claude-code" if dated.startswith("claude") else "openai-codex-app-server"
        assert cost_usd(runtime, dated, usage, OPTIONS) is not None


@pytest.mark.parametrize("model", ["claude-unknown-9", "gpt-99", None, "gpt-5.4-turbo"])
def test_an_unknown_price_stays_unknown(model: str | None) -> None:
    assert cost_usd("claude-code", model, Usage(1, 1), OPTIONS) is None


def test_local_models_and_nothing_cost_nothing() -> None:
    assert cost_usd("ollama", "anything", Usage(5, 5), OPTIONS) == 0
    assert cost_usd("offline", None, Usage(), OPTIONS) == 0
    assert cost_usd("claude-code", None, Usage(), OPTIONS) == 0


def test_every_model_of_the_table_has_a_price() -> None:
    for model in CATALOGUE:
        assert cost_usd(model.runtime_id, model.real_id, Usage(1, 1), OPTIONS) is not None


def test_the_prices_of_the_settings_come_first() -> None:
    options = replace(OPTIONS, prices={"claude-opus-5-5": Price(1, 2, 3, 4), "new": Price(5, 0, 0, 0)})
    usage = Usage(3 * MILLION, MILLION, cache_read_tokens=MILLION, cache_write_tokens=MILLION)
    assert cost_usd("claude-code", "claude-opus-5-5", usage, options) == 1 + 2 + 3 + 4
    assert cost_usd("claude-code", "new", Usage(MILLION, 1), options) == 5


@pytest.mark.parametrize(
    ("url", "free"),
    [
        (None, True),
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost:8080/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://192.168.1.5/v1", True),
        ("http://gpu.local/v1", True),
        ("https://api.example.com/v1", False),
        ("https://8.8.8.8/v1", False),
        ("https://localhost.example.com/v1", False),
    ],
)
def test_a_server_elsewhere_is_not_free(url: str | None, free: bool) -> None:
    options = replace(OPTIONS, openai_compatible_url=url)
    assert is_free("ollama", options) is free
    assert cost_usd("ollama", "anything", Usage(1, 1), options) == (0 if free else None)
    assert is_free("offline", options)
    assert not is_free("claude-code", options)
