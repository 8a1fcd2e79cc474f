"""The models that the fake Messages API lists, and what each of them accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ClaudeModel:
    """One model.

    Attributes:
        id: what requests name.
        display_name: for people.
        created_at: when it came out, RFC 3339.
        line: the family within the provider's models.
        max_input_tokens: the context window.
        max_tokens: the most that `max_tokens` may ask for.
        lifecycle: `retired` models are listed only on request.
        deprecated_at: RFC 3339, None while active.
        retires_at: RFC 3339, None while none is planned.
        thinking_types: the values of `thinking.type` that it accepts.
        thinks_unasked: thinking is on where the request says nothing of it, and its text is omitted unless
            `display` asks for it; older models think only when asked, and show it.
        takes_prefill: the last message may be the start of the answer.
    """

    id: str
    display_name: str
    created_at: str
    line: Literal["haiku", "sonnet", "opus"]
    max_input_tokens: int = 1_000_000
    max_tokens: int = 128_000
    lifecycle: Literal["active", "deprecated", "retired"] = "active"
    deprecated_at: str | None = None
    retires_at: str | None = None
    thinking_types: frozenset[str] = frozenset({"adaptive", "disabled"})
    thinks_unasked: bool = True
    takes_prefill: bool = False

    def goes_by(self, name: str) -> bool:
        """The name is its id, or the id without the date."""
        return self.id == name or self.id.startswith(f"{name}-20")

    def info(self) -> dict[str, Any]:
        """The model as `GET /v1/models` describes it."""

        def can(supported: bool) -> dict[str, bool]:
            return {"supported": supported}

        has_effort = "adaptive" in self.thinking_types
        kinds = ("adaptive", "between_tools", "disabled", "enabled")
        levels = ("low", "medium", "high", "xhigh", "max")
        return {
            "type": "model",
            "id": self.id,
            "display_name": self.display_name,
            "created_at": self.created_at,
            "line": self.line,
            "lifecycle": self.lifecycle,
            "deprecated_at": self.deprecated_at,
            "retires_at": self.retires_at,
            "max_input_tokens": self.max_input_tokens,
            "max_tokens": self.max_tokens,
            "capabilities": {
                **{
                    name: can(True)
                    for name in (
                        "batch",
                        "citations",
                        "code_execution",
                        "image_input",
                        "pdf_input",
                        "structured_outputs",
                    )
                },
                "context_management": {
                    "supported": True,
                    "clear_thinking_20251015": can(True),
                    "clear_tool_uses_20250919": can(True),
                    "compact_20260112": can(has_effort),
                },
                "effort": {"supported": has_effort, **{level: can(has_effort) for level in levels}},
                "server_tools": {"supported": True, "code_execution": can(True), "web_search": can(True)},
                "thinking": {
                    "supported": True,
                    "types": {kind: can(kind in self.thinking_types) for kind in kinds},
                },
            },
        }


CLAUDE_MODELS = (
    ClaudeModel("claude-opus-5-5", "Claude Opus 5.5", "2026-10-01T00:00:00Z", "opus"),
    ClaudeModel("claude-sonnet-5-5", "Claude Sonnet 5.5", "2026-09-01T00:00:00Z", "sonnet"),
    ClaudeModel("claude-haiku-5-5", "Claude Haiku 5.5", "2026-08-01T00:00:00Z", "haiku", 200_000, 64_000),
    ClaudeModel(
        "claude-sonnet-4-6",
        "Claude Sonnet 4.6",
        "2026-02-17T00:00:00Z",
        "sonnet",
        thinking_types=frozenset({"adaptive", "disabled", "enabled"}),
        thinks_unasked=False,
    ),
    ClaudeModel(
        "claude-haiku-4-5-20251001",
        "Claude Haiku 4.5",
        "2025-10-01T00:00:00Z",
        "haiku",
        200_000,
        64_000,
        lifecycle="deprecated",
        deprecated_at="2026-10-01T00:00:00Z",
        retires_at="2027-04-01T00:00:00Z",
        thinking_types=frozenset({"disabled", "enabled"}),
        thinks_unasked=False,
        takes_prefill=True,
    ),
    ClaudeModel(
        "claude-3-7-sonnet-20250219",
        "Claude Sonnet 3.7",
        "2025-02-19T00:00:00Z",
        "sonnet",
        200_000,
        64_000,
        lifecycle="retired",
        deprecated_at="2025-10-28T00:00:00Z",
        retires_at="2026-02-19T00:00:00Z",
        thinking_types=frozenset({"disabled", "enabled"}),
        thinks_unasked=False,
        takes_prefill=True,
    ),
)


def find_model(models: tuple[ClaudeModel, ...], name: str) -> ClaudeModel:
    """The model of that id or undated alias; one that is not listed counts as the newest."""
    return next((model for model in models if model.goes_by(name)), CLAUDE_MODELS[0])
