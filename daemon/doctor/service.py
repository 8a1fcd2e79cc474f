"""The service: whether the operating system is to run the daemon, and does."""

from __future__ import annotations

from collections.abc import Iterator

from daemon.doctor.base import Finding, Patient
from daemon.service.base import ServiceError
from daemon.service.choose import manager_for


def check(patient: Patient) -> Iterator[Finding]:
    """Asks the service manager."""
    try:
        manager = manager_for(patient.data_dir, patient.environment)
        status = manager.status()
    except ServiceError as error:
        yield Finding("service", "ok", f"There is no service: {error}")
        return
    if not status.is_installed:
        yield Finding("service", "ok", "The service is not installed; the daemon is started on demand.")
    elif not status.is_running:
        message = f"The service is installed and does not run: {status.state}."
        yield Finding(
            "service", "problem", message, "`stagent service start`; `stagent service logs` says more."
        )
    elif not status.is_enabled:
        message = "The service runs, but not after the next logon."
        yield Finding("service", "warning", message, "`stagent service install`.")
    else:
        yield Finding("service", "ok", f"The service runs: {manager.label}, {status.state}.")
