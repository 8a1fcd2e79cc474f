"""What the Responses API refuses: parameters, tools, and input items that do not belong together."""

from __future__ import annotations

from typing import Any

from tests.fakes.errors import InvalidRequestError
from tests.fakes.openai_rules import check_function, check_sampling, missing, one_of
from tests.fakes.responses_wire import GivenItems

KNOWN = frozenset(
    """access_programs background background_options context_management conversation image include input instructions
    max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt
    prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream
    stream_options temperature text tool_choice tools top_logprobs top_p truncation user""".split()  # noqa: SIM905
)
_CALLS = (
    "apply_patch_call",
    "code_interpreter_call",
    "computer_call",
    "custom_tool_call",
    "file_search_call",
    "function_call",
    "image_generation_call",
    "local_shell_call",
    "mcp_call",
    "shell_call",
    "tool_search_call",
    "web_search_call",
)
_ITEMS = (
    *_CALLS,
    "additional_tools",
    "apply_patch_call_output",
    "compaction",
    "compaction_trigger",
    "computer_call_output",
    "configuration_update",
    "custom_tool_call_output",
    "function_call_output",
    "item_reference",
    "local_shell_call_output",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_list_tools",
    "message",
    "program",
    "program_output",
    "reasoning",
    "shell_call_output",
    "tool_search_output",
)
_PARTS = {
    "assistant": ("output_text", "refusal"),
    "user": ("input_text", "input_image", "input_file"),
    "system": ("input_text", "input_image", "input_file"),
    "developer": ("input_text", "input_image", "input_file"),
}
_REQUIRED = {
    "message": ("role", "content"),
    "function_call": ("call_id", "name", "arguments"),
    "function_call_output": ("call_id", "output"),
    "reasoning": ("id", "summary"),
    "item_reference": ("id",),
}
_PREFIXES = {"message": "msg", "function_call": "fc", "reasoning": "rs"}
_FEWEST_TOKENS = 16


def check_responses(body: dict[str, Any], given: GivenItems) -> None:
    """Raises InvalidRequestError for a request that the API does not take."""
    _check_parameters(body)
    for index, tool in enumerate(body.get("tools") or ()):
        if tool.get("type") is None:
            raise missing(f"tools[{index}].type")
        if tool["type"] == "function":
            check_function(tool, f"tools[{index}]")
    previous = body.get("previous_response_id")
    if previous is not None and previous not in given.calls_of:
        raise InvalidRequestError(
            f"Previous response with id '{previous}' not found.",
            param="previous_response_id",
            code="previous_response_not_found",
        )
    items = body.get("input")
    if items is None and previous is None:
        raise missing("input")
    if isinstance(items, list):
        for index, item in enumerate(items):
            _check_item(item, f"input[{index}]")
        _check_ids(items, given)
        _check_pairs(items, given.calls_of.get(previous or "", frozenset()))
        _check_reasoning(items, given)


def _check_parameters(body: dict[str, Any]) -> None:
    for name in body:
        if name not in KNOWN:
            raise InvalidRequestError(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")
    if "model" not in body:
        raise missing("model")
    check_sampling(body, (body.get("reasoning") or {}).get("effort"), "reasoning.effort")
    limit = body.get("max_output_tokens")
    if limit is not None and limit < _FEWEST_TOKENS:
        raise InvalidRequestError(
            f"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= {_FEWEST_TOKENS}, but got"
            f" {limit} instead.",
            param="max_output_tokens",
            code="integer_below_min_value",
        )


def _check_item(item: dict[str, Any], where: str) -> None:
    kind = item.get("type", "message")
    one_of(kind, _ITEMS, where)
    for name in _REQUIRED.get(kind, ()):
        if item.get(name) is None:
            raise missing(f"{where}.{name}")
    if kind == "message":
        _check_message(item, where)
    if kind == "function_call_output" and not isinstance(item["output"], str):
        for place, part in enumerate(item["output"]):
            one_of(part.get("type"), _PARTS["user"], f"{where}.output[{place}]")


def _check_ids(items: list[dict[str, Any]], given: GivenItems) -> None:
    seen: set[str] = set()
    for index, item in enumerate(items):
        item_id, kind = item.get("id"), item.get("type", "message")
        if item_id is None:
            continue
        if kind == "item_reference" and item_id not in given.stored:
            raise InvalidRequestError(f"Item with id '{item_id}' not found.", status=404, param="input")
        if not item_id.startswith(_PREFIXES.get(kind, "")):
            raise InvalidRequestError(
                f"Invalid 'input[{index}].id': '{item_id}'. Expected an ID that begins with '{_PREFIXES[kind]}'.",
                param=f"input[{index}].id",
                code="invalid_value",
            )
        if item_id in seen:
            raise InvalidRequestError(
                f"Duplicate item found with id {item_id}. Remove duplicate items from your input and try again.",
                param="input",
            )
        seen.add(item_id)


def _check_message(item: dict[str, Any], where: str) -> None:
    one_of(item["role"], tuple(_PARTS), f"{where}.role")
    for place, part in enumerate(item["content"] if isinstance(item["content"], list) else ()):
        one_of(part.get("type"), _PARTS[item["role"]], f"{where}.content[{place}]")


def _check_pairs(items: list[dict[str, Any]], earlier: frozenset[str]) -> None:
    unanswered = dict.fromkeys(sorted(earlier))
    for item in items:
        if item.get("type") == "function_call":
            unanswered[item["call_id"]] = None
        elif item.get("type") == "function_call_output":
            if item["call_id"] not in unanswered:
                raise InvalidRequestError(
                    f"No tool call found for function call output with call_id {item['call_id']}.",
                    param="input",
                )
            del unanswered[item["call_id"]]
    for call_id in unanswered:
        raise InvalidRequestError(f"No tool output found for function call {call_id}.", param="input")


def _check_reasoning(items: list[dict[str, Any]], given: GivenItems) -> None:
    reasoning: list[str] = []
    for item in [*items, {"type": "end"}]:
        if item.get("type") == "reasoning":
            _check_thought(item, given)
            reasoning.append(str(item.get("id")))
            continue
        follows = item.get("type") in _CALLS or item.get("role") == "assistant"
        if reasoning and not follows:
            raise InvalidRequestError(
                f"Item '{reasoning[-1]}' of type 'reasoning' was provided without its required following item.",
                param="input",
            )
        needed = given.reasoning_of.get(str(item.get("id")))
        if needed is not None and needed not in reasoning:
            raise InvalidRequestError(
                f"Item '{item['id']}' of type '{item['type']}' was provided without its required 'reasoning' item:"
                f" '{needed}'.",
                param="input",
            )
        reasoning = []


def _check_thought(item: dict[str, Any], given: GivenItems) -> None:
    content = item.get("encrypted_content")
    if content is None and item.get("id") not in given.stored:
        raise InvalidRequestError(
            f"Item with id '{item.get('id')}' not found. Items are not persisted when `store` is set to false. Try"
            " again with `store` set to true, or remove this item from your input.",
            status=404,
            param="input",
        )
    if content is not None and given.encrypted and content not in given.encrypted:
        raise InvalidRequestError(
            f"The encrypted content {content[:4]}...{content[-4:]} could not be verified.",
            code="invalid_encrypted_content",
        )
