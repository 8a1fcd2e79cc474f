"""What the Messages API refuses: parameters, tools and cache breakpoints."""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.anthropic_models import ClaudeModel
from tests.fakes.errors import InvalidRequestError

NAME = re.compile(r"^[a-zA-Z0-9_-]{1,128}$")
SAMPLING = frozenset({"temperature", "top_p", "top_k"})
OLD_VERSION = "2023-06-01"

COUNTED = frozenset(
    {
        "cache_control",
        "messages",
        "model",
        "output_config",
        "speed",
        "system",
        "thinking",
        "tool_choice",
        "tools",
    }
)
KNOWN = COUNTED | {
    "container",
    "diagnostics",
    "inference_geo",
    "max_tokens",
    "metadata",
    "service_tier",
    "stop_sequences",
    "stream",
}
_BETA = frozenset({"context_management", "mcp_servers"})


def check_parameters(body: dict[str, Any], version: str | None, *, is_count: bool, is_beta: bool) -> None:
    """Raises InvalidRequestError for a missing, unknown or mistyped parameter."""
    if version is None:
        raise InvalidRequestError("anthropic-version: header is required")
    known = COUNTED if is_count else KNOWN
    known |= (SAMPLING if version == OLD_VERSION else frozenset()) | (_BETA if is_beta else frozenset())
    for name in body:
        if name not in known:
            raise InvalidRequestError(f"{name}: Extra inputs are not permitted")
    for name in ("model", "messages", *(() if is_count else ("max_tokens",))):
        if name not in body:
            raise InvalidRequestError(f"{name}: Field required")
    if not isinstance(body["model"], str):
        raise InvalidRequestError("model: Input should be a valid string")
    if not isinstance(body["messages"], list):
        raise InvalidRequestError("messages: Input should be a valid list")
    if not body["messages"]:
        raise InvalidRequestError("messages: at least one message is required")


def check_system(body: dict[str, Any]) -> None:
    """Raises InvalidRequestError for a system prompt with an empty block."""
    system = body.get("system")
    for block in system if isinstance(system, list) else ():
        if not block.get("text"):
            raise InvalidRequestError("system: text content blocks must be non-empty")


def check_generation(body: dict[str, Any], model: ClaudeModel) -> None:
    """Raises InvalidRequestError where `max_tokens`, `thinking` or the last message do not suit the model."""
    max_tokens = body["max_tokens"]
    if not isinstance(max_tokens, int) or max_tokens < 0:
        raise InvalidRequestError("max_tokens: Input should be a valid integer, greater than or equal to 0")
    if max_tokens > model.max_tokens:
        raise InvalidRequestError(
            f"max_tokens: {max_tokens} > {model.max_tokens}, which is the maximum allowed number of output tokens"
            f" for {model.id}"
        )
    _check_thinking(body, model)
    last = body["messages"][-1]
    content = last.get("content")
    ends_in_text = isinstance(content, str) or (bool(content) and content[-1].get("type") == "text")
    if last.get("role") == "assistant" and ends_in_text and not model.takes_prefill:
        raise InvalidRequestError(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )


def check_tools(body: dict[str, Any]) -> None:
    """Raises InvalidRequestError for a tool definition or a tool choice that cannot be."""
    names: set[str] = set()
    for index, tool in enumerate(body.get("tools") or ()):
        if tool.get("type", "custom") not in {"custom", None}:
            continue
        where = f"tools.{index}.custom"
        if not NAME.match(str(tool.get("name", ""))):
            raise InvalidRequestError(f"{where}.name: String should match pattern '{NAME.pattern}'")
        schema = tool.get("input_schema")
        if not isinstance(schema, dict) or "type" not in schema:
            raise InvalidRequestError(f"{where}.input_schema.type: Field required")
        if schema["type"] != "object":
            raise InvalidRequestError(f"{where}.input_schema.type: Input should be 'object'")
        if schema.keys() & {"oneOf", "allOf", "anyOf"}:
            raise InvalidRequestError(
                f"{where}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"
            )
        if tool["name"] in names:
            raise InvalidRequestError("tools: Tool names must be unique.")
        names.add(tool["name"])
    choice = body.get("tool_choice")
    if choice is not None and not body.get("tools"):
        raise InvalidRequestError("tool_choice: may only be specified while providing tools")
    if choice is not None and choice.get("type") == "tool" and choice.get("name") not in names:
        raise InvalidRequestError(f"tool_choice: Tool '{choice.get('name')}' not found in provided tools")


def check_cache_control(body: dict[str, Any]) -> None:
    """Raises InvalidRequestError for a malformed cache breakpoint, or for more than four."""
    marks = list(_cache_marks(body))
    for mark in marks:
        if mark.get("type") != "ephemeral" or mark.get("ttl", "5m") not in {"5m", "1h"}:
            raise InvalidRequestError(
                "cache_control: Input should have type 'ephemeral' and ttl '5m' or '1h'"
            )
    if len(marks) > 4:
        raise InvalidRequestError(
            f"A maximum of 4 blocks with cache_control may be provided. Found {len(marks)}."
        )


def _cache_marks(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [mark for item in value for mark in _cache_marks(item)]
    if not isinstance(value, dict):
        return []
    own = [value["cache_control"]] if value.get("cache_control") else []
    # What a tool call or a schema holds is the client's data, however its keys are called.
    nested = (value.get(name) for name in ("tools", "system", "messages", "content"))
    return own + [mark for item in nested for mark in _cache_marks(item)]


def _check_thinking(body: dict[str, Any], model: ClaudeModel) -> None:
    thinking = body.get("thinking")
    if thinking is None:
        return
    kind = thinking.get("type")
    if kind == "enabled" and "enabled" not in model.thinking_types:
        raise InvalidRequestError(
            '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and'
            ' "output_config.effort" to control thinking behavior.'
        )
    if kind not in model.thinking_types:
        raise InvalidRequestError(f'"thinking.type.{kind}" is not supported for this model.')
    if kind == "enabled":
        budget = thinking.get("budget_tokens")
        if not isinstance(budget, int) or budget < 1024:
            raise InvalidRequestError(
                "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"
            )
        if budget >= body["max_tokens"]:
            raise InvalidRequestError("`max_tokens` must be greater than `thinking.budget_tokens`.")
    forces = (body.get("tool_choice") or {}).get("type") in {"any", "tool"}
    if kind != "disabled" and forces:
        raise InvalidRequestError("Thinking may not be enabled when tool_choice forces tool use.")
