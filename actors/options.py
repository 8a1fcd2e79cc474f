"""The settings that actors and agents go by: one frozen value, handed down at start and when it changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from storage.paths import DataDir

if TYPE_CHECKING:
    from actors.mcp.config import ServerEntry
    from actors.pricing import Price


class Options(msgspec.Struct, frozen=True):
    """Settings of the agents.

    Attributes:
        data_dir: where conversations without a project get their folders.
        permission_timeout_s: how long a request waits for a person; 0 for ever.
        model_ids: real model ids by short ones, over the built-in table.
        default_models: the model of a conversation that names none, by runtime id.
        openai_compatible_url: base URL of a server that takes Ollama's place.
        max_output_tokens: how long one answer of a model may be.
        max_steps: how many answers of a model one turn may take.
        silence_timeout_s: how long a model's stream may stay silent.
        max_retries: how often a busy provider is asked again.
        system_tokens: how much of the context identity and rules may take.
        project_tokens: how much of it the project and the instruction files may take.
        mention_tokens: how much of it the mentions of one message may take.
        context_windows: tokens that a model can take, by its id, over what is known of it.
        idle_timeout_s: how long an idle conversation keeps its actor.
        daily_budget_usd: what may be spent in a day; None for no limit.
        monthly_budget_usd: what may be spent in a month; None for no limit.
        prices: prices by model id, over the built-in table.
        mcp_servers: MCP servers of the person, by name.
        mcp_start_timeout_s: how long a turn, or a call, waits for a server that starts.
        mcp_call_timeout_s: how long a server may take for a call; 0 for ever.
        mcp_idle_s: how long a server runs without being needed; 0 for ever.
    """

    data_dir: DataDir
    permission_timeout_s: float = 600.0
    model_ids: Mapping[str, str] = msgspec.field(default_factory=dict)
    default_models: Mapping[str, str] = msgspec.field(default_factory=dict)
    openai_compatible_url: str | None = None
    max_output_tokens: int = 32_000
    max_steps: int = 200
    silence_timeout_s: float = 300.0
    max_retries: int = 6
    idle_timeout_s: float = 60.0
    daily_budget_usd: float | None = None
    monthly_budget_usd: float | None = None
    prices: Mapping[str, Price] = msgspec.field(default_factory=dict)
    mcp_servers: Mapping[str, ServerEntry] = msgspec.field(default_factory=dict)
    mcp_start_timeout_s: float = 5.0
    mcp_call_timeout_s: float = 300.0
    mcp_idle_s: float = 600.0
    system_tokens: int = 1_500
    project_tokens: int = 5_000
    mention_tokens: int = 8_000
    context_windows: Mapping[str, int] = msgspec.field(default_factory=dict)
