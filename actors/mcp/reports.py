"""What can be said about the servers: for the person who decides about them, and who wonders why one does not work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from actors.mcp.config import ServerEntry, Source
from actors.mcp.connection import Connection
from actors.mcp.connection import State as ConnectionState
from actors.mcp.names import server_parts, tool_name
from actors.mcp.servers import McpServers, Out, Plan, Planned
from actors.options import Options

State = ConnectionState | Out


class ToolReport(msgspec.Struct, frozen=True):
    """A tool: what its server calls it, and what models and rules do."""

    name: str
    tool_name: str
    description: str


class ServerReport(msgspec.Struct, frozen=True):
    """A server in one working directory.

    Attributes:
        state: of its connection, or why there can be none.
        why_not: why it is off, or what it last did wrong.
        entry: as it is written down; None where that makes no sense.
        path, sha256: the project's file that names it, and its digest.
        root: the working directory; None for a server of the settings that was not needed yet.
        problems: why some of its tools are left out.
        last_words: what its last process wrote to standard error.
    """

    name: str
    source: Source
    state: State
    why_not: str | None
    entry: ServerEntry | None
    path: str | None
    sha256: str | None
    root: Path | None
    tools: tuple[ToolReport, ...] = ()
    problems: tuple[str, ...] = ()
    failures: int = 0
    pid: int | None = None
    last_words: tuple[str, ...] = ()


async def report(
    servers: McpServers, options: Options, roots: Iterable[Path], environment: Mapping[str, str]
) -> list[ServerReport]:
    """All servers for these working directories, and all that run anywhere. Await it on the agent loop."""
    running = {connection.config.root for connection in servers.connections}
    plans: dict[Path | None, Plan] = {
        root: await servers.plan(options, root, environment)
        for root in dict.fromkeys([*roots, *sorted(running)])
    }
    found = [
        one
        for root, plan in plans.items()
        for one in _reports(servers, plan, root)
        # A server of the settings that no folder has needed is told of once.
        if one.source == "project" or one.state != "stopped"
    ]
    told = {one.name for one in found if one.source == "settings"}
    own = await servers.plan(options, None, environment)
    return [*(one for one in _reports(servers, own, None) if one.name not in told), *found]


def _reports(servers: McpServers, plan: Plan, root: Path | None) -> list[ServerReport]:
    parts = server_parts(dict.fromkeys(one.name for one in plan.servers))
    return [_report(servers, one, root, parts[one.name]) for one in plan.servers]


def _report(servers: McpServers, planned: Planned, root: Path | None, part: str) -> ServerReport:
    connection = servers.connection(planned.config) if planned.config is not None else None
    state: State = planned.out or (connection.state if connection is not None else "stopped")
    file = planned.file
    return ServerReport(
        name=planned.name,
        source=planned.source,
        state=state,
        why_not=planned.why_not or (connection.why_not if connection is not None else None),
        entry=planned.entry,
        path=str(file.path) if file is not None else None,
        sha256=file.sha256 if file is not None else None,
        root=root,
        tools=_tools(connection, part) if connection is not None else (),
        problems=connection.tools.problems if connection is not None else (),
        failures=connection.failures if connection is not None else 0,
        pid=connection.pid if connection is not None else None,
        last_words=connection.last_words if connection is not None else (),
    )


def _tools(connection: Connection, part: str) -> tuple[ToolReport, ...]:
    taken: dict[str, None] = {}
    found = []
    for tool in connection.tools.tools:
        name = tool_name(part, tool.name, taken)
        taken[name] = None
        found.append(ToolReport(tool.name, name, tool.description))
    return tuple(found)
