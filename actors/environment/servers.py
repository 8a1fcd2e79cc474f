"""The MCP servers that configuration files name: their names and kinds alone. None is started or asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from actors.environment.facts import FoundServer, Scope
from actors.environment.files import Files, one_line, table_of

IN_PROJECT = (
    (".mcp.json", "mcpServers"),
    (".cursor/mcp.json", "mcpServers"),
    (".vscode/mcp.json", "servers"),
)
CLAUDE = ".claude.json"
CODEX = ".codex/config.toml"
MAX_USER_BYTES = 8_000_000
"""Claude Code keeps its history beside its configuration."""

MAX_SERVERS = 50


def servers(project: Files, home: Files | None) -> tuple[FoundServer, ...]:
    """The servers of the project, then those of the person."""
    found: list[FoundServer] = []
    for name, key in IN_PROJECT:
        found += _named(project.json(project.root / name).get(key), name, "project")
    if home is not None:
        path = home.root / CLAUDE
        claude = home.json(path, MAX_USER_BYTES)
        found += _named(claude.get("mcpServers"), home.shown(path), "user")
        own = table_of(table_of(claude.get("projects")).get(str(project.root)))
        found += _named(own.get("mcpServers"), home.shown(path), "user")
        path = home.root / CODEX
        found += _named(home.toml(path).get("mcp_servers"), home.shown(path), "user")
    return tuple(found[:MAX_SERVERS])


def _named(configured: object, source: str, scope: Scope) -> Iterator[FoundServer]:
    for name, given in table_of(configured).items():
        transport = _transport(table_of(given))
        if transport is not None:
            yield FoundServer(name=one_line(name), transport=transport, source=source, scope=scope)


def _transport(given: Mapping[str, Any]) -> str | None:
    """How a server is spoken to; None where the entry describes none."""
    if "command" in given:
        return "stdio"
    if "url" in given:
        return "sse" if given.get("type") == "sse" else "http"
    return None
