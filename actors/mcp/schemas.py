"""The schema of a server's tool, in the plain and bounded form that providers take and that is safe to check with.

A server may say what it likes: references in circles, regular expressions that run for ever, megabytes of text. So
references are written out, patterns are left out (the server checks its input itself), and everything has a bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from actors.errors import InvalidServerError

MAX_DEPTH = 12
MAX_NODES = 1_000
MAX_TEXT_LENGTH = 1_000
MAX_ENUM = 200

_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_COUNTS = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"})
_CHOICES = frozenset({"anyOf", "oneOf", "allOf"})
# What Anthropic takes for the name of a property.
_PROPERTY = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def plain_schema(raw: Any) -> dict[str, Any]:
    """The schema of a tool's input.

    Raises:
        InvalidServerError: no model could call the tool with it.
    """
    if not isinstance(raw, Mapping):
        raise InvalidServerError("its schema is no object")
    reader = _Reader(raw)
    schema = reader.plain(raw, 0)
    if schema.get("type", "object") != "object":
        raise InvalidServerError("its schema is not for an object")
    # Providers refuse alternatives at the top; the server checks them.
    top = {
        key: value for key, value in schema.items() if key not in {*_CHOICES, "description", "enum", "const"}
    }
    return {
        **top,
        "type": "object",
        "properties": top.get("properties", {}),
        "required": top.get("required", []),
    }


class _Reader:
    """Copies what is known and safe, up to its bounds."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._room = MAX_NODES
        self._open: set[str] = {"#"}

    def plain(self, raw: Any, depth: int) -> dict[str, Any]:
        """The plain form of a schema; an empty one, which takes anything, where it is too deep."""
        self._room -= 1
        if self._room < 0:
            raise InvalidServerError("its schema is too large")
        if not isinstance(raw, Mapping) or depth > MAX_DEPTH:
            return {}
        if isinstance(reference := raw.get("$ref"), str):
            return self._referring(reference, raw, depth)
        schema = _values(raw)
        schema |= {
            key: self._list(raw[key], depth)
            for key in _CHOICES
            if isinstance(raw.get(key), list) and raw[key]
        }
        if isinstance(properties := raw.get("properties"), Mapping):
            schema["properties"] = {
                _named(name): self.plain(one, depth + 1) for name, one in properties.items()
            }
        if isinstance(required := raw.get("required"), list):
            schema["required"] = [_named(name) for name in required]
        if isinstance(items := raw.get("items"), Mapping):
            schema["items"] = self.plain(items, depth + 1)
        match raw.get("additionalProperties"):
            case bool() as is_open:
                schema["additionalProperties"] = is_open
            case Mapping() as others:
                schema["additionalProperties"] = self.plain(others, depth + 1)
        return schema

    def _referring(self, reference: str, raw: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """What a reference stands for, written out; within itself it stands for anything."""
        own = {key: raw[key] for key in raw if key != "$ref"}
        if reference in self._open:
            return self.plain(own, depth + 1)
        self._open.add(reference)
        try:
            return self.plain({**self._referred(reference), **own}, depth + 1)
        finally:
            self._open.discard(reference)

    def _list(self, raw: list[Any], depth: int) -> list[dict[str, Any]]:
        return [self.plain(one, depth + 1) for one in raw]

    def _referred(self, reference: str) -> Mapping[str, Any]:
        """What a reference within the schema points to; nothing where it leads out of it or nowhere."""
        found: Any = self._root
        start, *parts = reference.split("/")
        if start != "#":
            return {}
        for part in parts:
            name = part.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}


def _values(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords without schemas in them."""
    schema: dict[str, Any] = {}
    match raw.get("type"):
        case str() as one if one in _TYPES:
            schema["type"] = one
        case list() as several if several and all(isinstance(one, str) and one in _TYPES for one in several):
            schema["type"] = several
    if isinstance(description := raw.get("description"), str):
        schema["description"] = description[:MAX_TEXT_LENGTH]
    if isinstance(choices := raw.get("enum"), list) and 0 < len(choices) <= MAX_ENUM and _are_plain(choices):
        schema["enum"] = choices
    for key in ("const", "default"):
        if key in raw and _are_plain([raw[key]]):
            schema[key] = raw[key]
    for key in _NUMBERS | _COUNTS:
        value = raw.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            is_fit = (
                value >= 0 and value == int(value) if key in _COUNTS else key != "multipleOf" or value > 0
            )
            if is_fit:
                schema[key] = value
    return schema


def _are_plain(values: list[Any]) -> bool:
    return all(
        value is None
        or isinstance(value, bool | int | float)
        or (isinstance(value, str) and len(value) <= MAX_TEXT_LENGTH)
        for value in values
    )


def _named(name: Any) -> str:
    if not isinstance(name, str) or not _PROPERTY.fullmatch(name):
        raise InvalidServerError(f"its input has a field {str(name)[:80]!r}, which no model can fill")
    return name


def why_unfit(schema: Mapping[str, Any], value: Any) -> str | None:
    """What is wrong with an input, in words for the model; None where nothing is.

    Args:
        schema: made by `plain_schema`.
        value: the input.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415  (80 ms: only who uses a server pays)
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    error = best_match(Draft202012Validator(schema).iter_errors(value))
    if error is None:
        return None
    where = ".".join(str(part) for part in error.absolute_path)
    message = (
        error.message if len(error.message) <= MAX_TEXT_LENGTH else f"{error.message[:MAX_TEXT_LENGTH]}…"
    )
    return f"{where}: {message}" if where else message
