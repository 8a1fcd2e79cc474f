"""What a server says about its tools, as far as it can be used."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from actors.errors import InvalidServerError
from actors.mcp.schemas import plain_schema

if TYPE_CHECKING:
    from mcp_types import Tool

MAX_TOOLS = 100
MAX_DESCRIPTION_LENGTH = 2_000
MAX_TOOL_LENGTH = 16_000
"""Characters of a tool's description and schema together."""

MAX_PROBLEMS = 10


class ServerTool(msgspec.Struct, frozen=True):
    """A tool as its server describes it.

    Attributes:
        schema: of its input, plain and bounded.
        length: characters that it takes of a model's window.
    """

    name: str
    description: str
    schema: Mapping[str, Any]
    length: int


class ToolList(msgspec.Struct, frozen=True):
    """The tools of a server.

    Attributes:
        left_out: how many more it has.
        problems: why some of them are left out, in sentences.
    """

    tools: tuple[ServerTool, ...] = ()
    left_out: int = 0
    problems: tuple[str, ...] = ()


def tool_list(found: Iterable[Tool]) -> ToolList:
    """The tools that can be used, in the server's order. Takes milliseconds for hundreds: run it in a thread."""
    tools: dict[str, ServerTool] = {}
    problems: list[str] = []
    count = 0
    for tool in found:
        count += 1
        if len(tools) >= MAX_TOOLS:
            continue
        try:
            if tool.name not in tools:
                tools[tool.name] = _server_tool(tool)
        except InvalidServerError as error:
            problems.append(f"The tool {tool.name[:100]!r} is left out: {error}.")
    if len(tools) >= MAX_TOOLS and count > MAX_TOOLS:
        problems.insert(0, f"Of its {count} tools the first {MAX_TOOLS} are used.")
    return ToolList(tuple(tools.values()), count - len(tools), tuple(problems[:MAX_PROBLEMS]))


def _server_tool(tool: Tool) -> ServerTool:
    if not 0 < len(tool.name) <= 200:
        raise InvalidServerError("its name is empty or longer than 200 characters")
    schema = plain_schema(tool.input_schema)
    text = (tool.description or tool.title or tool.name).strip()
    description = text if len(text) <= MAX_DESCRIPTION_LENGTH else f"{text[:MAX_DESCRIPTION_LENGTH]}…"
    length = len(tool.name) + len(description) + len(json.dumps(schema))
    if length > MAX_TOOL_LENGTH:
        raise InvalidServerError(f"its description and schema are longer than {MAX_TOOL_LENGTH:,} characters")
    return ServerTool(tool.name, description, schema, length)
