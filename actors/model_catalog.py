"""Which models people can choose now: the table, merged with what the connected providers list."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from actors.models import CATALOGUE, OFFLINE, OLLAMA_PREFIX, Model, RuntimeId, Tier
from actors.runtimes.base import FoundModel, Runtime, RuntimeStatus
from actors.runtimes.registry import Runtimes

logger = logging.getLogger(__name__)

DISCOVERY_TIMEOUT_S = 3.0
FRESH_S = 300.0
GIGABYTE = 1_000_000_000
SMALL, LARGE = 5 * GIGABYTE, 20 * GIGABYTE


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found at the providers.

    Attributes:
        models: the table and what the providers list, in the order of the picker.
        statuses: by runtime id.
    """

    models: tuple[Model, ...]
    statuses: dict[str, RuntimeStatus]


class ModelCatalog:
    """Asks the providers in parallel and remembers the answer for five minutes. Lives on the agent loop."""

    def __init__(self, runtimes: Runtimes) -> None:
        self._runtimes = runtimes
        self._found: Discovery | None = None
        self._found_at = 0.0
        self._search: asyncio.Task[Discovery] | None = None

    async def get(self, *, refresh: bool = False) -> Discovery:
        """What there is. An old answer comes at once while a new one is looked for."""
        is_old = time.monotonic() - self._found_at > FRESH_S
        if (self._found is None or is_old or refresh) and self._search is None:
            self._search = asyncio.create_task(self._discover())
        if self._found is not None and not refresh:
            return self._found
        assert self._search is not None
        return await asyncio.shield(self._search)

    async def _discover(self) -> Discovery:
        try:
            answers = await asyncio.gather(*(_ask(runtime) for runtime in self._runtimes.every()))
            statuses = {runtime_id: status for runtime_id, status, _ in answers}
            models = {runtime_id: found for runtime_id, _, found in answers}
            self._runtimes.windows.update(
                (model.id, model.context_window)
                for found in models.values()
                for model in found
                if model.context_window
            )
            self._found = Discovery(_merged(statuses, models), statuses)
            self._found_at = time.monotonic()
            return self._found
        finally:
            self._search = None


async def _ask(runtime: Runtime) -> tuple[str, RuntimeStatus, Sequence[FoundModel]]:
    """What a runtime has, or why it could not be asked."""
    status = RuntimeStatus(True, None, False, "It did not answer in time.")
    found: Sequence[FoundModel] = ()
    try:
        async with asyncio.timeout(DISCOVERY_TIMEOUT_S):
            status = await runtime.status()
            if status.is_signed_in:
                found = await runtime.models()
    except TimeoutError:
        logger.info("the models of %s did not arrive in time", runtime.id)
    except Exception as error:  # noqa: BLE001  (an SDK's errors are many; the table still serves)
        logger.info("the models of %s cannot be listed: %s", runtime.id, type(error).__name__)
    return runtime.id, status, found


def _merged(statuses: dict[str, RuntimeStatus], found: dict[str, Sequence[FoundModel]]) -> tuple[Model, ...]:
    """The table first, then the listed models that it does not name."""
    merged: list[Model] = []
    for runtime_id in ("claude-code", "openai-codex-app-server"):
        listed = {model.id: model for model in found[runtime_id]}
        is_available = statuses[runtime_id].is_signed_in
        for model in CATALOGUE:
            if model.runtime_id == runtime_id:
                known = listed.pop(model.real_id, None)
                window = (known and known.context_window) or model.context_window
                merged.append(replace(model, is_available=is_available, context_window=window))
        merged += [_listed(runtime_id, model) for model in listed.values()]
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
