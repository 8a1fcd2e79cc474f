"""All checks, at the same time, in the order in which a person reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from daemon import discovery, health, settings
from daemon.client import Client
from daemon.client_errors import ClientError
from daemon.discovery import Discovery
from daemon.doctor import database, folder, mcp, names, programs, providers, running, service, window
from daemon.doctor.base import Finding, Patient
from storage.paths import DataDir

Check = Callable[[Patient], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "folder": folder.check,
    "database": database.check,
    "running": running.check,
    "providers": providers.check,
    "mcp": mcp.check,
    "programs": programs.check,
    "window": window.check,
    "service": service.check,
    "names": names.check,
}


def examine(data_dir: DataDir, environment: Mapping[str, str]) -> list[Finding]:
    """Looks at everything; changes nothing and starts nothing."""
    patient = _patient(data_dir, environment)
    with ThreadPoolExecutor(len(CHECKS), thread_name_prefix="doctor") as threads:
        found = [threads.submit(_look, name, check, patient) for name, check in CHECKS.items()]
        return [finding for one in found for finding in one.result()]


def _look(name: str, check: Check, patient: Patient) -> list[Finding]:
    """What a check finds. One that fails itself keeps no other from being seen."""
    found: list[Finding] = []
    try:
        found.extend(check(patient))
    except (OSError, ClientError) as error:
        remedy = "Look at it yourself; `stagent logs` may say more."
        found.append(Finding(name, "problem", f"This could not be looked at: {error}", remedy))
    return found


def _patient(data_dir: DataDir, environment: Mapping[str, str]) -> Patient:
    found = discovery.find(data_dir)
    client = None if found is None else _answering(data_dir, found)
    try:
        current = settings.load(data_dir, environment)
    except settings.SettingsError as error:
        return Patient(data_dir, environment, found, client, None, str(error))
    return Patient(data_dir, environment, found, client, current)


def _answering(data_dir: DataDir, found: Discovery) -> Client | None:
    return Client(data_dir, found) if health.answers(found) else None
