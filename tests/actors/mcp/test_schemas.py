"""Schemas of servers: made plain, bounded, and safe to check with."""

from __future__ import annotations

from typing import Any

import pytest

from actors.errors import InvalidServerError
from actors.mcp.schemas import plain_schema, why_unfit


def test_references_are_written_out() -> None:
    raw = {
        "type": "object",
        "$defs": {"name": {"type": "string", "minLength": 1}},
        "properties": {"name": {"$ref": "#/$defs/name", "description": "Whose."}},
        "required": ["name"],
    }
    assert plain_schema(raw) == {
        "type": "object",
        "properties": {"name": {"type": "string", "minLength": 1, "description": "Whose."}},
        "required": ["name"],
    }


def test_a_reference_in_a_circle_ends() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#/$defs/t"}, "right": {"$ref": "#/$defs/t"}}}
    found = plain_schema({**tree, "$defs": {"t": tree}})
    assert found["properties"]["left"]["properties"] == {"left": {}, "right": {}}


@pytest.mark.parametrize("reference", ["https://evil.example/schema.json", "#/nowhere", "other.json"])
def test_a_reference_that_leads_nowhere_takes_anything(reference: str) -> None:
    schema = plain_schema({"type": "object", "properties": {"a": {"$ref": reference}}})
    assert schema["properties"] == {"a": {}}


def test_a_pattern_that_would_run_for_ever_is_left_to_the_server() -> None:
    schema = plain_schema({"properties": {"a": {"type": "string", "pattern": "(a+)+$"}}})
    assert why_unfit(schema, {"a": "a" * 50 + "!"}) is None


def test_alternatives_at_the_top_are_left_to_the_server() -> None:
    schema = plain_schema(
        {"type": "object", "anyOf": [{"required": ["a"]}], "properties": {"a": {"anyOf": [{}]}}}
    )
    assert schema == {"type": "object", "properties": {"a": {"anyOf": [{}]}}, "required": []}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "no object"),
        ({"type": "string"}, "not for an object"),
        ({"properties": {"a b": {}}}, "no model can fill"),
        ({"required": [5]}, "no model can fill"),
        ({"properties": {f"p{number}": {} for number in range(2_000)}}, "too large"),
    ],
)
def test_a_schema_that_no_model_can_use_is_refused(raw: Any, words: str) -> None:
    with pytest.raises(InvalidServerError, match=words):
        plain_schema(raw)


def test_nonsense_in_a_schema_is_left_out() -> None:
    raw = {
        "type": "object",
        "properties": {
            "a": {"type": ["nothing"], "minLength": "5", "enum": [{}], "multipleOf": 0, "items": 5},
            "b": 7,
        },
        "additionalProperties": False,
    }
    schema = plain_schema(raw)
    assert schema["properties"] == {"a": {}, "b": {}}
    assert why_unfit(schema, {"a": 1}) is None
    assert why_unfit(schema, {"c": 1}) == "Additional properties are not allowed ('c' was unexpected)"


def test_what_does_not_fit_is_named() -> None:
    schema = plain_schema(
        {"properties": {"a": {"type": "array", "items": {"type": "integer"}}}, "required": ["a"]}
    )
    assert why_unfit(schema, {"a": [1, "x"]}) == "a.1: 'x' is not of type 'integer'"
    assert why_unfit(schema, {}) == "'a' is a required property"
