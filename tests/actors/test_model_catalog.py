"""Discovery: in parallel, bounded in time, merged with the table, remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from actors import model_catalog
from actors.credentials import Credentials
from actors.model_catalog import ModelCatalog
from actors.models import RUNTIME_IDS
from actors.options import Options
from actors.runtimes.base import FoundModel, RuntimeStatus
from storage.paths import DataDir

OPTIONS = Options(DataDir(Path("/nowhere")))


class Fake:
    """A runtime that has models, fails, or says nothing."""

    def __init__(self, runtime_id: str, found: Sequence[FoundModel] | Exception | None) -> None:
        self.id = runtime_id
        self.found = found
        self.asked = 0
        self.is_signed_in = True

    async def status(self) -> RuntimeStatus:
        return RuntimeStatus(True, "1", self.is_signed_in, None)

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
        self.credentials = Credentials({})

    async def every(self) -> list[Fake]:
        return self.fakes


def discover(found: dict[str, Any], times: int = 1) -> tuple[model_catalog.Discovery, FakeRuntimes]:
    runtimes = FakeRuntimes(found)

    async def run() -> model_catalog.Discovery:
        catalog = a_catalog(runtimes)
        answers = [await catalog.get() for _ in range(times)]
        return answers[-1]

    return asyncio.run(run()), runtimes


def a_catalog(runtimes: FakeRuntimes, options: Options = OPTIONS) -> ModelCatalog:
    return ModelCatalog(runtimes, lambda: options)  # type: ignore[arg-type]


def ids(found: model_catalog.Discovery) -> set[str]:
    return {model.id for model in found.models}


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


def test_an_old_answer_comes_at_once_and_is_renewed_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        runtimes = FakeRuntimes({"ollama": [FoundModel("old", "old")]})
        catalog = a_catalog(runtimes)
        await catalog.get()
        runtimes.fakes[2].found = [FoundModel("new", "new")]
        assert "ollama:old" in ids(await catalog.get())
        assert "ollama:new" in ids(await catalog.get(refresh=True))
        assert runtimes.fakes[2].asked == 2  # the renewal that ran already was waited for

    monkeypatch.setattr(model_catalog, "FRESH_S", -1.0)
    asyncio.run(run())


def test_a_provider_that_does_not_answer_keeps_its_models_and_is_soon_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> None:
        runtimes = FakeRuntimes({"claude-code": [FoundModel("claude-new-1", "New")]})
        catalog = a_catalog(runtimes)
        await catalog.get()
        for failure in (None, ValueError("broken")):
            runtimes.fakes[0].found = failure
            found = await catalog.get(refresh=True)
            assert "claude-new-1" in ids(found)
        asked = runtimes.fakes[0].asked
        runtimes.fakes[0].found = [FoundModel("claude-new-2", "Newer")]
        await catalog.get()
        assert "claude-new-2" in ids(await catalog.get(refresh=True))
        assert runtimes.fakes[0].asked == asked + 1

    monkeypatch.setattr(model_catalog, "DISCOVERY_TIMEOUT_S", 0.05)
    monkeypatch.setattr(model_catalog, "RETRY_S", -1.0)
    asyncio.run(run())


def test_a_provider_that_is_signed_out_loses_its_models() -> None:
    async def run() -> None:
        runtimes = FakeRuntimes({"claude-code": [FoundModel("claude-new-1", "New")]})
        catalog = a_catalog(runtimes)
        assert "claude-new-1" in ids(await catalog.get())
        runtimes.fakes[0].is_signed_in = False
        found = await catalog.get(refresh=True)
        assert "claude-new-1" not in ids(found)
        assert not next(model for model in found.models if model.id == "sonnet").is_available

    asyncio.run(run())


def test_changed_settings_are_waited_for_also_by_who_comes_during_a_search() -> None:
    async def run() -> None:
        runtimes = FakeRuntimes({"ollama": [FoundModel("old", "old")]})
        catalog = a_catalog(runtimes)
        early = asyncio.create_task(catalog.get())
        await asyncio.wait([early], timeout=0)  # it has begun
        await catalog.forget()
        runtimes.fakes[2].found = [FoundModel("new", "new")]
        assert "ollama:new" in ids(await catalog.get())
        await early
        assert "ollama:new" in ids(await catalog.get())

    asyncio.run(run())


def test_the_real_ids_of_the_settings_are_the_ones_that_are_listed() -> None:
    runtimes = FakeRuntimes({"claude-code": [FoundModel("claude-own-1", "Own", 5000)]})
    options = replace(OPTIONS, model_ids={"sonnet": "claude-own-1"})
    found = asyncio.run(a_catalog(runtimes, options).get())
    sonnet = next(model for model in found.models if model.id == "sonnet")
    assert (sonnet.real_id, sonnet.context_window) == ("claude-own-1", 5000)
    assert "claude-own-1" not in ids(found)


def test_the_windows_that_providers_list_are_known_to_turns() -> None:
    listed = [
        FoundModel("claude-listed", "Listed", context_window=300_000),
        FoundModel("claude-bare", "Bare"),
    ]
    _, runtimes = discover({"claude-code": listed})
    assert runtimes.windows == {"claude-listed": 300_000}
