"""What an agent is given to know: see docs/context.md."""

from actors.context.budget import Budget, budget_of, window_of
from actors.context.prepare import Prepared, prepare
from actors.context.workspace import tool_environment

__all__ = ["Budget", "Prepared", "budget_of", "prepare", "tool_environment", "window_of"]
