"""What a tool call would touch, for any tool by its name, known here or not."""

from __future__ import annotations

from typing import Any

from actors.tools.base import Subject, Workspace
from actors.tools.registry import builtin_tools


def subject_of(tool_name: str, tool_input: Any, workspace: Workspace) -> Subject:
    """The subject of a tool call. May look at the disk: run it in a thread.

    Raises:
        ToolError: the input does not fit the tool.
    """
    tool = builtin_tools().get(tool_name)
    if tool is not None:
        return tool.subject(tool.parse(tool_input), workspace)
    url = tool_input.get("url") if isinstance(tool_input, dict) else None
    return Subject(tool_name, workspace.root, url=url if isinstance(url, str) else None)
