"""The daemon itself: its settings, the file that says where it is, its port, its version, its log."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

from daemon import discovery, health
from daemon.discovery import Discovery
from daemon.doctor.base import Finding, Patient
from daemon.launch import is_older
from daemon.settings import DEFAULT_PORT
from daemon.version import VERSION

HOST = "127.0.0.1"
SLOW_MS = 1000


def check(patient: Patient) -> Iterator[Finding]:
    """Looks whether it runs and answers; else whether it could."""
    if patient.settings_problem is not None:
        remedy = f"Mend or remove {patient.data_dir.settings}."
        yield Finding("settings", "problem", patient.settings_problem, remedy)
    if patient.found is not None:
        yield from _running(patient, patient.found)
        return
    if discovery.read(patient.data_dir) is not None:
        message = "A daemon that has crashed has left its daemon.json. No daemon runs."
        yield Finding("discovery", "ok", message, "Nothing: the next start replaces the file.")
    else:
        yield Finding("discovery", "ok", "No daemon runs; one is started when it is needed.")
    if patient.settings is not None:
        yield _port(patient.settings.port)


def _running(patient: Patient, found: Discovery) -> Iterator[Finding]:
    yield Finding("discovery", "ok", f"The daemon runs at {found.url}, process {found.pid}.")
    began = time.perf_counter()
    if patient.client is None or not health.answers(found):
        message = f"The daemon does not answer within {health.TIMEOUT_S:.0f} seconds."
        remedy = "`stagent stop` ends it, if need be by force; `stagent logs --level warning` may say why."
        yield Finding("port", "problem", message, remedy)
    else:
        yield _speed(1000 * (time.perf_counter() - began))
    if is_older(found.version):
        message = f"The daemon is version {found.version}, this program {VERSION}."
        yield Finding("version", "warning", message, "`stagent stop`; the next start is the newer one.")
    else:
        yield Finding("version", "ok", f"It is version {found.version}.")


def _speed(took_ms: float) -> Finding:
    message = f"It answers within {took_ms:.0f} ms."
    if took_ms > SLOW_MS:
        remedy = "The machine, or something in the daemon, is very busy; see `stagent logs`."
        return Finding("port", "warning", message, remedy)
    return Finding("port", "ok", message)


def _port(wanted: int | None) -> Finding:
    port = DEFAULT_PORT if wanted is None else wanted
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            message = f"Port {port} cannot be used: {error.strerror or error}."
            if wanted is None:
                remedy = "Nothing: another port is taken then. The setting `port` fixes one."
                return Finding("port", "warning", message, remedy)
            return Finding("port", "problem", message, "Change the setting `port`, or end what uses it.")
    return Finding("port", "ok", f"Port {port} is free.")
