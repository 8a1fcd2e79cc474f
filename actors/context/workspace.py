"""Where an agent works: the folder, and what its processes get to know of the daemon's environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from actors.errors import TurnError
from actors.tools.base import Workspace
from actors.tools.own_folder import OwnFolder
from storage.paths import DataDir
from storage.records import Conversation, Project

WITHHELD = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY")
"""Variables that the agent's processes do not get: what they print goes to the model's provider."""


def find_workspace(conversation: Conversation, project: Project | None, data_dir: DataDir) -> Workspace:
    """Where the agent works: the project's folder, else the conversation's, else one of its own.

    Raises:
        TurnError: the folder is gone or cannot be used.
    """
    chosen = conversation.working_directory
    if project is not None and project.working_directory is not None:
        chosen = project.working_directory
    if chosen is None:
        own = data_dir.workspace(conversation.id)
        try:
            own.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise TurnError(
                f"The folder {own} cannot be created: {error.strerror}.", "no_workspace"
            ) from error
        chosen = str(own)
    root = Path(chosen)
    if not root.is_dir() or not os.access(root, os.R_OK | os.X_OK):
        raise TurnError(
            f"The working directory {chosen} is gone or cannot be read. Put it back, or choose another "
            "one for the project or the conversation.",
            "working_directory_missing",
        )
    return Workspace(root.resolve(), tool_environment(os.environ), own_folder=own_folder(data_dir))


def own_folder(data_dir: DataDir) -> OwnFolder:
    """The data folder, as tools must know it."""
    return OwnFolder(data_dir.root.resolve(), data_dir.workspaces.resolve())


def tool_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of the agent's processes: the daemon's, without what opens a provider or the daemon."""
    return {
        name: value
        for name, value in environment.items()
        if name not in WITHHELD and not name.startswith("STAGENT_")
    }
