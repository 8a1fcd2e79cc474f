"""How the tests of the fakes ask: plain requests, with whatever a test adds to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

HELLO: dict[str, Any] = {"role": "user", "content": "Hello"}


async def drain(stream: AsyncIterator[Any]) -> list[Any]:
    """Everything that a stream yields."""
    return [event async for event in stream]


async def ask_claude(client: Any, **more: Any) -> list[Any]:
    """The raw events of a streamed message."""
    request = {"model": "claude-opus-5-5", "max_tokens": 500, "messages": [HELLO], "stream": True}
    return await drain(await client.messages.create(**{**request, **more}))


async def get_claude(client: Any, **more: Any) -> Any:
    """A whole message."""
    request = {"model": "claude-opus-5-5", "max_tokens": 500, "messages": [HELLO]}
    return await client.messages.create(**{**request, **more})


async def ask_gpt(client: Any, **more: Any) -> list[Any]:
    """The events of a streamed response."""
    request = {"model": "gpt-6.1-terra", "input": "Hello", "stream": True}
    return await drain(await client.responses.create(**{**request, **more}))


async def get_gpt(client: Any, **more: Any) -> Any:
    """A whole response."""
    return await client.responses.create(**{"model": "gpt-6.1-terra", "input": "Hello", **more})


async def ask_chat(client: Any, **more: Any) -> list[Any]:
    """The chunks of a streamed chat completion."""
    request = {"model": "gpt-6.1-terra", "messages": [HELLO], "stream": True}
    return await drain(await client.chat.completions.create(**{**request, **more}))


async def get_chat(client: Any, **more: Any) -> Any:
    """A whole chat completion."""
    return await client.chat.completions.create(**{"model": "gpt-6.1-terra", "messages": [HELLO], **more})
