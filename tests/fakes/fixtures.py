"""The fakes as pytest fixtures: started for one test, stopped after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.ollama_api import FakeOllama
from tests.fakes.openai_api import FakeOpenAI


@pytest.fixture
def anthropic_api() -> Iterator[FakeAnthropic]:
    """A running fake of Anthropic's API."""
    with FakeAnthropic() as fake:
        yield fake


@pytest.fixture
def openai_api() -> Iterator[FakeOpenAI]:
    """A running fake of OpenAI's API."""
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
def ollama_api() -> Iterator[FakeOllama]:
    """A running fake of an Ollama server."""
    with FakeOllama() as fake:
        yield fake
