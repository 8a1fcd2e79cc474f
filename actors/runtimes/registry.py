"""Which runtimes there are. Each module is imported when its runtime is first needed, its SDK later still."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from actors.credentials import Credentials
from actors.errors import TurnError
from actors.imported import Imported
from actors.models import RUNTIME_IDS
from actors.options import Options

if TYPE_CHECKING:
    from actors.runtimes.base import Runtime


MODULES = ("claude_code", "openai_codex", "ollama", "offline")


class Runtimes:
    """The runtimes, made on first use. Lives on the agent loop.

    Args:
        environment: the daemon's environment variables.
        options: gives the settings in force.

    Attributes:
        windows: tokens that models can take, as their providers list them, by the providers' ids.
    """

    def __init__(self, environment: Mapping[str, str], options: Callable[[], Options]) -> None:
        self.credentials = Credentials(environment)
        self.windows: dict[str, int] = {}
        self._environment = environment
        self._options = options
        self._made: dict[str, Runtime] = {}
        self._modules = Imported(*(f"actors.runtimes.{name}" for name in MODULES))

    def get(self, runtime_id: str) -> Runtime:
        """The runtime of this id. Raises TurnError if there is none."""
        if runtime_id not in self._made:
            self._made[runtime_id] = self._make(runtime_id)
        return self._made[runtime_id]

    async def every(self) -> tuple[Runtime, ...]:
        """All runtimes."""
        await self._modules.ready()
        return tuple(self.get(runtime_id) for runtime_id in RUNTIME_IDS)

    async def close(self) -> None:
        """Closes what they hold."""
        for runtime in self._made.values():
            await runtime.close()

    def _make(self, runtime_id: str) -> Runtime:
        match runtime_id:
            case "claude-code":
                from actors.runtimes.claude_code import ClaudeCode  # noqa: PLC0415

                return ClaudeCode(self.credentials)
            case "openai-codex-app-server":
                from actors.runtimes.openai_codex import OpenAICodex  # noqa: PLC0415

                return OpenAICodex(self.credentials)
            case "ollama":
                from actors.runtimes.ollama import Ollama  # noqa: PLC0415

                return Ollama(self._environment, self._options)
            case "offline":
                from actors.runtimes.offline import Offline  # noqa: PLC0415

                return Offline()
        raise TurnError(
            f"There is no runtime {runtime_id!r}. There are: {', '.join(RUNTIME_IDS)}.", "unknown_runtime"
        )
