"""The models that people can choose: one table of short names, and the rules which runtime takes which id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from actors.options import Options

Tier = Literal["Fast", "Balanced", "Best"]
RuntimeId = Literal["claude-code", "openai-codex-app-server", "ollama", "offline"]

RUNTIME_IDS: tuple[RuntimeId, ...] = ("claude-code", "openai-codex-app-server", "ollama", "offline")
PROVIDERS: Mapping[str, str] = {
    "claude-code": "anthropic",
    "openai-codex-app-server": "openai",
    "ollama": "ollama",
    "offline": "offline",
}
LABELS: Mapping[str, str] = {
    "claude-code": "Claude",
    "openai-codex-app-server": "OpenAI",
    "ollama": "Ollama",
    "offline": "Offline tools, not a language model",
}


class Model(msgspec.Struct, frozen=True):
    """A model in the picker.

    Attributes:
        id: the id in the API.
        real_id: the provider's id.
        context_window: in tokens, if known.
    """

    id: str
    real_id: str
    label: str
    runtime_id: RuntimeId
    tier: Tier
    cost_label: str
    context_window: int | None = None
    is_available: bool = False


CATALOGUE: tuple[Model, ...] = (
    # The ids on the right are those of the anthropic SDK 2.12 and the openai SDK 3.54 (`types/model_param.py`,
    # `types/shared/chat_model.py`); gpt-5.3-codex is named by the API's reference. Context windows:
    # https://platform.claude.com/docs/en/about-claude/models/overview.
    Model("haiku", "claude-haiku-5-5", "Haiku", "claude-code", "Fast", "$", 1_000_000),
    Model("sonnet", "claude-sonnet-5-5", "Sonnet", "claude-code", "Balanced", "$$", 1_000_000),
    Model("opus", "claude-opus-5-5", "Opus", "claude-code", "Best", "$$$", 1_000_000),
    Model("gpt-5.4-mini", "gpt-5.4-mini", "GPT-5.4 Mini", "openai-codex-app-server", "Fast", "$", 400_000),
    Model(
        "gpt-5.3-codex", "gpt-5.3-codex", "Codex 5.3", "openai-codex-app-server", "Balanced", "$$", 400_000
    ),
    Model("gpt-5.4", "gpt-5.4", "GPT-5.4", "openai-codex-app-server", "Best", "$$$", 1_050_000),
)
OFFLINE = Model(
    "offline",
    "offline",
    "Offline tools, not a language model",
    "offline",
    "Fast",
    "Free",
    is_available=True,
)
DEFAULT_MODELS: Mapping[str, str] = {"claude-code": "sonnet", "openai-codex-app-server": "gpt-5.4"}
OLLAMA_PREFIX = "ollama:"

_ACCEPTED: Mapping[str, re.Pattern[str]] = {
    "claude-code": re.compile(r"claude-[\w.:@-]{1,100}"),
    "openai-codex-app-server": re.compile(r"(gpt-|o\d|codex-|chatgpt-|computer-use-)[\w.:-]{0,100}"),
    "ollama": re.compile(r"ollama:[\w./:@-]{1,200}"),
    "offline": re.compile(r"offline"),
}


def accepts(runtime_id: str, model_id: str) -> bool:
    """Whether a runtime takes a model id: one of the table, or one of its provider's form."""
    if any(model.id == model_id and model.runtime_id == runtime_id for model in CATALOGUE):
        return True
    return _ACCEPTED[runtime_id].fullmatch(model_id) is not None


def real_model_id(runtime_id: str, model_id: str | None, options: Options) -> str | None:
    """The provider's id for a conversation's model; None where the runtime has no default."""
    chosen = model_id or options.default_models.get(runtime_id) or DEFAULT_MODELS.get(runtime_id)
    if chosen is None:
        return None
    if chosen in options.model_ids:
        return options.model_ids[chosen]
    for model in CATALOGUE:
        if model.id == chosen:
            return model.real_id
    return chosen.removeprefix(OLLAMA_PREFIX)
