"""The one place that imports the openai SDK: its clients, and what its errors mean."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from actors.agent import AgentTurn
from actors.credentials import Credential
from actors.errors import TurnError
from actors.lasting import lasting_import
from actors.runtimes.failures import (
    CUT_MESSAGE,
    GARBLED_MESSAGE,
    SILENT_MESSAGE,
    BusyError,
    from_status,
    unreachable,
    with_retries,
)
from actors.runtimes.overflow import is_overflow, overflow
from actors.runtimes.said import its_words

if TYPE_CHECKING:
    import openai

CONNECT_TIMEOUT_S = 10.0


class OpenAIClients:
    """Clients of servers that speak OpenAI's APIs, one for each credential.

    Args:
        provider: the provider's name for people.
        remedy: how a person gives a valid credential.
    """

    def __init__(self, provider: str, remedy: str) -> None:
        self._provider = provider
        self._remedy = remedy
        self._clients: dict[tuple[Credential, float], openai.AsyncOpenAI] = {}

    def get(self, credential: Credential, silence_timeout_s: float) -> openai.AsyncOpenAI:
        """The client for a credential; imports the SDK."""
        key = (credential, silence_timeout_s)
        if key not in self._clients:
            with lasting_import():
                import httpx2  # noqa: PLC0415
                import openai  # noqa: PLC0415  (costs 0.4 s and 30 MB: only who uses it pays)

            self._clients[key] = openai.AsyncOpenAI(
                api_key=credential.key,
                base_url=credential.base_url,
                max_retries=0,  # ours show the wait
                timeout=httpx2.Timeout(silence_timeout_s, connect=CONNECT_TIMEOUT_S),
                # A conversation goes to the address that the person chose, and to no other. Over aiohttp, whose
                # parser is in C, a delta costs half as much as over httpcore.
                http_client=openai.DefaultAioHttpClient(follow_redirects=False),
            )
        return self._clients[key]

    async def stream(
        self,
        turn: AgentTurn,
        open_stream: Callable[[], Awaitable[openai.AsyncStream[Any]]],
        take: Callable[[Any], None],
    ) -> None:
        """Opens a stream, again where the provider is busy, and hands on its events.

        Raises:
            TurnError: it cannot be opened, or it broke off.
        """

        async def attempt() -> openai.AsyncStream[Any]:
            try:
                return await open_stream()
            except Exception as error:
                failure = self._explain(error, turn)
                if failure is None:
                    raise
                raise failure from error

        stream = await with_retries(turn, attempt)
        try:
            async for event in stream:
                take(event)
        except Exception as error:
            failure = self._explain(error, turn, is_open=True)
            if failure is None:
                raise
            raise (failure.failure if isinstance(failure, BusyError) else failure) from error
        finally:
            await stream.close()

    def cut(self) -> TurnError:
        """The error for a stream that ended before its end."""
        return TurnError(CUT_MESSAGE.format(provider=self._provider), "stream_cut")

    async def close(self) -> None:
        """Closes all clients."""
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    def _explain(
        self, error: Exception, turn: AgentTurn, *, is_open: bool = False
    ) -> TurnError | BusyError | None:
        """The error of the SDK in words, or None where it is not one of the provider's."""
        import httpx2  # noqa: PLC0415
        import openai  # noqa: PLC0415

        match error:
            case TurnError():
                return error
            case openai.APIStatusError():
                said = _said(error.body)
                return from_status(
                    error.status_code,
                    said,
                    error.response.headers,
                    self._provider,
                    self._remedy,
                    error.code or error.type,
                )
            # Over aiohttp, the SDK says of every failed connection that it timed out.
            case openai.APITimeoutError() | httpx2.ReadTimeout() if not isinstance(
                error.__cause__, httpx2.ConnectTimeout
            ):
                seconds = turn.request.options.silence_timeout_s
                return TurnError(
                    SILENT_MESSAGE.format(provider=self._provider, seconds=seconds), "provider_silent"
                )
            case openai.APIConnectionError() if not is_open:
                return unreachable(self._provider, str(error.request.url), str(error.__cause__ or error))
            case openai.APIConnectionError() | httpx2.HTTPError():
                return self.cut()
            case openai.APIResponseValidationError() | json.JSONDecodeError() | UnicodeDecodeError():
                return TurnError(GARBLED_MESSAGE.format(provider=self._provider), "provider_garbled")
            case openai.APIError():  # an error event in the stream
                said = error.message or _said(error.body)
                if is_overflow(said, error.code):
                    return overflow(self._provider, said)
                return TurnError(f"{self._provider} broke off.{its_words(said)}", "provider_error")
        return None


def _said(body: object) -> str:
    """The provider's own words in an error's body."""
    if isinstance(body, dict):
        inner = body.get("error", body)
        if isinstance(inner, dict):
            return str(inner.get("message") or "")
        return str(inner or "")
    return ""
