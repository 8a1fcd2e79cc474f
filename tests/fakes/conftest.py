"""The fakes, and the real SDKs' clients for them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI

from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.fixtures import anthropic_api, ollama_api, openai_api
from tests.fakes.ollama_api import FakeOllama
from tests.fakes.openai_api import FakeOpenAI

__all__ = ["anthropic_api", "ollama_api", "openai_api"]


@pytest.fixture
def anyio_backend() -> str:
    """The SDKs run on asyncio here."""
    return "asyncio"


@pytest.fixture
async def claude(anthropic_api: FakeAnthropic) -> AsyncIterator[AsyncAnthropic]:
    """A client of the Anthropic fake."""
    async with AsyncAnthropic(base_url=anthropic_api.base_url, api_key="test", max_retries=0) as client:
        yield client


@pytest.fixture
async def gpt(openai_api: FakeOpenAI) -> AsyncIterator[AsyncOpenAI]:
    """A client of the OpenAI fake."""
    async with AsyncOpenAI(base_url=openai_api.base_url, api_key="test", max_retries=0) as client:
        yield client


@pytest.fixture
async def llama(ollama_api: FakeOllama) -> AsyncIterator[AsyncOpenAI]:
    """A client of the Ollama fake."""
    async with AsyncOpenAI(base_url=ollama_api.base_url, api_key="ollama", max_retries=0) as client:
        yield client
