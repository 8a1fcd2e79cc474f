"""Turns of an agent that has MCP servers, and what came of them."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from tests.api import Api, EventStream
from tests.daemon_process import REPOSITORY, DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says

FAKE = {
    "command": sys.executable,
    "args": ["-m", "tests.fakes.mcp_server"],
    "env": {"PYTHONPATH": str(REPOSITORY)},
}


PROGRAMS = Path(sys.executable).parent


SLOW_MACHINE_S = 30


ENVIRONMENT = {"STAGENT_MCP_START_TIMEOUT_SECONDS": str(SLOW_MACHINE_S), "ANTHROPIC_API_KEY": "secret-key"}


def raw(kind: str) -> dict[str, Any]:
    return {"command": sys.executable, "args": [str(REPOSITORY / "tests/fakes/raw_mcp_server.py"), kind]}


def turn(agent: DaemonProcess, model: FakeAnthropic, folder: Path, *calls: Calls) -> EventStream:
    """A turn in which the model makes these calls one after the other; a person allows each."""
    api = agent.client
    model.script(*(Answer(call) for call in calls), Answer(Says("Done.")))
    conversation = api.new("claude-code", workingDirectory=str(folder))
    with api.send(conversation, "go") as stream:
        while (event := stream.next())["type"] not in {"done", "error", "interrupted"}:
            if event["type"] == "permission_request":
                api.respond(conversation, event["requestId"])
    return stream


def result(stream: EventStream) -> str:
    output: str = stream.of("tool_result")[-1]["output"]
    return output


def offered(model: FakeAnthropic) -> list[str]:
    """The MCP tools that the model was last given."""
    body = [request.body for request in model.requests if request.method == "POST"][-1]
    return [tool["name"] for tool in body["tools"] if tool["name"].startswith("mcp__")]


def said(stream: EventStream) -> str:
    return "\n".join(event["message"] for event in stream.of("status"))


def servers(api: Api, **query: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in api.get("/api/mcp/servers", **query)}


def write_file(folder: Path, **entries: object) -> str:
    """Writes a `.mcp.json`; its digest."""
    content = json.dumps({"mcpServers": entries}).encode()
    (folder / ".mcp.json").write_bytes(content)
    return hashlib.sha256(content).hexdigest()
