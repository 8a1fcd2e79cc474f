"""What the Messages API refuses in `messages`: roles, blocks, tool calls without results, altered thoughts."""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.anthropic_rules import OLD_VERSION
from tests.fakes.anthropic_wire import GivenThoughts
from tests.fakes.errors import InvalidRequestError

_ID = re.compile(r"^[a-zA-Z0-9_-]+$")
_SERVER_BLOCKS = frozenset(
    [
        "server_tool_use",
        "web_search_tool_result",
        "web_fetch_tool_result",
        "code_execution_tool_result",
        "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
        "container_upload",
    ]
)
_BLOCKS = {
    "user": frozenset({"text", "image", "document", "search_result", "tool_result", "container_upload"}),
    "assistant": frozenset({"text", "thinking", "redacted_thinking", "tool_use"}) | _SERVER_BLOCKS,
    "system": frozenset({"text"}),
}
_FIELDS = {
    "text": frozenset({"type", "text", "cache_control", "citations"}),
    "image": frozenset({"type", "source", "cache_control", "transformations"}),
    "thinking": frozenset({"type", "thinking", "signature"}),
    "redacted_thinking": frozenset({"type", "data"}),
    "tool_use": frozenset({"type", "id", "name", "input", "cache_control", "caller", "toolset_name"}),
    "tool_result": frozenset({"type", "tool_use_id", "content", "is_error", "cache_control", "toolset_name"}),
}


def check_history(messages: list[dict[str, Any]], version: str, given: GivenThoughts) -> None:
    """Raises InvalidRequestError for messages that the API does not take."""
    if messages[0].get("role") != "user":
        raise InvalidRequestError('messages: first message must use the "user" role')
    calls: list[str] = []
    seen: set[str] = set()
    for number, message in enumerate(messages):
        blocks = _blocks(number, message, is_last=number == len(messages) - 1)
        for place, block in enumerate(blocks):
            _check_block(f"messages.{number}.content.{place}", message["role"], block, version)
            _check_thoughts(f"messages.{number}.content.{place}", block, given)
        _check_results(number, message["role"], blocks, calls)
        calls = [block["id"] for block in blocks if block["type"] == "tool_use"]
        if len(set(calls)) < len(calls) or seen & set(calls):
            raise InvalidRequestError(f"messages.{number}: `tool_use` ids must be unique")
        seen.update(calls)
    if calls:
        _miss(len(messages) - 1, calls)


def _blocks(number: int, message: dict[str, Any], *, is_last: bool) -> list[dict[str, Any]]:
    role, content = message.get("role"), message.get("content")
    if role not in _BLOCKS:
        raise InvalidRequestError(f"messages.{number}.role: Input should be 'user', 'assistant' or 'system'")
    if extra := message.keys() - {"role", "content"}:
        raise InvalidRequestError(f"messages.{number}.{min(extra)}: Extra inputs are not permitted")
    if not isinstance(content, str | list):
        raise InvalidRequestError(f"messages.{number}.content: Input should be a valid string or list")
    if not content and not (is_last and role == "assistant"):
        raise InvalidRequestError(
            f"messages.{number}: all messages must have non-empty content except for the optional final assistant"
            " message"
        )
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _check_block(where: str, role: str, block: dict[str, Any], version: str) -> None:
    kind = block.get("type")
    allowed = _BLOCKS[role] | ({"document"} if version == OLD_VERSION else frozenset())
    if kind not in allowed:
        tags = ", ".join(f"'{tag}'" for tag in sorted(allowed))
        raise InvalidRequestError(
            f"{where}: Input tag '{kind}' found using 'type' does not match any of the expected tags: {tags}"
        )
    if extra := block.keys() - _FIELDS.get(kind, block.keys()):
        raise InvalidRequestError(f"{where}.{kind}.{min(extra)}: Extra inputs are not permitted")
    match kind:
        case "text":
            _check_text(block)
            if role == "user" and block.get("citations") and version != OLD_VERSION:
                raise InvalidRequestError(f"{where}.text.citations: Extra inputs are not permitted")
        case "tool_use":
            _check_call(where, block)
        case "tool_result":
            _check_result(where, block)


def _check_call(where: str, block: dict[str, Any]) -> None:
    if not _ID.match(str(block.get("id", ""))):
        raise InvalidRequestError(f"{where}.tool_use.id: String should match pattern '{_ID.pattern}'")
    if not isinstance(block.get("input"), dict):
        raise InvalidRequestError(f"{where}.tool_use.input: Input should be a valid dictionary")


def _check_result(where: str, block: dict[str, Any]) -> None:
    if not isinstance(block.get("tool_use_id"), str):
        raise InvalidRequestError(f"{where}.tool_result.tool_use_id: Field required")
    content = block.get("content", "")
    for part in content if isinstance(content, list) else ():
        if part.get("type") == "text":
            _check_text(part)


def _check_text(block: dict[str, Any]) -> None:
    if not block.get("text"):
        raise InvalidRequestError("messages: text content blocks must be non-empty")
    if not block["text"].strip():
        raise InvalidRequestError("messages: text content blocks must contain non-whitespace text")


def _check_thoughts(where: str, block: dict[str, Any], given: GivenThoughts) -> None:
    if block["type"] == "thinking" and given.texts:
        signature = block.get("signature")
        if signature not in given.texts:
            raise InvalidRequestError(f"{where}: Invalid `signature` in `thinking` block")
        if block.get("thinking") != given.texts[signature]:
            raise InvalidRequestError(
                f"{where}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be"
                " modified. These blocks must remain as they were in the original response."
            )
    if block["type"] == "redacted_thinking" and given.redacted and block.get("data") not in given.redacted:
        raise InvalidRequestError(f"{where}: Invalid `data` in `redacted_thinking` block")


def _check_results(number: int, role: str, blocks: list[dict[str, Any]], calls: list[str]) -> None:
    results: list[str] = []
    for place, block in enumerate(blocks):
        if block["type"] != "tool_result":
            continue
        result = block["tool_use_id"]
        if result not in calls or role != "user":
            raise InvalidRequestError(
                f"messages.{number}.content.{place}: unexpected `tool_use_id` found in `tool_result` blocks: {result}."
                " Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
            )
        if result in results:
            raise InvalidRequestError(
                f"messages.{number}.content.{place}: each tool_use must have a single result. Found multiple"
                f" `tool_result` blocks with id: {result}"
            )
        # Results behind other content are not "immediately after" the call.
        if place == len(results):
            results.append(result)
    if missing := [call for call in calls if call not in results]:
        _miss(number - 1, missing)


def _miss(number: int, calls: list[str]) -> None:
    raise InvalidRequestError(
        f"messages.{number}: `tool_use` ids were found without `tool_result` blocks immediately after:"
        f" {', '.join(calls)}. Each `tool_use` block must have a corresponding `tool_result` block in the next"
        " message."
    )
