"""What the agent's tools may see and change of what stagent keeps: projects, tasks, documents, conversations."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

import msgspec

from actors.tasks import Tasks
from storage.database import Database

T = TypeVar("T")


class AgentStore(msgspec.Struct, frozen=True):
    """The store as the tools of one turn see it. Used on the agent loop.

    Attributes:
        database: for `read`.
        reader: where queries run; they may take longer than a loop should wait.
        tasks: changes tasks.
        conversation_id: the conversation of the turn.
        project_id: its project, or None.
    """

    database: Database
    reader: Executor
    tasks: Tasks
    conversation_id: str
    project_id: str | None

    async def read(self, query: Callable[..., T], *args: Any, **named: Any) -> T:
        """Runs a query of the storage, whose first argument is the database, in a thread."""
        work = functools.partial(query, self.database, *args, **named)
        return await asyncio.get_running_loop().run_in_executor(self.reader, work)
