"""Models, runtimes, prompts to start with, search."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from daemon.schemas.base import Schema, SearchText, Timestamp
from daemon.schemas.mcp import McpServerState


class Model(Schema, frozen=True, kw_only=True):
    """A model in the picker."""

    id: str
    label: str
    provider: Literal["anthropic", "openai", "ollama", "offline"]
    tier: Literal["Fast", "Balanced", "Best"]
    cost_label: Literal["$", "$$", "$$$", "Free"]
    available: Annotated[bool, Meta(description="A credential or server for it exists.")]
    runtime_id: str
    context_window: int | None


class ModelQuery(Schema, frozen=True, kw_only=True):
    """Which models."""

    all: Annotated[bool, Meta(description="Also the offline tools.")] = False


class SuggestedPrompt(Schema, frozen=True, kw_only=True):
    """A prompt to start with."""

    label: Annotated[str, Meta(description="About 40 characters.")]
    prompt: str


class PromptCategory(Schema, frozen=True, kw_only=True):
    """Prompts of one kind."""

    id: str
    label: str
    icon: Annotated[str, Meta(description="Name of a Lucide icon.")]
    prompts: list[SuggestedPrompt]


class Runtime(Schema, frozen=True, kw_only=True):
    """A kind of agent."""

    id: str
    label: str
    provider: str
    installed: bool
    version: str | None
    signed_in: bool
    why_not: Annotated[str | None, Meta(description="What is missing and how to mend it.")]
    is_default: Annotated[bool, Meta(description="What a new conversation uses.")]
    mcp_servers: Annotated[list[McpServerState], Meta(description="The servers that bring it tools.")]


class RuntimeProbe(Schema, frozen=True, kw_only=True):
    """What came of asking a provider for the list of its models."""

    id: str
    label: str
    signed_in: Annotated[bool, Meta(description="A credential or server for it exists.")]
    answer_ms: Annotated[int, Meta(description="How long it took, in milliseconds.")]
    models: Annotated[int | None, Meta(description="How many it lists; null where it did not answer.")]
    problem: Annotated[str | None, Meta(description="What is missing or went wrong, and how to mend it.")]


class SearchQuery(Schema, frozen=True, kw_only=True):
    """A full-text search."""

    q: SearchText
    limit: Annotated[int, Meta(ge=1, le=200)] = 20


class SearchHit(Schema, frozen=True, kw_only=True):
    """A message that was found."""

    conversation_id: str
    message_id: str
    title: str | None
    snippet: Annotated[str, Meta(description="HTML text with `<mark>` around the matches.")]
    created_at: Timestamp
