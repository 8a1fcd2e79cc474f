"""The providers of models: each is asked for the list of its models, by the daemon or, without one, from here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import msgspec

from daemon import schemas
from daemon.doctor.base import Finding, Patient
from daemon.settings import Settings

OFFLINE = "offline"


def check(patient: Patient) -> Iterator[Finding]:
    """Asks all of them at the same time."""
    if patient.client is not None:
        answer = patient.client.get("/api/runtimes/probes")
        probes = msgspec.convert(answer, list[schemas.RuntimeProbe])
    else:
        probes = asyncio.run(_probe(patient, patient.settings or Settings()))
    real = [probe for probe in probes if probe.id != OFFLINE]
    yield from map(_finding, real)
    if not any(probe.signed_in for probe in real):
        yield Finding(
            "providers",
            "warning",
            "No model can be used, only the offline tools.",
            "`stagent connect anthropic` or `stagent connect openai`, or start Ollama.",
        )


def _finding(probe: schemas.RuntimeProbe) -> Finding:
    check_name = f"provider_{probe.id}"
    if not probe.signed_in:
        return Finding(check_name, "ok", f"{probe.label} is not connected.", probe.problem)
    if probe.problem is not None:
        message = f"{probe.label}: {probe.problem} ({probe.answer_ms} ms)"
        return Finding(check_name, "problem", message, "Check the network, the key and the address.")
    return Finding(check_name, "ok", f"{probe.label} lists {probe.models} models in {probe.answer_ms} ms.")


async def _probe(patient: Patient, settings: Settings) -> list[schemas.RuntimeProbe]:
    from actors.probing import PATIENT_S, probe_all  # noqa: PLC0415  (only without a daemon)
    from actors.runtimes.registry import Runtimes  # noqa: PLC0415
    from daemon.probe_presenter import probe_of  # noqa: PLC0415
    from daemon.services import options_of  # noqa: PLC0415

    runtimes = Runtimes(patient.environment, lambda: options_of(settings, patient.data_dir))
    try:
        return [probe_of(answer) for answer in await probe_all(runtimes, PATIENT_S)]
    finally:
        await runtimes.close()
