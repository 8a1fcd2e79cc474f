"""Providers accept the schemas of the tools, and the tools accept what the schemas allow."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from actors.tools.base import ToolError, Workspace
from actors.tools.registry import builtin_tools, tool_schemas

STORE = ["ListProjects", "ListTasks", "CreateTask", "UpdateTask", "SearchConversations", "ReadDocument"]
NAMES = ["Read", "Write", "Edit", "Glob", "Grep", "Bash", "AskUserQuestion", *STORE]
CHANGING = {"Write", "Edit", "Bash", "CreateTask", "UpdateTask"}


def schema_of(name: str) -> dict[str, Any]:
    return next(
        schema["input_schema"] for schema in tool_schemas(builtin_tools().values()) if schema["name"] == name
    )


def parts_of(schema):
    """The schema and all schemas inside."""
    yield schema
    for field in schema.get("properties", {}).values():
        yield from parts_of(field)
    if "items" in schema:
        yield from parts_of(schema["items"])


def test_every_tool_is_there_under_its_name_with_a_schema():
    tools = builtin_tools()
    assert list(tools) == NAMES
    assert [tool.name for tool in tools.values()] == NAMES
    schemas = tool_schemas(builtin_tools().values())
    assert [schema["name"] for schema in schemas] == NAMES
    for schema in schemas:
        assert set(schema) == {"name", "description", "input_schema"}
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", schema["name"])
        assert 50 < len(schema["description"]) < 1024


def test_the_schemas_are_always_the_same():
    assert json.dumps(tool_schemas(builtin_tools().values())) == json.dumps(
        tool_schemas(builtin_tools().values())
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_plain_and_described(name):
    schema = schema_of(name)
    jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    assert schema["type"] == "object"
    for part in parts_of(schema):
        assert part["type"] in {"object", "array", "string", "integer", "boolean"}
        assert not {"$ref", "$defs", "anyOf", "oneOf", "allOf", "title"} & set(part)
        if part["type"] == "object":
            assert part["additionalProperties"] is False
            assert set(part["required"]) <= set(part["properties"])
            for field_name, field in part["properties"].items():
                assert re.fullmatch(r"[a-zA-Z0-9_.-]{1,64}", field_name)
                assert len(field["description"]) > 8
                assert field.get("default", "") is not None


@pytest.mark.parametrize(
    ("name", "required", "optional"),
    [
        ("Read", {"file_path"}, {"offset", "limit"}),
        ("Write", {"file_path", "content"}, set()),
        ("Edit", {"file_path", "old_string", "new_string"}, {"replace_all"}),
        ("Glob", {"pattern"}, {"path"}),
        ("Bash", {"command"}, {"timeout", "description"}),
        ("AskUserQuestion", {"questions"}, set()),
    ],
)
def test_the_fields_are_those_that_models_know(name, required, optional):
    schema = schema_of(name)
    assert set(schema["required"]) == required
    assert set(schema["properties"]) == required | optional


INPUTS: list[tuple[str, dict[str, Any], bool]] = [
    ("Read", {"file_path": "a"}, True),
    ("Read", {"file_path": "a", "offset": 3, "limit": 1}, True),
    ("Read", {"file_path": ""}, False),
    ("Read", {"file_path": "a", "limit": 0}, False),
    ("Read", {"file_path": "a", "offset": -1}, False),
    ("Read", {"file_path": "a", "pages": "1"}, False),
    ("Read", {}, False),
    ("Write", {"file_path": "a", "content": ""}, True),
    ("Write", {"file_path": "a"}, False),
    ("Edit", {"file_path": "a", "old_string": "", "new_string": "", "replace_all": True}, True),
    ("Edit", {"file_path": "a", "old_string": "", "new_string": "", "replace_all": "yes"}, False),
    ("Glob", {"pattern": ""}, False),
    ("Grep", {"pattern": "x", "output_mode": "content", "context": 2, "head_limit": 3}, True),
    ("Grep", {"pattern": "x", "output_mode": "lines"}, False),
    ("Grep", {"pattern": "x", "case_insensitive": True, "multiline": True, "type": "py", "glob": "*"}, True),
    ("Bash", {"command": "ls", "timeout": 600_000, "description": "lists"}, True),
    ("Bash", {"command": "ls", "timeout": 600_001}, False),
    ("AskUserQuestion", {"questions": [{"question": "a", "header": "b"}]}, True),
    ("AskUserQuestion", {"questions": []}, False),
    ("AskUserQuestion", {"questions": [{"question": "a"}]}, False),
    ("ListProjects", {}, True),
    ("ListProjects", {"archived": "yes"}, False),
    ("ListTasks", {"status": "queued", "project_id": "all", "limit": 200}, True),
    ("ListTasks", {"limit": 201}, False),
    ("ListTasks", {"status": "done"}, False),
    ("CreateTask", {"title": "x", "description": "y", "priority": "low", "project_id": "p"}, True),
    ("CreateTask", {"title": ""}, False),
    ("CreateTask", {"title": "x", "status": "completed"}, False),
    ("UpdateTask", {"task_id": "t", "status": "completed", "result": "z"}, True),
    ("UpdateTask", {"task_id": "t", "status": "queued"}, False),
    ("UpdateTask", {"status": "planned"}, False),
    ("SearchConversations", {"query": "x", "limit": 50}, True),
    ("SearchConversations", {"query": ""}, False),
    ("ReadDocument", {"document_id": "d", "offset": 9, "limit": 20_000}, True),
    ("ReadDocument", {"document_id": "d", "offset": -1}, False),
]


@pytest.mark.parametrize(("name", "raw", "is_valid"), INPUTS)
def test_schema_and_tool_agree_on_an_input(name, raw, is_valid):
    assert jsonschema_rs.is_valid(schema_of(name), raw) == is_valid
    tool = builtin_tools()[name]
    if is_valid:
        assert type(tool.parse(raw)).__name__ == f"{name}Input"
    else:
        with pytest.raises(ToolError, match=f"Invalid input for {name}: "):
            tool.parse(raw)


def test_only_tools_that_change_nothing_say_so(tmp_path):
    workspace = Workspace(tmp_path.resolve())
    valid = {name: raw for name, raw, is_valid in INPUTS if is_valid} | {"Glob": {"pattern": "*"}}
    for name, tool in builtin_tools().items():
        subject = tool.subject(tool.parse(valid[name]), workspace)
        assert tool.only_reads == subject.only_reads == (name not in CHANGING)
        assert subject.tool_name == name
        assert subject.root == workspace.root


def test_importing_the_tools_is_light():
    slow = ("psutil", "pathspec", "tree_sitter", "anthropic", "openai", "PIL")
    program = f"import sys, actors.tools.registry; print([name for name in {slow} if name in sys.modules])"
    command = [sys.executable, "-c", program]
    source = Path(__file__).parents[3]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
