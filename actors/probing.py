"""Asks a provider for real: whether it can be used, which models it lists, how long it takes to say so."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from actors.runtimes.base import FoundModel, Runtime, RuntimeStatus
    from actors.runtimes.registry import Runtimes

logger = logging.getLogger(__name__)

PATIENT_S = 15.0
"""For a person who wants to know, and does not mind that an SDK has to be imported first."""


class Answer(msgspec.Struct, frozen=True):
    """What a runtime has said.

    Attributes:
        models: None where it could not be asked.
        problem: why not, without anything secret; None where it could.
        took_ms: until it had answered, or until nobody waited any longer.
    """

    runtime_id: str
    status: RuntimeStatus
    models: Sequence[FoundModel] | None
    problem: str | None
    took_ms: float


async def probe(runtime: Runtime, timeout_s: float) -> Answer:
    """What a runtime has, or why it could not be asked within this time."""
    from actors.runtimes.base import RuntimeStatus  # noqa: PLC0415  (who asks has imported a runtime)

    status = RuntimeStatus(True, None, False, "It did not answer in time.")
    found: Sequence[FoundModel] | None = None
    problem: str | None = None
    began = time.perf_counter()
    try:
        async with asyncio.timeout(timeout_s):
            status = await runtime.status()
            found = await runtime.models() if status.is_signed_in else ()
    except TimeoutError:
        problem = f"It did not answer within {timeout_s:.0f} seconds."
        logger.info("the models of %s did not arrive in time", runtime.id)
    except Exception as error:  # noqa: BLE001  (an SDK's errors are many; the table of models still serves)
        code = getattr(error, "status_code", None)
        problem = f"It answers with an error: {type(error).__name__}{'' if code is None else f' ({code})'}."
        logger.info("the models of %s cannot be listed: %s", runtime.id, type(error).__name__)
    return Answer(runtime.id, status, found, problem, 1000 * (time.perf_counter() - began))


async def probe_all(runtimes: Runtimes, timeout_s: float) -> list[Answer]:
    """What all of them have; they are asked at the same time."""
    asked = await runtimes.every()
    return list(await asyncio.gather(*(probe(runtime, timeout_s) for runtime in asked)))
