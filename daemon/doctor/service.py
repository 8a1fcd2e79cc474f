"""The service: whether the operating system is to run the daemon, does, and runs what it should."""

from __future__ import annotations

from collections.abc import Iterator

from daemon.doctor.base import Finding, Patient
from daemon.service.base import ServiceError, ServiceManager, ServiceStatus
from daemon.service.choose import manager_for, spec_for

LOGS = "`stagent service logs` and `stagent logs` say why; then `stagent service start`."


def check(patient: Patient) -> Iterator[Finding]:
    """Asks the service manager."""
    try:
        manager = manager_for(patient.data_dir, patient.environment)
        status = manager.status()
    except ServiceError as error:
        yield Finding("service", "ok", f"There is no service: {error}")
        return
    yield _state(manager, status)
    if status.is_installed and not _is_current(patient, manager, status):
        message = (
            "The service was set up for another program, data folder or PATH than those of now, or somebody "
            "has changed its definition."
        )
        yield Finding("service_definition", "warning", message, "`stagent service install` renews it.")


def _state(manager: ServiceManager, status: ServiceStatus) -> Finding:
    if not status.is_installed:
        return Finding("service", "ok", "The service is not installed; the daemon is started on demand.")
    if status.has_failed:
        message = f"The service has failed and was given up by {manager.label}: {status.state}."
        return Finding("service", "problem", message, LOGS)
    if not status.is_running:
        message = f"The service is installed and does not run: {status.state}."
        return Finding("service", "warning", message, "`stagent service start`.")
    if not status.is_enabled:
        message = "The service runs, but not after the next logon."
        return Finding("service", "warning", message, "`stagent service install`.")
    return Finding("service", "ok", f"The service runs: {manager.label}, {status.state}.")


def _is_current(patient: Patient, manager: ServiceManager, status: ServiceStatus) -> bool:
    if status.definition is None:
        return False
    return status.definition.read_bytes() == manager.describe(spec_for(patient.data_dir, patient.environment))
