"""Where a tool call of the API's tests and suggestions is meant to happen."""

from __future__ import annotations

from pathlib import Path

from actors.context.workspace import own_folder
from actors.tools.base import Workspace
from daemon.services import Services
from storage import projects
from storage.records import Conversation


def workspace_of(services: Services, project_id: str | None, conversation: Conversation | None) -> Workspace:
    """The working directory of a project, else of a conversation, else the one of its own."""
    return Workspace(
        _folder(services, project_id, conversation).resolve(), own_folder=own_folder(services.data_dir)
    )


def _folder(services: Services, project_id: str | None, conversation: Conversation | None) -> Path:
    project = projects.get(services.database, project_id) if project_id is not None else None
    if project is not None and project.working_directory is not None:
        return Path(project.working_directory)
    if conversation is None:
        return services.data_dir.workspaces
    if conversation.working_directory is not None:
        return Path(conversation.working_directory)
    return services.data_dir.workspace(conversation.id)
