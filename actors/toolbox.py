"""Which tools an agent has in a turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actors.notices import TurnRequest
from actors.tools.base import Tool, Workspace
from actors.tools.registry import builtin_tools


class Toolbox:
    """The tools that there are. Lives on the agent loop."""

    async def tools(self, request: TurnRequest, workspace: Workspace) -> Mapping[str, Tool[Any]]:
        """The tools of a turn by name, in the order in which models get them."""
        del request, workspace
        return builtin_tools()

    async def close(self) -> None:
        """Ends what tools have started."""
