"""A server's tool as a tool of ours: asked for like any other, whatever the server says about it."""

from __future__ import annotations

import json
from typing import Any

from actors.mcp.connection import Connection
from actors.mcp.schemas import why_unfit
from actors.mcp.tool_list import ServerTool
from actors.tools.base import Subject, ToolContext, ToolError, ToolResult, Workspace
from actors.tools.live_output import LiveOutput
from actors.tools.summaries import one_line


class McpTool:
    """A tool of a server.

    Args:
        name: for the model and the rules, `mcp__server__tool`.
        tool: as the server describes it.
    """

    only_reads = False
    """A server may claim that a tool only reads; nobody can check that."""

    def __init__(self, name: str, tool: ServerTool, connection: Connection) -> None:
        self.name = name
        self._tool = tool
        self._connection = connection

    @property
    def description(self) -> str:
        """The server's own words, and whose they are."""
        return f"{self._tool.description}\n(A tool of the MCP server {self._connection.config.name}.)"

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its input."""
        return dict(self._tool.schema)

    def parse(self, raw: Any) -> dict[str, Any]:
        """The input, if it fits the schema. Raises ToolError."""
        if not isinstance(raw, dict):
            raise ToolError(f"Invalid input for {self.name}: it must be an object.")
        problem = why_unfit(self._tool.schema, raw)
        if problem is not None:
            raise ToolError(f"Invalid input for {self.name}: {problem}")
        return raw

    def subject(self, tool_input: dict[str, Any], workspace: Workspace) -> Subject:  # noqa: ARG002
        """The tool alone: what a server does with its input is not known."""
        return Subject(self.name, workspace.root)

    def summary(self, tool_input: dict[str, Any], workspace: Workspace) -> str:  # noqa: ARG002
        """The input in one line."""
        return one_line(
            ", ".join(f"{key}={_shown(value)}" for key, value in tool_input.items()) or "(no input)"
        )

    def diff(self, tool_input: dict[str, Any], workspace: Workspace) -> None:
        """What a server changes is not known before."""

    async def run(self, tool_input: dict[str, Any], context: ToolContext) -> ToolResult:
        """Calls the server; what it says meanwhile is shown. Raises ToolError."""
        live = LiveOutput(context.output)
        try:
            return await self._connection.call(self._tool.name, tool_input, live.add)
        finally:
            live.close()


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
