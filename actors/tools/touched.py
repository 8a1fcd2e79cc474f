"""The file that a tool call was about, as one of the person's entities."""

from __future__ import annotations

from pathlib import Path

from actors.tools.base import EntityRef, Workspace


def file_entities(path: Path, workspace: Workspace) -> tuple[EntityRef, ...]:
    """The file, if it lies in the working directory; a file elsewhere has no name there."""
    if path == workspace.root or not path.is_relative_to(workspace.root):
        return ()
    name = path.relative_to(workspace.root).as_posix()
    return (EntityRef("file", name, name),)
