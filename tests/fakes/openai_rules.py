"""What both of OpenAI's endpoints refuse: function definitions, and sampling where the model reasons."""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.errors import InvalidRequestError

_NAME = re.compile(r"^[a-zA-Z0-9_-]+$")
_LONGEST_NAME = 64
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


def missing(param: str) -> InvalidRequestError:
    """The error for a parameter that is not there."""
    return InvalidRequestError(
        f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter"
    )


def one_of(value: Any, supported: tuple[str, ...], param: str) -> None:
    """Raises InvalidRequestError unless the value is among those supported."""
    if value not in supported:
        names = [f"'{name}'" for name in supported]
        listed = (
            ", ".join(names[:-1]) + (", and " if len(names) > 2 else " and ") * (len(names) > 1) + names[-1]
        )
        raise InvalidRequestError(
            f"Invalid value: '{value}'. Supported values are: {listed}.", param=param, code="invalid_value"
        )


def check_function(function: dict[str, Any], where: str) -> None:
    """Raises InvalidRequestError for a function that cannot be offered to the model."""
    name = function.get("name")
    if name is None:
        raise missing(f"{where}.name")
    if not isinstance(name, str) or not _NAME.match(name):
        raise InvalidRequestError(
            f"Invalid '{where}.name': string does not match pattern. Expected a string that matches the pattern"
            f" '{_NAME.pattern}'.",
            param=f"{where}.name",
            code="invalid_value",
        )
    if len(name) > _LONGEST_NAME:
        raise InvalidRequestError(
            f"Invalid '{where}.name': string too long. Expected a string with maximum length {_LONGEST_NAME},"
            f" but got a string with length {len(name)} instead.",
            param=f"{where}.name",
            code="string_above_max_length",
        )
    schema = function.get("parameters")
    if schema is not None and schema.get("type") != "object":
        raise _bad_schema(
            name,
            f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'.",
            where,
        )
    if function.get("strict") is True:
        _check_strict(name, schema or {"type": "object"}, (), where)


def check_sampling(body: dict[str, Any], effort: str | None, effort_param: str) -> None:
    """Raises InvalidRequestError for an unknown effort, or sampling that the newest models do not take."""
    if effort is not None:
        one_of(effort, _EFFORTS, effort_param)
    for name in ("temperature", "top_p"):
        if str(body.get("model")).startswith("gpt-6") and effort != "none" and body.get(name) is not None:
            raise InvalidRequestError(
                f"Unsupported parameter: '{name}' is not supported with this model.",
                param=name,
                code="unsupported_parameter",
            )


def _check_strict(name: str, schema: dict[str, Any], path: tuple[str, ...], where: str) -> None:
    if schema.get("type") == "object" or "properties" in schema:
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            raise _bad_schema(
                name,
                f"In context={path}, 'additionalProperties' is required to be supplied and to be false.",
                where,
            )
        for key, value in properties.items():
            if key not in schema.get("required", ()):
                raise _bad_schema(
                    name,
                    f"In context={path}, 'required' is required to be supplied and to be an array including every"
                    f" key in properties. Missing '{key}'.",
                    where,
                )
            _check_strict(name, value, (*path, "properties", key), where)
    if isinstance(schema.get("items"), dict):
        _check_strict(name, schema["items"], (*path, "items"), where)


def _bad_schema(name: str, reason: str, where: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"Invalid schema for function '{name}': {reason}",
        param=f"{where}.parameters",
        code="invalid_function_parameters",
    )
