"""The tools that every agent has, and how they are described to a model."""

from __future__ import annotations

from typing import Any

import msgspec

from actors.tools.base import Tool, ToolInput
from actors.tools.edit import Edit
from actors.tools.files import Read, Write
from actors.tools.question import AskUserQuestion
from actors.tools.search import Glob, Grep
from actors.tools.shell import Bash


def builtin_tools() -> dict[str, Tool[Any]]:
    """The tools by name, in the order in which models get them."""
    tools: tuple[Tool[Any], ...] = (Read(), Write(), Edit(), Glob(), Grep(), Bash(), AskUserQuestion())
    return {tool.name: tool for tool in tools}


def tool_schemas() -> list[dict[str, Any]]:
    """`name`, `description` and `input_schema` of each tool; always the same, so that providers can cache it."""
    return [
        {"name": tool.name, "description": tool.description, "input_schema": input_schema(tool.input_type)}
        for tool in builtin_tools().values()
    ]


def input_schema(input_type: type[ToolInput]) -> dict[str, Any]:
    """The JSON schema of a tool's input, without references, as every provider accepts it."""
    schema = msgspec.json.schema(input_type)
    plain = _plain(schema, schema.get("$defs", {}))
    # The tool has a description of its own.
    plain.pop("description", None)
    return {"type": "object", "properties": {}, "required": [], **plain}


def _plain(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return _plain(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    plain = {key: value for key, value in schema.items() if key not in {"title", "$defs", "anyOf"}}
    if "anyOf" in schema:
        plain |= _plain(_not_null(schema["anyOf"]), definitions)
        if plain.get("default", "") is None:
            del plain["default"]
    if "items" in plain:
        plain["items"] = _plain(plain["items"], definitions)
    if "properties" in plain:
        plain["properties"] = {
            name: _plain(field, definitions) for name, field in plain["properties"].items()
        }
    if "enum" in plain:
        plain = {"type": "string", **plain}
    return plain


def _not_null(choices: list[dict[str, Any]]) -> dict[str, Any]:
    """The one type of an optional field: leaving it out says the same as null."""
    [choice] = [choice for choice in choices if choice != {"type": "null"}]
    return choice
