"""What the chat completions endpoint refuses: parameters, tools, and tool calls without their answers."""

from __future__ import annotations

from typing import Any

from tests.fakes.errors import InvalidRequestError
from tests.fakes.openai_rules import check_function, check_sampling, missing, one_of

KNOWN = frozenset(
    """audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages
    metadata modalities model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key
    prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier
    stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity
    web_search_options""".split()  # noqa: SIM905
)
_ROLES = ("system", "developer", "user", "assistant", "tool", "function")


def check_chat(body: dict[str, Any], *, refuses_unknown: bool = True) -> None:
    """Raises InvalidRequestError for a request that the endpoint does not take."""
    for name in body:
        if refuses_unknown and name not in KNOWN:
            raise InvalidRequestError(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")
    for name in ("model", "messages"):
        if name not in body:
            raise missing(name)
    if not body["messages"]:
        raise InvalidRequestError(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            param="messages",
            code="empty_array",
        )
    check_sampling(body, body.get("reasoning_effort"), "reasoning_effort")
    for index, tool in enumerate(body.get("tools") or ()):
        if tool.get("type") == "function":
            if not isinstance(tool.get("function"), dict):
                raise missing(f"tools[{index}].function")
            check_function(tool["function"], f"tools[{index}].function")
    _check_messages(body["messages"])


def _check_messages(messages: list[dict[str, Any]]) -> None:
    unanswered: list[str] = []
    for index, message in enumerate(messages):
        role = message.get("role")
        one_of(role, _ROLES, f"messages[{index}].role")
        if role == "tool":
            if message.get("tool_call_id") is None:
                raise missing(f"messages[{index}].tool_call_id")
            if message["tool_call_id"] not in unanswered:
                raise InvalidRequestError(
                    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with"
                    " 'tool_calls'.",
                    param=f"messages.[{index}].role",
                )
            unanswered.remove(message["tool_call_id"])
            continue
        if unanswered:
            break
        calls = message.get("tool_calls") or []
        for place, call in enumerate(calls):
            _check_call(call, f"messages[{index}].tool_calls[{place}]")
        unanswered = [call["id"] for call in calls]
        if message.get("content") is None and not calls and not message.get("refusal"):
            raise InvalidRequestError(
                f"Invalid value for 'content': expected a string, got null. (messages[{index}])",
                param=f"messages.[{index}].content",
            )
    if unanswered:
        raise InvalidRequestError(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
            f" 'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(unanswered)}",
            param="messages",
        )


def _check_call(call: dict[str, Any], where: str) -> None:
    for name in ("id", "type", "function"):
        if call.get(name) is None:
            raise missing(f"{where}.{name}")
    for name in ("name", "arguments"):
        if not isinstance(call["function"].get(name), str):
            raise missing(f"{where}.function.{name}")
