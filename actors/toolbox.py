"""Which tools an agent has in a turn."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from actors.agent_store import AgentStore
from actors.notices import TurnRequest
from actors.tasks import Tasks
from actors.tools.base import Tool, Workspace
from actors.tools.registry import builtin_tools
from storage.database import Database


class Toolbox:
    """The tools that there are. Lives on the agent loop.

    Args:
        database: what tools may look up.
        tasks: changes tasks.
    """

    def __init__(self, database: Database, tasks: Tasks) -> None:
        self._database = database
        self._tasks = tasks
        # One thread, since each has a connection of its own.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="store")

    def store(self, request: TurnRequest) -> AgentStore:
        """What stagent keeps, for the tools of a turn."""
        conversation = request.conversation
        return AgentStore(self._database, self._reader, self._tasks, conversation.id, conversation.project_id)

    async def tools(self, request: TurnRequest, workspace: Workspace) -> Mapping[str, Tool[Any]]:
        """The tools of a turn by name, in the order in which models get them."""
        del request, workspace
        return builtin_tools()

    async def close(self) -> None:
        """Ends what tools have started."""
        self._reader.shutdown(wait=False, cancel_futures=True)
