"""From what is known about MCP servers to what the API shows."""

from __future__ import annotations

from actors.mcp.config import ServerEntry
from actors.mcp.project_file import ProjectFile
from actors.mcp.reports import ServerReport
from daemon import schemas
from storage.records import McpApproval
from storage.times import to_iso


def server(report: ServerReport) -> schemas.McpServer:
    """A server. Values that the person has written down are not shown: they may be secrets."""
    entry = report.entry
    is_program = entry is not None and entry.command is not None
    return schemas.McpServer(
        name=report.name,
        source=report.source,
        state=report.state,
        why_not=report.why_not,
        transport=None if entry is None else "stdio" if is_program else "http",
        command=[entry.command, *entry.args] if entry is not None and entry.command is not None else None,
        url=entry.url if entry is not None else None,
        variables=list(entry.env) if entry is not None else [],
        headers=list(entry.headers) if entry is not None else [],
        given=_given(entry) if entry is not None and report.source == "project" else [],
        path=report.path,
        sha256=report.sha256,
        working_directory=str(report.root) if report.root is not None else None,
        tools=[
            schemas.McpTool(name=tool.name, tool_name=tool.tool_name, description=tool.description)
            for tool in report.tools
        ],
        problems=list(report.problems),
        failures=report.failures,
        pid=report.pid,
        last_words=list(report.last_words),
    )


def _given(entry: ServerEntry) -> list[str]:
    """What a person decides about besides the command: a variable can make any program run another."""
    return [
        *([f"cwd={entry.cwd}"] if entry.cwd is not None else []),
        *(f"{name}={value}" for name, value in entry.env.items()),
        *(f"{name}: {value}" for name, value in entry.headers.items()),
    ]


def server_state(report: ServerReport) -> schemas.McpServerState:
    """A server in short."""
    root = str(report.root) if report.root is not None else None
    return schemas.McpServerState(
        name=report.name, working_directory=root, state=report.state, why_not=report.why_not
    )


def file(path: str, found: ProjectFile | None, approval: McpApproval | None) -> schemas.McpFile:
    """A file as it is now, and whether it is allowed as it is."""
    is_allowed = (
        found is not None
        and found.problem is None
        and approval is not None
        and approval.sha256 == found.sha256
    )
    if found is None:
        why_not: str | None = "It is gone."
    elif found.problem is not None:
        why_not = found.problem
    elif approval is None:
        why_not = "It is not allowed."
    else:
        why_not = None if is_allowed else "It has changed since it was allowed."
    return schemas.McpFile(
        path=path,
        sha256=found.sha256 if found is not None else None,
        allowed=is_allowed,
        approved_at=to_iso(approval.approved_at) if approval is not None else None,
        why_not=why_not,
        servers=list(found.entries) if found is not None else [],
    )
