"""A real MCP server, written with the SDK, that does on request what servers do.

`python -m tests.fakes.mcp_server` speaks on standard input and output; with `http` at an address, which it prints.
"""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import Context, Image, MCPServer
from mcp_types import EmbeddedResource, ResourceLink, TextContent, TextResourceContents

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)

server = MCPServer("fake")


@server.tool()
def echo(text: str, times: int = 1) -> str:
    """Says it again."""
    return text * times


@server.tool()
def surroundings() -> dict[str, Any]:
    """Where the server runs, and with what."""
    return {"folder": str(Path.cwd()), "variables": dict(os.environ), "arguments": sys.argv[1:]}


@server.tool()
async def roots(context: Context) -> list[str]:
    """The folders that the client works in."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = await context.session.list_roots()
    return [str(root.uri) for root in found.roots]


@server.tool()
def picture() -> Image:
    """A picture."""
    return Image(data=PIXEL, format="png")


@server.tool()
def no_picture() -> Image:
    """Says that it is a picture."""
    return Image(data=b"this is no picture", format="png")


@server.tool()
def things() -> list[Any]:
    """A link and an embedded text."""
    return [
        ResourceLink(uri="file:///report.md", name="report", description="The whole report"),
        EmbeddedResource(resource=TextResourceContents(uri="note:///1", text="an embedded note")),
        TextContent(text="and a text"),
    ]


@server.tool()
async def steps(context: Context) -> str:
    """Works in two steps, and says so."""
    await context.report_progress(1, 2, "half")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        await context.info("a note")
    await context.report_progress(2, 2, "all")
    return "worked"


@server.tool()
async def wait(port: int) -> str:
    """Waits for ever; tells whoever listens at a port when it begins and how it ends."""
    with socket.create_connection(("127.0.0.1", port)) as listener:
        listener.sendall(b"waiting\n")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            listener.sendall(b"cancelled\n")
            raise
    return "never"


@server.tool()
def breaks() -> str:
    """Raises an error."""
    raise ValueError("it broke")


@server.tool()
def dies() -> str:
    """Ends the server in mid-call."""
    sys.stderr.write("these are my last words\n")
    sys.stderr.flush()
    os._exit(7)


@server.tool()
def child(*, leaves: bool = False) -> str:
    """Starts a process that stays; `leaves` gives it a session of its own."""
    started = subprocess.Popen(
        ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"],
        start_new_session=leaves,
        stdin=subprocess.DEVNULL,
    )
    return str(started.pid)


@server.tool()
async def grow(context: Context) -> str:
    """Gets another tool."""
    server.add_tool(echo, name="grown")
    await context.notify_tools_changed()
    await context.session.send_tool_list_changed()
    return "grown"


@server.tool()
def long(length: int) -> str:
    """A long text."""
    return "a" * length


def serve_http() -> None:
    """Serves on any free port of loopback; prints the address when it can be reached."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp\n")
    sys.stdout.flush()
    config = uvicorn.Config(server.streamable_http_app(), log_level="warning", lifespan="on")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    if sys.argv[1:2] == ["http"]:
        serve_http()
    else:
        server.run("stdio")
