"""What an agent is given at the start of a turn: who it is, where it works, what was said so far."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from actors import mentions, tokens
from actors.context import attached, given, history, mentioned
from actors.context.budget import Budget
from actors.context.history import History
from actors.context.identity import identity
from actors.context.project_part import ProjectPart, project_part
from actors.context.workspace import find_workspace
from actors.environment.scans import known_facts
from actors.environment.summary import summarize
from actors.mcp.project_file import Written, look_up
from actors.notices import TurnRequest
from actors.options import Options
from actors.tools.base import Workspace
from actors.transcript import AnyBlock
from storage import messages, projects
from storage.database import Database
from storage.document_files import DocumentFiles
from storage.records import Conversation, Project


class Surface(msgspec.Struct, frozen=True):
    """What stands before the conversation, and hardly ever changes.

    Attributes:
        identity: who the agent is.
        project: what it works on.
    """

    workspace: Workspace
    identity: str
    project: ProjectPart

    @property
    def system(self) -> str:
        """The system prompt."""
        return f"{self.identity}\n{self.project.text}\n"


class Outset(msgspec.Struct, frozen=True):
    """What a turn starts with besides the history: all that is there before its message is stored.

    Attributes:
        given: what is given along with the person's message.
        servers: what is written down of MCP servers.
        is_short: the history takes so little time that it can be read and measured anywhere.
    """

    surface: Surface
    budget: Budget
    given: tuple[AnyBlock, ...]
    servers: Written
    is_short: bool


class Prepared(msgspec.Struct, frozen=True):
    """What a turn starts with.

    Attributes:
        history: the conversation up to and with the person's message.
        scale: by what estimates of tokens are to be multiplied.
    """

    outset: Outset
    history: History
    scale: float


def set_out(database: Database, request: TurnRequest, budget: Budget) -> Outset:
    """What a turn starts with besides the history. Reads the disk: run it in a thread.

    Raises:
        TurnError: there is no working directory.
    """
    conversation = request.conversation
    surface = look(database, conversation, request.options, budget)
    root = surface.workspace.root
    return Outset(
        surface,
        budget,
        (given.moment(root, datetime.now(UTC).astimezone()), *_named(database, request, root, budget)),
        look_up(database, root),
        messages.is_short(database, conversation.id),
    )


def prepare(database: Database, request: TurnRequest, outset: Outset) -> Prepared:
    """What a turn starts with, once its message is stored. Run it in a thread, unless the history is short."""
    read = history.read(database, request.conversation, request.assistant_message_id)
    return Prepared(outset, read, scale_of(read))


def scale_of(read: History) -> float:
    """By what estimates of tokens are to be multiplied, from what was reported of the newest request."""
    size = read.last_size
    return tokens.calibrated(size.reported, size.estimated) if size else 1.0


def look(database: Database, conversation: Conversation, options: Options, budget: Budget) -> Surface:
    """What stands before the conversation. Reads the disk: run it in a thread.

    Raises:
        TurnError: there is no working directory.
    """
    project = _project(database, conversation)
    workspace = find_workspace(conversation, project, options.data_dir)
    part = project_part(project, workspace.root, _environment(database, project), Path.home(), budget.project)
    return Surface(workspace, identity(budget.system), part)


def _environment(database: Database, project: Project | None) -> str | None:
    """What the last scan of the project's folder has found, in a few lines."""
    facts = known_facts(database, project.id) if project is not None else None
    return summarize(facts) if facts is not None else None


def _named(database: Database, request: TurnRequest, root: Path, budget: Budget) -> tuple[AnyBlock, ...]:
    """What the person's message attaches and mentions."""
    metadata = request.metadata
    files = DocumentFiles(request.options.data_dir.documents)
    return (
        *attached.blocks(database, files, root, attached.of_metadata(metadata), budget.mentions),
        *mentioned.blocks(database, root, mentions.of_metadata(metadata), budget.mentions),
    )


def _project(database: Database, conversation: Conversation) -> Project | None:
    if conversation.project_id is None:
        return None
    return projects.get(database, conversation.project_id)
