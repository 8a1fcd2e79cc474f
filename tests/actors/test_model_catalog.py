"""Discovery: in parallel, bounded in time, merged with the table, remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from actors import model_catalog
from actors.model_catalog import ModelCatalog
from actors.models import RUNTIME_IDS
from actors.runtimes.base import FoundModel, RuntimeStatus


class Fake:
    """A runtime that has models, fails, or says nothing."""

    def __init__(self, runtime_id: str, found: Sequence[FoundModel] | Exception | None) -> None:
        self.id = runtime_id
        self.found = found
        self.asked = 0

    async def status(self) -> RuntimeStatus:
        return RuntimeStatus(True, "1", True, None)

    async def models(self) -> Sequence[FoundModel]:
        self.asked += 1
        if isinstance(self.found, Exception):
            raise self.found
        if self.found is None:
            await asyncio.Event().wait()
        assert self.found is not None
        return self.found


class FakeRuntimes:
    def __init__(self, found: dict[str, Any]) -> None:
        self.fakes = [Fake(runtime_id, found.get(runtime_id, [])) for runtime_id in RUNTIME_IDS]
        self.windows: dict[str, int] = {}

    def every(self) -> list[Fake]:
        return self.fakes


def discover(found: dict[str, Any], times: int = 1) -> tuple[model_catalog.Discovery, FakeRuntimes]:
    runtimes = FakeRuntimes(found)

    async def run() -> model_catalog.Discovery:
        catalog = ModelCatalog(runtimes)  # type: ignore[arg-type]
        answers = [await catalog.get() for _ in range(times)]
        return answers[-1]

    return asyncio.run(run()), runtimes


def test_the_table_comes_first_and_knows_the_real_names() -> None:
    found, _ = discover(
        {
            "claude-code": [
                FoundModel("claude-opus-5-5", "Opus 5.5", 900_000),
                FoundModel("claude-new-1", "New"),
            ]
        }
    )
    ids = [model.id for model in found.models]
    assert ids[:4] == ["haiku", "sonnet", "opus", "claude-new-1"]
    by_id = {model.id: model for model in found.models}
    assert by_id["opus"].context_window == 900_000
    assert by_id["claude-new-1"].label == "New"
    assert ids[-1] == "offline"


def test_a_provider_that_says_nothing_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_catalog, "DISCOVERY_TIMEOUT_S", 0.05)
    found, _ = discover({"claude-code": None, "ollama": [FoundModel("llama", "llama", size_bytes=10**9)]})
    by_id = {model.id: model for model in found.models}
    assert by_id["ollama:llama"].tier == "Fast"
    assert by_id["sonnet"].is_available  # it is signed in; only its list did not come


def test_a_provider_that_fails_leaves_the_table() -> None:
    found, _ = discover({"openai-codex-app-server": ValueError("broken")})
    assert "gpt-5.4" in [model.id for model in found.models]


def test_an_answer_is_remembered() -> None:
    _, runtimes = discover({}, times=5)
    assert [fake.asked for fake in runtimes.fakes] == [1, 1, 1, 1]


@pytest.mark.parametrize(("gigabytes", "tier"), [(2, "Fast"), (8, "Balanced"), (40, "Best")])
def test_local_models_are_ranked_by_size(gigabytes: int, tier: str) -> None:
    found, _ = discover({"ollama": [FoundModel("m", "m", size_bytes=gigabytes * 10**9)]})
    model = next(one for one in found.models if one.id == "ollama:m")
    assert (model.tier, model.cost_label) == (tier, "Free")
