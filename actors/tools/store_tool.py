"""What the tools share that work on what stagent keeps, not on files."""

from __future__ import annotations

from typing import Generic

from actors.tools.base import (
    EntityRef,
    InputT,
    StructTool,
    Subject,
    Text,
    ToolContext,
    ToolError,
    ToolResult,
    Workspace,
)
from storage import projects
from storage.records import Project

ALL = "all"


class StoreReader(StructTool[InputT], Generic[InputT]):
    """A tool that looks something up. It never needs permission: the person sees all of it anyway."""

    only_reads = True

    def subject(self, tool_input: InputT, workspace: Workspace) -> Subject:  # noqa: ARG002
        """Nothing outside of the store."""
        return Subject(self.name, workspace.root, only_reads=True, touches_nothing=True)

    def diff(self, tool_input: InputT, workspace: Workspace) -> None:
        """Nothing changes."""


class StoreWriter(StructTool[InputT], Generic[InputT]):
    """A tool that changes something in the store: a person or a rule must allow it."""

    only_reads = False

    def subject(self, tool_input: InputT, workspace: Workspace) -> Subject:  # noqa: ARG002
        """Rules know it by its name alone."""
        return Subject(self.name, workspace.root)

    def diff(self, tool_input: InputT, workspace: Workspace) -> None:
        """No file changes."""


def answer(lines: list[str], entities: list[EntityRef], nothing: str) -> ToolResult:
    """A list for the model, or what to say where it is empty."""
    return ToolResult((Text("\n".join(lines) or nothing),), entities=tuple(entities))


async def find_project(context: ToolContext, project_id: str | None) -> Project | None:
    """The project that a call means: the given one, else the conversation's; None for none.

    Raises:
        ToolError: there is no such project.
    """
    chosen = project_id or context.store.project_id
    if chosen is None:
        return None
    found = await context.store.read(projects.get, chosen)
    if found is None:
        raise ToolError(f"There is no project {chosen}. ListProjects lists them with their ids.")
    return found


def shortened(text: str | None, limit: int) -> str:
    """The text on one line, at most so long."""
    line = " ".join((text or "").split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
