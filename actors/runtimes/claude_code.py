"""The `claude-code` runtime: Anthropic's Messages API, streamed with the anthropic SDK's async client."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from actors.agent import AgentTurn
from actors.credentials import Credential, Credentials
from actors.errors import TurnError
from actors.lasting import lasting_import
from actors.models import real_model_id
from actors.runtimes.base import FoundModel, Provider, Runtime, RuntimeStatus, Step, ToolSchema
from actors.runtimes.event_reader import data_of
from actors.runtimes.failures import (
    CUT_MESSAGE,
    GARBLED_MESSAGE,
    SILENT_MESSAGE,
    BusyError,
    from_status,
    unreachable,
    with_retries,
)
from actors.runtimes.messages_events import BrokenOffError, decoded
from actors.runtimes.messages_format import Gathered, request_body

if TYPE_CHECKING:
    import anthropic

PROVIDER = "Anthropic"
CONNECT_TIMEOUT_S = 10.0
THINKING_BUDGET = 8_000
THINKING_FORMS: tuple[dict[str, Any] | None, ...] = (
    {"type": "adaptive", "display": "summarized"},
    {"type": "enabled", "budget_tokens": THINKING_BUDGET},
    None,
)
"""From what the newest models take to what every model takes; a refusal leads to the next."""


class ClaudeCode(Runtime):
    """Anthropic's models."""

    id: ClassVar[str] = "claude-code"
    label: ClassVar[str] = "Claude"
    provider: ClassVar[Provider] = "anthropic"

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._clients: dict[tuple[Credential, float], anthropic.AsyncAnthropic] = {}
        self._thinking: dict[str, int] = {}

    async def step(self, turn: AgentTurn, tools: Sequence[ToolSchema]) -> Step:
        """Streams one message."""
        client = await self._client(turn.request.options.silence_timeout_s)
        model_id = real_model_id(self.id, turn.request.conversation.model_id, turn.request.options)
        assert model_id is not None, "the table has a default"
        turn.status_soon("thinking", f"Waiting for {model_id}")
        stream = await with_retries(turn, lambda: self._open(client, turn, model_id, tools))
        gathered = Gathered(turn, model_id)
        try:
            # The SDK makes objects of each event, which costs more than all the rest.
            async for data in data_of(stream.response.aiter_bytes()):
                gathered.take(decoded(data))
        except Exception as error:
            failure = _explain(error, turn.request.options.silence_timeout_s)
            if failure is None:
                raise
            raise (failure.failure if isinstance(failure, BusyError) else failure) from error
        finally:
            await stream.close()
        if not gathered.has_ended:
            raise TurnError(CUT_MESSAGE.format(provider=PROVIDER), "stream_cut")
        if gathered.stop_reason == "refusal" and not gathered.blocks:
            raise TurnError(f"{PROVIDER} declined to answer this.", "refused")
        return Step(
            tuple(gathered.blocks),
            gathered.stop_reason,
            gathered.usage,
            gathered.answered_by,
            is_paused=gathered.stop_reason == "pause_turn",
        )

    async def status(self) -> RuntimeStatus:
        """Whether there is a key. It is not tried."""
        version = metadata.version("anthropic")
        credential = await self._credentials.get("anthropic")
        why_not = None if credential else self._credentials.remedy("anthropic")
        return RuntimeStatus(True, version, credential is not None, why_not)

    async def models(self) -> Sequence[FoundModel]:
        """The models that the key opens."""
        if await self._credentials.get("anthropic") is None:
            return ()
        client = await self._client(30.0)
        return [
            FoundModel(model.id, model.display_name, model.max_input_tokens)
            async for model in client.models.list(limit=100)
            if model.lifecycle != "retired"
        ]

    async def close(self) -> None:
        """Closes the clients."""
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    async def _client(self, silence_timeout_s: float) -> anthropic.AsyncAnthropic:
        credential = await self._credentials.get("anthropic")
        if credential is None:
            raise TurnError(
                f"{PROVIDER} is not connected. {self._credentials.remedy('anthropic')}", "not_connected"
            )
        key = (credential, silence_timeout_s)
        if key not in self._clients:
            with lasting_import():
                import anthropic  # noqa: PLC0415  (costs a second and 55 MB: only who uses it pays)
                import httpx2  # noqa: PLC0415

            self._clients[key] = anthropic.AsyncAnthropic(
                api_key=credential.key,
                base_url=credential.base_url,
                max_retries=0,  # ours show the wait
                timeout=httpx2.Timeout(silence_timeout_s, connect=CONNECT_TIMEOUT_S),
                # A conversation goes to the address that the person chose, and to no other. Over aiohttp, whose
                # parser is in C, a delta costs half as much as over httpcore.
                http_client=anthropic.DefaultAioHttpClient(follow_redirects=False),
            )
        return self._clients[key]

    async def _open(
        self,
        client: anthropic.AsyncAnthropic,
        turn: AgentTurn,
        model_id: str,
        tools: Sequence[ToolSchema],
    ) -> anthropic.AsyncStream[anthropic.types.RawMessageStreamEvent]:
        """Sends the request. Raises BusyError where it is worth asking again, else TurnError."""
        while True:
            form = self._thinking.get(model_id, 0)
            try:
                stream: anthropic.AsyncStream[
                    anthropic.types.RawMessageStreamEvent
                ] = await client.messages.create(**request_body(turn, model_id, tools, THINKING_FORMS[form]))
            except Exception as error:
                failure = _explain(error, turn.request.options.silence_timeout_s)
                if failure is None:
                    raise
                if (
                    getattr(error, "status_code", None) == 400
                    and "thinking" in str(failure)
                    and form + 1 < len(THINKING_FORMS)
                ):
                    self._thinking[model_id] = form + 1
                    continue
                raise failure from error
            return stream


def _explain(error: Exception, silence_timeout_s: float) -> TurnError | BusyError | None:
    """The error in words, or None where it is not one of the provider's."""
    import anthropic  # noqa: PLC0415
    import httpx2  # noqa: PLC0415

    match error:
        case BrokenOffError():
            # The status is that of an answer that has begun; what the provider says tells its kind.
            kinds = {"rate_limit_error": 429, "overloaded_error": 529, "api_error": 500}
            return _refused(kinds.get(str(error.said.get("type")), 500), error.said, {})
        case anthropic.APIStatusError():
            inner = error.body.get("error") if isinstance(error.body, dict) else None
            said = inner if isinstance(inner, dict) else {}
            return _refused(error.status_code, said, error.response.headers)
        case anthropic.APITimeoutError() | httpx2.ReadTimeout():
            silent = SILENT_MESSAGE.format(provider=PROVIDER, seconds=silence_timeout_s)
            return TurnError(silent, "provider_silent")
        case anthropic.APIConnectionError():
            return unreachable(PROVIDER, str(error.request.url), str(error.__cause__ or error))
        case httpx2.HTTPError():
            return TurnError(CUT_MESSAGE.format(provider=PROVIDER), "stream_cut")
        case (
            json.JSONDecodeError()
            | UnicodeDecodeError()
            | msgspec.ValidationError()
            | anthropic.APIResponseValidationError()
        ):
            return TurnError(GARBLED_MESSAGE.format(provider=PROVIDER), "provider_garbled")
    return None


def _refused(status: int, said: Mapping[str, Any], headers: Mapping[str, str]) -> TurnError | BusyError:
    """The error for a status, with the provider's own words."""
    remedy = "Check ANTHROPIC_API_KEY, or run `stagent connect anthropic`."
    return from_status(status, str(said.get("message", "")), headers, PROVIDER, remedy)
