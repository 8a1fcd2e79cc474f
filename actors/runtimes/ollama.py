"""The `ollama` runtime: models on this machine, or any server that speaks OpenAI's Chat Completions."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from actors.agent import AgentTurn
from actors.credentials import Credential
from actors.errors import TurnError
from actors.models import real_model_id
from actors.options import Options
from actors.runtimes.base import FoundModel, Provider, Runtime, RuntimeStatus, Step, ToolSchema
from actors.runtimes.completions_format import Gathered, request_body
from actors.runtimes.openai_sdk import OpenAIClients

if TYPE_CHECKING:
    import openai

DEFAULT_HOST = "http://127.0.0.1:11434"
PROBE_TIMEOUT_S = 3.0


class Ollama(Runtime):
    """Models of an Ollama server or of the compatible server in the settings.

    Args:
        environment: the daemon's environment variables.
        options: gives the settings in force.
    """

    id: ClassVar[str] = "ollama"
    label: ClassVar[str] = "Ollama"
    provider: ClassVar[Provider] = "ollama"

    def __init__(self, environment: Mapping[str, str], options: Callable[[], Options]) -> None:
        self._environment = environment
        self._options = options
        self._without_tools: set[str] = set()
        self._clients = OpenAIClients("The model server", "Check the server's key in OPENAI_API_KEY.")

    async def step(self, turn: AgentTurn, tools: Sequence[ToolSchema]) -> Step:
        """Streams one completion."""
        options = turn.request.options
        model_id = real_model_id(self.id, turn.request.conversation.model_id, options)
        if model_id is None:
            found = await self.models()
            if not found:
                status = await self.status()
                raise TurnError(status.why_not or "The model server has no model.", "not_connected")
            model_id = found[0].id
        client = self._clients.get(self._credential(options), options.silence_timeout_s)
        turn.status_soon("thinking", f"Waiting for {model_id}")
        try:
            gathered = await self._ask(client, turn, model_id, tools)
        except TurnError as error:
            if error.code != "provider_refused" or "support tools" not in str(error):
                raise
            self._without_tools.add(model_id)
            gathered = await self._ask(client, turn, model_id, tools)
        if gathered.stop_reason is None:
            raise self._clients.cut()
        return Step(gathered.blocks, gathered.stop_reason, gathered.usage, gathered.answered_by)

    async def _ask(
        self, client: openai.AsyncOpenAI, turn: AgentTurn, model_id: str, tools: Sequence[ToolSchema]
    ) -> Gathered:
        body = request_body(turn, model_id, () if model_id in self._without_tools else tools)
        gathered = Gathered(turn, model_id)
        await self._clients.stream(turn, lambda: client.chat.completions.create(**body), gathered.take)
        return gathered

    async def status(self) -> RuntimeStatus:
        """Whether a server answers."""
        base = self._compatible_url
        try:
            if base is not None:
                await asyncio.to_thread(_get, f"{base}/models", self._key)
                return RuntimeStatus(True, None, True, None)
            answer = await asyncio.to_thread(_get, f"{self._host}/api/version", None)
        except (OSError, ValueError) as error:
            mend = "check the setting openaiCompatibleUrl" if base is not None else "set OLLAMA_HOST"
            why_not = f"No server answers at {base or self._host}: {_reason(error)}. Start it, or {mend}."
            return RuntimeStatus(False, None, False, why_not)
        version = answer.get("version") if isinstance(answer, dict) else None
        return RuntimeStatus(True, str(version) if version else None, True, None)

    async def models(self) -> Sequence[FoundModel]:
        """The models that the server has; empty where none answers."""
        try:
            if self._compatible_url is not None:
                answer = await asyncio.to_thread(_get, f"{self._compatible_url}/models", self._key)
                return [FoundModel(str(item["id"]), str(item["id"])) for item in answer["data"]]
            answer = await asyncio.to_thread(_get, f"{self._host}/api/tags", None)
            return [_found(item) for item in answer["models"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return ()

    async def close(self) -> None:
        """Closes the clients."""
        await self._clients.close()

    @property
    def _compatible_url(self) -> str | None:
        url = self._options().openai_compatible_url
        return url.rstrip("/") if url else None

    @property
    def _key(self) -> str | None:
        return self._environment.get("OPENAI_API_KEY") or None

    @property
    def _host(self) -> str:
        host = (self._environment.get("OLLAMA_HOST") or DEFAULT_HOST).rstrip("/")
        return host if "://" in host else f"http://{host}"

    def _credential(self, options: Options) -> Credential:
        if options.openai_compatible_url:
            return Credential(self._key or "none", options.openai_compatible_url)
        return Credential("ollama", f"{self._host}/v1")


def _found(item: dict[str, Any]) -> FoundModel:
    """A model of the server's list; newer servers tell what it can take."""
    window = (item.get("details") or {}).get("context_length")
    return FoundModel(
        str(item["name"]), str(item["name"]), window if isinstance(window, int) else None, item.get("size")
    )


def _get(url: str, key: str | None) -> Any:
    """The decoded JSON at a URL. Raises OSError or ValueError."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  (the person's own server)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=PROBE_TIMEOUT_S) as response:
        return json.load(response)


def _reason(error: Exception) -> str:
    """Why a server could not be asked, in the system's words."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror[:1].lower() + cause.strerror[1:]
    return "its answer cannot be read" if isinstance(cause, ValueError) else str(cause)
