"""MCP servers, and the files that a person allows."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from daemon.schemas.base import Directory, Id, Schema, Timestamp

McpState = Literal[
    "off", "not_allowed", "invalid", "stopped", "starting", "ready", "restarting", "failed"
]  # fmt: skip
FilePath = Annotated[
    str, Meta(min_length=1, max_length=4096, description="An absolute path of a `.mcp.json`.")
]


class McpFolders(Schema, frozen=True, kw_only=True):
    """Which working directories; without either, those of all active projects."""

    project_id: Id | None = None
    working_directory: Directory | None = None


class McpTool(Schema, frozen=True, kw_only=True):
    """A tool of a server."""

    name: Annotated[str, Meta(description="What the server calls it.")]
    tool_name: Annotated[str, Meta(description="What models and permission rules call it.")]
    description: str


class McpServer(Schema, frozen=True, kw_only=True):
    """A server in a working directory."""

    name: str
    source: Annotated[Literal["settings", "project"], Meta(description="Who has written it down.")]
    state: McpState
    why_not: Annotated[str | None, Meta(description="Why it is off, or what it last did wrong.")]
    transport: Literal["stdio", "http"] | None
    command: Annotated[list[str] | None, Meta(description="As it is written down.")]
    url: str | None
    variables: Annotated[list[str], Meta(description="Names of the environment variables that it is given.")]
    headers: Annotated[list[str], Meta(description="Names of the headers that it is sent.")]
    given: Annotated[
        list[str],
        Meta(
            description="What else a project's file gives it, as it is written: folder, variables, headers."
            " Empty for a server of the settings, whose values may be secrets."
        ),
    ]
    path: Annotated[str | None, Meta(description="The project's file that names it.")]
    sha256: Annotated[str | None, Meta(description="Of that file, as it is now.")]
    working_directory: Annotated[str | None, Meta(description="null before any conversation needed it.")]
    tools: list[McpTool]
    problems: Annotated[list[str], Meta(description="Why some of its tools are left out.")]
    failures: Annotated[int, Meta(description="How often it failed in a row.")]
    pid: Annotated[int | None, Meta(description="The process that watches over it.")]
    last_words: Annotated[
        list[str], Meta(description="What it last wrote to standard error before it ended.")
    ]


class McpFile(Schema, frozen=True, kw_only=True):
    """A project's `.mcp.json`."""

    path: str
    sha256: Annotated[str | None, Meta(description="Of the file as it is now; null where it is gone.")]
    allowed: Annotated[bool, Meta(description="Its servers may be started.")]
    approved_at: Annotated[Timestamp | None, Meta(description="When it was last allowed, with any content.")]
    why_not: Annotated[str | None, Meta(description="Why it is not used.")]
    servers: Annotated[list[str], Meta(description="Names of the servers in it.")]


class McpApproval(Schema, frozen=True, kw_only=True):
    """A file that the person has looked at."""

    path: FilePath
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="Of what the person has looked at.")]


class McpFileQuery(Schema, frozen=True, kw_only=True):
    """Which file."""

    path: FilePath


class McpServerState(Schema, frozen=True, kw_only=True):
    """A server that all runtimes share, in short."""

    name: str
    working_directory: str | None
    state: McpState
    why_not: str | None
