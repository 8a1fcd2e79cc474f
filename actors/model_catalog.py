"""Which models people can choose now: the table, merged with what the connected providers list."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from actors.models import CATALOGUE, OFFLINE, OLLAMA_PREFIX, Model, RuntimeId, Tier
from actors.options import Options
from actors.probing import probe_all
from actors.runtimes.registry import Runtimes

if TYPE_CHECKING:
    from actors.runtimes.base import FoundModel, RuntimeStatus

DISCOVERY_TIMEOUT_S = 3.0
FRESH_S = 300.0
RETRY_S = 5.0
"""When a provider that has not answered is asked again."""

GIGABYTE = 1_000_000_000
SMALL, LARGE = 5 * GIGABYTE, 20 * GIGABYTE


class Discovery(msgspec.Struct, frozen=True):
    """What was found at the providers.

    Attributes:
        models: the table and what the providers list, in the order of the picker.
        statuses: by runtime id.
    """

    models: tuple[Model, ...]
    statuses: dict[str, RuntimeStatus]


class ModelCatalog:
    """Asks the providers in parallel and remembers the answer for five minutes. Lives on the agent loop.

    Args:
        runtimes: whom it asks.
        options: gives the settings in force.
    """

    def __init__(self, runtimes: Runtimes, options: Callable[[], Options]) -> None:
        self._runtimes = runtimes
        self._options = options
        self._found: Discovery | None = None
        self._fresh_until = 0.0
        self._search: asyncio.Task[Discovery] | None = None
        self._listed: dict[str, Sequence[FoundModel]] = {}

    async def get(self, *, refresh: bool = False) -> Discovery:
        """What there is. An old answer comes at once while a new one is looked for."""
        is_old = time.monotonic() > self._fresh_until
        if (self._found is None or is_old or refresh) and self._search is None:
            self._search = asyncio.create_task(self._discover())
        if self._found is not None and not refresh:
            return self._found
        assert self._search is not None
        return await asyncio.shield(self._search)

    async def forget(self) -> None:
        """Lets the next who asks wait for a new answer: the settings or the keys have changed."""
        self._runtimes.credentials.forget()
        self._found, self._search, self._listed = None, None, {}

    async def _discover(self) -> Discovery:
        answers = await probe_all(self._runtimes, DISCOVERY_TIMEOUT_S)
        # A provider that has not answered still has the models that it had.
        listed = self._listed | {one.runtime_id: one.models for one in answers if one.models is not None}
        self._runtimes.windows.update(
            (model.id, model.context_window)
            for models in listed.values()
            for model in models
            if model.context_window is not None
        )
        statuses = {answer.runtime_id: answer.status for answer in answers}
        found = Discovery(_merged(statuses, listed, self._options()), statuses)
        if self._search is asyncio.current_task():  # the settings have not changed in the meantime
            is_whole = all(answer.models is not None for answer in answers)
            self._fresh_until = time.monotonic() + (FRESH_S if is_whole else RETRY_S)
            self._found, self._search, self._listed = found, None, listed
        return found


def _merged(
    statuses: Mapping[str, RuntimeStatus], listed: Mapping[str, Sequence[FoundModel]], options: Options
) -> tuple[Model, ...]:
    """The table first, with the real ids of the settings, then the listed models that it does not name."""
    merged: list[Model] = []
    found = {name: listed.get(name, ()) if status.is_signed_in else () for name, status in statuses.items()}
    for runtime_id in ("claude-code", "openai-codex-app-server"):
        unnamed = {model.id: model for model in found[runtime_id]}
        is_available = statuses[runtime_id].is_signed_in
        for model in CATALOGUE:
            if model.runtime_id == runtime_id:
                real_id = options.model_ids.get(model.id, model.real_id)
                known = unnamed.pop(real_id, None)
                window = (known and known.context_window) or model.context_window
                merged.append(
                    replace(model, real_id=real_id, is_available=is_available, context_window=window)
                )
        merged += [_listed(runtime_id, model) for model in unnamed.values()]
    merged += [_local(model) for model in found["ollama"]]
    return (*merged, OFFLINE)


def _listed(runtime_id: RuntimeId, model: FoundModel) -> Model:
    """A model that a provider lists; its tier and cost are read from its name, as the table's are."""
    tier: Tier = "Balanced"
    if any(part in model.id for part in ("haiku", "mini", "nano", "luna")):
        tier = "Fast"
    elif any(part in model.id for part in ("opus", "mythos", "pro", "sol")):
        tier = "Best"
    cost = {"Fast": "$", "Balanced": "$$", "Best": "$$$"}[tier]
    return Model(model.id, model.id, model.label, runtime_id, tier, cost, model.context_window, True)


def _local(model: FoundModel) -> Model:
    size = model.size_bytes
    tier: Tier = "Balanced"
    if size is not None:
        tier = "Fast" if size < SMALL else "Best" if size > LARGE else "Balanced"
    return Model(
        OLLAMA_PREFIX + model.id, model.id, model.label, "ollama", tier, "Free", model.context_window, True
    )
