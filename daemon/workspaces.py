"""Where a tool call of the API's tests and suggestions is meant to happen."""

from __future__ import annotations

from pathlib import Path

from actors.tools.base import Workspace
from daemon.services import Services
from storage import projects
from storage.records import Conversation


def workspace_of(services: Services, project_id: str | None, conversation: Conversation | None) -> Workspace:
    """The working directory of a project, else of a conversation, else the one of its own."""
    project = projects.get(services.database, project_id) if project_id is not None else None
    if project is not None and project.working_directory is not None:
        return Workspace(Path(project.working_directory).resolve())
    if conversation is not None and conversation.working_directory is not None:
        return Workspace(Path(conversation.working_directory).resolve())
    if conversation is not None:
        return Workspace(services.data_dir.workspace(conversation.id).resolve())
    return Workspace(services.data_dir.workspaces.resolve())
