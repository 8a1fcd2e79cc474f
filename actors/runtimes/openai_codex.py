"""The `openai-codex-app-server` runtime: OpenAI's Responses API, streamed with the openai SDK's async client."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from typing import TYPE_CHECKING, ClassVar

from actors.agent import AgentTurn
from actors.credentials import Credentials
from actors.errors import TurnError
from actors.models import real_model_id
from actors.runtimes.base import FoundModel, Provider, Runtime, RuntimeStatus, Step, ToolSchema
from actors.runtimes.openai_sdk import OpenAIClients
from actors.runtimes.responses_format import Gathered, request_body

if TYPE_CHECKING:
    import openai

PROVIDER = "OpenAI"
CHAT_PREFIXES = ("gpt-", "o1", "o3", "o4", "codex", "chatgpt")
OTHER_USES = ("audio", "realtime", "image", "tts", "transcribe", "embedding", "moderation", "search")


class OpenAICodex(Runtime):
    """OpenAI's models."""

    id: ClassVar[str] = "openai-codex-app-server"
    label: ClassVar[str] = "OpenAI"
    provider: ClassVar[Provider] = "openai"

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._clients = OpenAIClients(PROVIDER, "Check OPENAI_API_KEY, or run `stagent connect openai`.")
        self._without_reasoning: set[str] = set()

    async def step(self, turn: AgentTurn, tools: Sequence[ToolSchema]) -> Step:
        """Streams one response."""
        credential = await self._credentials.get("openai")
        if credential is None:
            remedy = self._credentials.remedy("openai")
            raise TurnError(f"{PROVIDER} is not connected. {remedy}", "not_connected")
        model_id = real_model_id(self.id, turn.request.conversation.model_id, turn.request.options)
        assert model_id is not None
        client = self._clients.get(credential, turn.request.options.silence_timeout_s)
        turn.status_soon("thinking", f"Waiting for {model_id}")
        try:
            gathered = await self._ask(client, turn, model_id, tools)
        except TurnError as error:
            if error.code != "provider_refused" or "reasoning" not in str(error):
                raise
            self._without_reasoning.add(model_id)
            gathered = await self._ask(client, turn, model_id, tools)
        if not gathered.has_ended:
            raise self._clients.cut()
        return Step(tuple(gathered.blocks), gathered.stop_reason, gathered.usage, gathered.answered_by)

    async def status(self) -> RuntimeStatus:
        """Whether there is a key. It is not tried."""
        credential = await self._credentials.get("openai")
        why_not = None if credential else self._credentials.remedy("openai")
        return RuntimeStatus(True, metadata.version("openai"), credential is not None, why_not)

    async def models(self) -> Sequence[FoundModel]:
        """The models for conversations that the key opens."""
        credential = await self._credentials.get("openai")
        if credential is None:
            return ()
        client = self._clients.get(credential, 30.0)
        return [
            FoundModel(model.id, model.id)
            async for model in client.models.list()
            if model.id.startswith(CHAT_PREFIXES) and not any(use in model.id for use in OTHER_USES)
        ]

    async def _ask(
        self, client: openai.AsyncOpenAI, turn: AgentTurn, model_id: str, tools: Sequence[ToolSchema]
    ) -> Gathered:
        reasons = model_id not in self._without_reasoning
        body = request_body(turn, model_id, tools, reasons=reasons)
        gathered = Gathered(turn, model_id)
        await self._clients.stream(turn, lambda: client.responses.create(**body), gathered.take)
        return gathered

    async def close(self) -> None:
        """Closes the clients."""
        await self._clients.close()
