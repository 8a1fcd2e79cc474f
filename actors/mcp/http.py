"""The HTTP client for servers at an address: with their headers, and with a bound on what they send."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

from actors.errors import ServerFailedError
from actors.mcp.config import Address

MAX_ANSWER_SIZE = 16 * 1024 * 1024
"""Bytes of one JSON answer or one event."""

CONNECT_TIMEOUT_S = 10.0


def http_client(address: Address) -> httpx2.AsyncClient:
    """A client for one server. How long an answer takes is for the call to bound."""
    return httpx2.AsyncClient(
        headers=dict(address.headers),
        timeout=httpx2.Timeout(CONNECT_TIMEOUT_S, read=None),
        event_hooks={"response": [_bound]},
    )


async def _bound(response: httpx2.Response) -> None:
    """Streams of events have a bound for each event; other answers get one here."""
    if not response.headers.get("content-type", "").startswith("text/event-stream"):
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _BoundedStream(response.stream)


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > MAX_ANSWER_SIZE:
                raise ServerFailedError(f"It sent an answer of more than {MAX_ANSWER_SIZE:,} bytes.")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
