"""A store with a project, for the tools that look into it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from actors.agent_store import AgentStore
from actors.archive import ArchiveActor
from actors.bridge import started
from actors.tasks import Tasks
from storage import conversations, projects
from storage.database import Database
from storage.migrations import migrate
from storage.records import Conversation, Project
from tests.actors.tools.context import RealContext

HOUSE = Project("house", "House", "Doors and windows.", "/srv/house", "active", 1, 1)


class Sink:
    """Nobody follows."""

    def row_changed(self, kind: str, row_id: str) -> None:
        """Nobody is told."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "stagent.db")
    migrate(database, tmp_path / "backups")
    database.write(projects.insert(HOUSE))
    yield database
    database.close()


@pytest.fixture
def here(database: Database) -> Conversation:
    """The conversation of the turn; it belongs to the project."""
    record = conversations.blank("offline", 1, project_id="house", title="About doors")
    database.write(conversations.insert(record))
    return record


@pytest.fixture
def context(tmp_path: Path, database: Database, here: Conversation) -> Iterator[RealContext]:
    sink: Any = Sink()
    archive = started(ArchiveActor.start(database, sink))
    context = RealContext(tmp_path)
    with ThreadPoolExecutor(1) as reader:
        context.store = AgentStore(database, reader, Tasks(archive), here.id, here.project_id)
        yield context
        archive.stop()
