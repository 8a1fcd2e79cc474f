"""What an agent is given at the start of a turn: where it works, who it is, what was said so far."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from actors.errors import TurnError
from actors.notices import TurnRequest
from actors.tools.base import Workspace
from actors.transcript import Entry, rebuild
from storage import branches, messages, projects, turns
from storage.database import Database

WITHHELD = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY")
"""Variables that the agent's processes do not get: what they print goes to the model's provider."""

ALL = 1_000_000


def prepare(database: Database, request: TurnRequest) -> tuple[Workspace, str, list[Entry]]:
    """The workspace, the system prompt and the transcript of a turn. Reads the disk: run it in a thread.

    Raises:
        TurnError: there is no working directory.
    """
    workspace = find_workspace(database, request)
    conversation_id = request.conversation.id
    path = branches.path(database, conversation_id, request.conversation.branch_id)
    rows = messages.page(database, conversation_id, path, limit=ALL)
    transcript = rebuild(
        [row for row in rows if row.id != request.assistant_message_id],
        turns.steps(database, conversation_id),
    )
    return workspace, system_prompt(workspace), transcript


def find_workspace(database: Database, request: TurnRequest) -> Workspace:
    """Where the agent works: the project's folder, else the conversation's, else one of its own.

    Raises:
        TurnError: the folder is gone or cannot be used.
    """
    conversation = request.conversation
    chosen = conversation.working_directory
    if conversation.project_id is not None:
        project = projects.get(database, conversation.project_id)
        if project is not None and project.working_directory is not None:
            chosen = project.working_directory
    if chosen is None:
        own = request.options.data_dir.workspace(conversation.id)
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
    return Workspace(root.resolve(), tool_environment(os.environ))


def tool_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of the agent's processes: the daemon's, without what opens a provider or the daemon."""
    return {
        name: value
        for name, value in environment.items()
        if name not in WITHHELD and not name.startswith("STAGENT_")
    }


def system_prompt(workspace: Workspace) -> str:
    """Who the agent is and where it works."""
    return (
        "You are stagent, a coding agent that works with a person on their own machine, in their own files.\n"
        "Work in small steps and check what you did. Before you change a file, read it. Prefer the tools "
        "Read, Edit, Write, Glob and Grep to shell commands that do the same. The person is asked before a "
        "tool changes anything or leaves the working directory; when they decline, do not try the same in "
        "another way: ask what they want instead.\n"
        "Answer in Markdown, in the person's language, to the point. Name files by their path. Never claim "
        "to have done what a tool result does not show.\n\n"
        f"Working directory: {workspace.root}\n"
        f"Platform: {platform.system()} {platform.machine()}\n"
        f"Today: {datetime.now(UTC).astimezone():%A, %Y-%m-%d}\n"
    )
