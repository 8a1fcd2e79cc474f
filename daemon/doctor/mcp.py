"""MCP servers: how they are, or, without a daemon, whether their programs are there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from daemon.doctor.base import Finding, Patient, State

STATES: dict[str, State] = {
    "failed": "problem",
    "invalid": "problem",
    "restarting": "warning",
    "not_allowed": "warning",
}


def check(patient: Patient) -> Iterator[Finding]:
    """Looks at each of them; none is started."""
    found = list(
        _of_daemon(patient.client.get("/api/mcp/servers")) if patient.client else _of_settings(patient)
    )
    yield from found
    if not found:
        yield Finding("mcp", "ok", "There are no MCP servers.")


def _of_daemon(servers: list[dict[str, Any]]) -> Iterator[Finding]:
    for server in servers:
        state = STATES.get(server["state"], "ok")
        why = f" {server['whyNot']}" if server["whyNot"] else ""
        message = f"MCP server {server['name']} is {server['state'].replace('_', ' ')}.{why}"
        remedy = None
        if state != "ok":
            remedy = "Correct or remove it in the settings (`mcpServers`) or in the project's .mcp.json."
            if server["state"] == "not_allowed":
                remedy = "Look at the project's .mcp.json and allow it in the settings of the page."
        yield Finding("mcp", state, message, remedy)


def _of_settings(patient: Patient) -> Iterator[Finding]:
    if patient.settings is None:
        return
    for name, entry in patient.settings.mcp_servers.items():
        if not entry.enabled or entry.command is None:
            yield Finding("mcp", "ok", f"MCP server {name} is {'written down' if entry.enabled else 'off'}.")
        elif _is_there(entry.command, entry.env.get("PATH") or patient.environment.get("PATH")):
            yield Finding("mcp", "ok", f"MCP server {name}: its program is there.")
        else:
            message = f"MCP server {name}: its program {Path(entry.command).name} is not there."
            yield Finding("mcp", "problem", message, "Install it, or correct `mcpServers` in the settings.")


def _is_there(command: str, path: str | None) -> bool:
    return shutil.which(command, path=path) is not None
