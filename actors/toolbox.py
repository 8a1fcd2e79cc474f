"""Which tools an agent has in a turn."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from storage.database import Database

if TYPE_CHECKING:
    from actors.agent import AgentTurn
    from actors.agent_store import AgentStore
    from actors.mcp.project_file import Written
    from actors.mcp.servers import McpServers
    from actors.notices import TurnRequest
    from actors.tasks import Tasks
    from actors.tools.base import Tool


class Toolbox:
    """The tools that there are. Lives on the agent loop.

    Args:
        database: what tools may look up.
        tasks: changes tasks.
        mcp: servers that bring tools of their own.
    """

    def __init__(self, database: Database, tasks: Tasks, mcp: McpServers) -> None:
        self._database = database
        self._tasks = tasks
        self._mcp = mcp
        # One thread, since each has a connection of its own.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="store")

    def store(self, request: TurnRequest) -> AgentStore:
        """What stagent keeps, for the tools of a turn."""
        from actors.agent_store import AgentStore  # noqa: PLC0415  (imported by the first turn)

        conversation = request.conversation
        return AgentStore(self._database, self._reader, self._tasks, conversation.id, conversation.project_id)

    async def tools(self, turn: AgentTurn, written: Written) -> Mapping[str, Tool[Any]]:
        """The tools of a turn by name, in the order in which models get them.

        Args:
            turn: the turn.
            written: what is written down of MCP servers for its working directory.
        """
        from actors.tools.registry import builtin_tools  # noqa: PLC0415  (imported by the first turn)

        say = functools.partial(turn.status, "preparing")
        brought = await self._mcp.tools(turn.request.options, turn.workspace, written, say)
        return {**builtin_tools(), **brought}

    async def close(self) -> None:
        """Ends what tools have started."""
        await self._mcp.close()
        self._reader.shutdown(wait=False, cancel_futures=True)
