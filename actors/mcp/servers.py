"""The servers that there are: which of them a turn gets, what can be said about each, and their end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from actors.errors import InvalidServerError
from actors.mcp import project_file
from actors.mcp.config import ServerConfig, ServerEntry, Source, resolve
from actors.mcp.connection import Connection
from actors.mcp.names import server_parts, tool_name
from actors.mcp.project_file import ProjectFile, Written, look_up
from actors.mcp.tool import McpTool
from actors.options import Options
from actors.tools.base import Workspace
from storage.database import Database

T = TypeVar("T")
Out = Literal["off", "not_allowed", "invalid"]

logger = logging.getLogger(__name__)

MAX_TOOLS = 100
MAX_TOOLS_LENGTH = 120_000
"""Tools of all servers together that a model gets, and the characters that they take of its window."""

MAX_CONNECTIONS = 200
"""Servers that are remembered; of more, those that do not run are forgotten."""

CLOSE_LIMIT_S = 1.0
"""How long the daemon waits for servers when it stops; their supervisors do not need it any more."""

MAX_NOTES = 5
MAX_NOTE_LENGTH = 500


class Planned(msgspec.Struct, frozen=True):
    """A server that somebody has written down, for one working directory.

    Attributes:
        config: None where it cannot be started.
        why_not: why it cannot be, or is not.
        out: why it cannot be, in a word; `off` and `not_allowed` are no failures.
    """

    name: str
    source: Source
    entry: ServerEntry | None
    config: ServerConfig | None = None
    why_not: str | None = None
    out: Out | None = None
    file: ProjectFile | None = None


class Plan(msgspec.Struct, frozen=True):
    """The servers for one working directory, those of the settings first.

    Attributes:
        note: what the person should know about the project's file; None where there is nothing.
    """

    servers: tuple[Planned, ...]
    file: ProjectFile | None = None
    is_allowed: bool = False
    note: str | None = None


class McpServers:
    """All connections. Lives on the agent loop.

    Args:
        database: where it stands what the person has allowed.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # One thread for files and approvals, since each thread has a connection of its own.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="mcp files")
        self._connections: dict[ServerConfig, Connection] = {}

    async def tools(
        self, options: Options, workspace: Workspace, written: Written, say: Callable[[str], None]
    ) -> dict[str, McpTool]:
        """The tools of a turn by name; servers that are slow or broken are left out, and named.

        Args:
            options: the settings in force.
            workspace: where the agent works.
            written: what is written down for its working directory.
            say: tells the person what goes on, in a sentence.
        """
        plan = _plan(options, workspace.root, workspace.environment, written)
        notes = [plan.note] if plan.note is not None else []
        notes += [_without(one.name, one.why_not or "") for one in plan.servers if one.out == "invalid"]
        wanted = {one.config: one.name for one in plan.servers if one.config is not None}
        connections = [self._connection(config, workspace.environment, options) for config in wanted]
        await self._stop_others(workspace.root, wanted)
        for connection in connections:
            connection.need(options)
        starting = [connection for connection in connections if connection.state == "starting"]
        if starting:
            say(f"Starting the MCP servers {', '.join(one.config.name for one in starting)}")
            with suppress(TimeoutError):
                async with asyncio.timeout(options.mcp_start_timeout_s):
                    await asyncio.gather(*(connection.settled() for connection in starting))
        notes += [
            _without(one.config.name, one.why_not or "It is still starting.")
            for one in connections
            if one.state != "ready"
        ]
        tools = _tools(
            [one for one in connections if one.state == "ready"], [one.name for one in plan.servers]
        )
        left_out = sum(len(one.tools.tools) for one in connections if one.state == "ready") - len(tools)
        if left_out:
            notes.append(
                f"{left_out} tools of MCP servers are left out: they would be too many for the model."
            )
        for note in notes[:MAX_NOTES]:
            say(note[:MAX_NOTE_LENGTH])
        return tools

    async def plan(self, options: Options, root: Path | None, environment: Mapping[str, str]) -> Plan:
        """Which servers are written down for a working directory; without one, those of the settings."""
        written = await self._read(look_up, self._database, root) if root is not None else Written()
        return _plan(options, root, environment, written)

    def connection(self, config: ServerConfig) -> Connection | None:
        """The connection of a server, if it was needed before."""
        return self._connections.get(config)

    @property
    def connections(self) -> tuple[Connection, ...]:
        """All that were needed."""
        return tuple(self._connections.values())

    async def stop_unlisted(self, options: Options) -> None:
        """Stops the servers that the settings no longer have as they were."""
        for config, connection in tuple(self._connections.items()):
            if config.source == "settings":
                entry = options.mcp_servers.get(config.name)
                planned = entry and _planned(config.name, entry, config.root, connection.environment, None)
                if not planned or planned.config != config:
                    await self._forget(config)

    async def stop_file(self, path: Path) -> None:
        """Stops the servers of a file that is no longer allowed."""
        for config in tuple(self._connections):
            if config.path == path:
                await self._forget(config)

    async def read_file(self, path: Path) -> ProjectFile | None:
        """A `.mcp.json`, or None where there is none."""
        return await self._read(project_file.read_file, path)

    async def close(self) -> None:
        """Ends all of them."""
        await asyncio.gather(*(connection.stop(CLOSE_LIMIT_S) for connection in self._connections.values()))
        self._connections.clear()
        self._reader.shutdown(wait=False, cancel_futures=True)

    def _connection(
        self, config: ServerConfig, environment: Mapping[str, str], options: Options
    ) -> Connection:
        if config not in self._connections:
            if len(self._connections) >= MAX_CONNECTIONS:
                self._connections = {
                    known: one
                    for known, one in self._connections.items()
                    if one.state not in {"stopped", "failed"}
                }
            self._connections[config] = Connection(config, environment, options)
        return self._connections[config]

    async def _stop_others(self, root: Path, wanted: Iterable[ServerConfig]) -> None:
        """Stops what runs for a working directory and is no longer written down, or no longer so."""
        keep = set(wanted)
        for config in tuple(self._connections):
            if config.root == root and config not in keep:
                await self._forget(config)

    async def _forget(self, config: ServerConfig) -> None:
        await self._connections.pop(config).stop()

    async def _read(self, work: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, work, *args)


