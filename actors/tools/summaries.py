"""What a person reads about a call in one line."""

from __future__ import annotations

from actors.tools.base import ToolError, Workspace

MAX_LENGTH = 200


def one_line(text: str) -> str:
    """The first line of a text that says something, at most 200 characters; `…` stands for the rest."""
    lines = text.strip().splitlines() or [""]
    line = "".join(character if character.isprintable() else " " for character in lines[0]).rstrip()
    if len(lines) > 1:
        line += " …"
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + "…"


def shown_path(path: str, workspace: Workspace) -> str:
    """The path that a call really means, relative to the working directory where it lies inside."""
    try:
        return one_line(workspace.shown(workspace.resolve(path)))
    except ToolError:
        return one_line(path)
