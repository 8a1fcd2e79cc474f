"""The JSON schema of a struct, in the plain form that every provider accepts."""

from __future__ import annotations

import functools
from typing import Any

import msgspec


@functools.cache
def input_schema(input_type: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON schema of a tool's input, without references, as every provider accepts it. Not to be changed.

    Made once for each type: all of them take 3 ms, and every request to a model holds them.
    """
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