def _plan(options: Options, root: Path | None, environment: Mapping[str, str], written: Written) -> Plan:
    file, allowed = written.file, written.allowed
    own = [
        _planned(name, entry, root or Path.home(), environment, None)
        for name, entry in options.mcp_servers.items()
    ]
    if file is None:
        return Plan(tuple(own))
    if file.problem is not None:
        return Plan(tuple(own), file, note=f"The file {file.path} is not used. {file.problem}")
    is_allowed = allowed is not None and allowed == file.sha256
    taken = {one.name for one in own}
    theirs = [
        _of_file(
            name,
            entry,
            root or Path.home(),
            environment,
            file,
            is_allowed=is_allowed,
            is_taken=name in taken,
        )
        for name, entry in file.entries.items()
    ]
    return Plan(
        (*own, *theirs),
        file,
        is_allowed,
        None if is_allowed or not theirs else _not_allowed(file, allowed),
    )


def _planned(
    name: str, entry: ServerEntry | str, root: Path, environment: Mapping[str, str], file: ProjectFile | None
) -> Planned:
    source: Source = "settings" if file is None else "project"
    if isinstance(entry, str):
        return Planned(name, source, None, why_not=entry, out="invalid", file=file)
    if not entry.enabled:
        return Planned(name, source, entry, why_not="It is switched off.", out="off", file=file)
    try:
        path = file.path if file is not None else None
        config = resolve(name, entry, root=root, environment=environment, path=path)
    except InvalidServerError as error:
        return Planned(name, source, entry, why_not=str(error), out="invalid", file=file)
    return Planned(name, source, entry, config, file=file)


def _of_file(
    name: str,
    entry: ServerEntry | str,
    root: Path,
    environment: Mapping[str, str],
    file: ProjectFile,
    *,
    is_allowed: bool,
    is_taken: bool,
) -> Planned:
    known = entry if isinstance(entry, ServerEntry) else None
    if is_taken:
        # Rules for the person's own server must not cover another one of that name.
        why = "The settings have a server of this name, which is used."
        return Planned(name, "project", known, why_not=why, out="off", file=file)
    if not is_allowed:
        return Planned(
            name, "project", known, why_not="Its file is not allowed.", out="not_allowed", file=file
        )
    return _planned(name, entry, root, environment, file)


def _not_allowed(file: ProjectFile, allowed: str | None) -> str:
    what = "is not allowed" if allowed is None else "has changed since it was allowed"
    return f"The file {file.path} {what}, so its MCP servers are not used. Look at it and allow it."


def _without(name: str, why: str) -> str:
    return f"Without the MCP server {name}. {why}"


def _tools(connections: Iterable[Connection], names: Iterable[str]) -> dict[str, McpTool]:
    parts = server_parts(dict.fromkeys(names))
    tools: dict[str, McpTool] = {}
    room = MAX_TOOLS_LENGTH
    for connection in connections:
        for tool in connection.tools.tools:
            if len(tools) >= MAX_TOOLS or tool.length > room:
                break
            name = tool_name(parts[connection.config.name], tool.name, tools)
            tools[name] = McpTool(name, tool, connection)
            room -= tool.length
    return tools
