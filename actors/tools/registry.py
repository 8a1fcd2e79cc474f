"""The tools that every agent has, and how they are described to a model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from actors.tools.base import Tool
from actors.tools.edit import Edit
from actors.tools.files import Read, Write
from actors.tools.question import AskUserQuestion
from actors.tools.recall import ReadDocument, SearchConversations
from actors.tools.search import Glob, Grep
from actors.tools.shell import Bash
from actors.tools.work import CreateTask, ListProjects, ListTasks, UpdateTask


def builtin_tools() -> dict[str, Tool[Any]]:
    """The tools by name, in the order in which models get them."""
    tools: tuple[Tool[Any], ...] = (
        Read(),
        Write(),
        Edit(),
        Glob(),
        Grep(),
        Bash(),
        AskUserQuestion(),
        ListProjects(),
        ListTasks(),
        CreateTask(),
        UpdateTask(),
        SearchConversations(),
        ReadDocument(),
    )
    return {tool.name: tool for tool in tools}


def tool_schemas(tools: Iterable[Tool[Any]]) -> list[dict[str, Any]]:
    """`name`, `description` and `input_schema` of each tool; the same for the same tools, so that it can be cached."""
    return [
        {"name": tool.name, "description": tool.description, "input_schema": tool.schema()} for tool in tools
    ]
