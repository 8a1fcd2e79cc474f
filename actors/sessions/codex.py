"""Codex's sessions: `~/.codex/sessions/<year>/<month>/<day>/rollout-<time>-<session>.jsonl`.

A line has `timestamp`, `type` and `payload`: `session_meta` (id, cwd), `turn_context` (model), `response_item` (the items of
the Responses API) and `event_msg` (what the screen showed, which says the same again, but for the count of tokens).
In the first versions the items stood alone, without an envelope, behind a line with the session's id.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from actors.sessions.building import Session
from actors.sessions.reading import count, items, lines, mapping, milliseconds, text
from actors.transcript import AnyBlock, TextBlock, ThinkingBlock, ToolCallBlock, ToolResultBlock

RUNTIME_ID = "openai-codex-app-server"
UNUSABLE = "imported"
_GIVEN = ("<environment_context>", "<user_instructions>", "<permissions", "<turn_aborted>", "<INSTRUCTIONS>",
          "# AGENTS.md instructions", "<skill>", "<collaboration_mode>")  # fmt: skip
"""How texts begin that the program gives to the model in the person's place."""

_CALLS = frozenset(
    {"function_call", "custom_tool_call", "local_shell_call", "web_search_call", "tool_search_call"}
)
_OUTPUTS = frozenset({"function_call_output", "custom_tool_call_output", "tool_search_output"})
_ITEMS = _CALLS | _OUTPUTS | {"message", "reasoning", "ghost_snapshot", "compaction", "compaction_summary"}
_APART = frozenset({"compacted", "state", "event_msg", "world_state"})


def read(path: Path) -> Session:
    """The session of a file. Raises OSError."""
    session = Session("codex", RUNTIME_ID, path.stem)
    model_id: str | None = None
    for number, line in lines(path):
        if line is None:
            session.skipped += 1
            continue
        at = milliseconds(line.get("timestamp"))
        kind = text(line.get("type"))
        payload = mapping(line.get("payload"))
        if kind == "session_meta":
            session.working_directory = text(payload.get("cwd")) or session.working_directory
        elif kind == "turn_context":
            model_id = text(payload.get("model")) or model_id
            session.working_directory = session.working_directory or text(payload.get("cwd")) or None
        elif kind == "response_item":
            session.skipped += not _item(session, number, payload, at, model_id)
        elif kind == "event_msg" and payload.get("type") == "token_count":
            _used(session, payload)
        elif kind == "event_msg" and payload.get("type") == "turn_aborted":
            session.interrupted()
        elif kind in _ITEMS:
            session.skipped += not _item(session, number, line, at, model_id)
        elif (
            kind not in _APART and "record_type" not in line and not ("id" in line and "instructions" in line)
        ):
            session.skipped += 1
    return session


def _item(session: Session, number: int, item: dict[str, Any], at: int | None, model_id: str | None) -> bool:
    """Takes an item of the Responses API; whether it was understood."""
    kind = text(item.get("type"))
    if kind == "message":
        return _message(session, number, item, at, model_id)
    if kind in _CALLS:
        return session.answer([_call(number, item)], at, model_id)
    if kind in _OUTPUTS:
        return session.results([_result(item)], at)
    if kind == "reasoning":
        summary = "\n\n".join(text(one.get("text")) for one in items(item.get("summary")))
        return not summary or session.answer([ThinkingBlock(text=summary, runtime_id=UNUSABLE)], at, model_id)
    return kind in _ITEMS


def _message(
    session: Session, number: int, item: dict[str, Any], at: int | None, model_id: str | None
) -> bool:
    content = item.get("content")
    texts = [text(one.get("text")) for one in items(content)] or [text(content)]
    said = "\n\n".join(one for one in texts if one.strip()).strip()
    match item.get("role"):
        case "user":
            own = "\n\n".join(
                one for one in texts if one.strip() and not one.lstrip().startswith(_GIVEN)
            ).strip()
            if own:
                session.prompt(number, str(number), own, at)
            return True
        case "assistant":
            blocks: list[AnyBlock] = [TextBlock(text=said)]
            return bool(said) and session.answer(blocks, at, model_id)
        case "developer" | "system":
            return True
    return False


def _call(number: int, item: dict[str, Any]) -> ToolCallBlock:
    raw = item.get("arguments", item.get("input", item.get("action")))
    if isinstance(raw, str):
        try:
            decoded = json.loads(raw)
        except (ValueError, RecursionError):
            decoded = raw
        raw = decoded if isinstance(decoded, dict) else {"input": raw}
    name = text(item.get("name")) or text(item.get("type")).removesuffix("_call")
    return ToolCallBlock(id=text(item.get("call_id")) or f"call-{number}", name=name, input=raw)


def _result(item: dict[str, Any]) -> ToolResultBlock:
    """A result; older versions have it as JSON with an exit status."""
    output = item.get("output")
    if isinstance(output, list):
        return _of(item, "\n".join(text(one.get("text")) for one in items(output)))
    if isinstance(output, dict):
        return _of(item, text(output.get("content")), is_error=output.get("success") is False)
    said = text(output)
    try:
        decoded = mapping(json.loads(said)) if said.startswith("{") else {}
    except (ValueError, RecursionError):
        decoded = {}
    if isinstance(decoded.get("output"), str):
        status = mapping(decoded.get("metadata")).get("exit_code")
        return _of(item, decoded["output"], is_error=status not in {None, 0})
    return _of(item, said)


def _of(item: dict[str, Any], said: str, *, is_error: bool = False) -> ToolResultBlock:
    return ToolResultBlock(id=text(item.get("call_id")), content=(TextBlock(text=said),), is_error=is_error)


def _used(session: Session, payload: dict[str, Any]) -> None:
    last = mapping(mapping(payload.get("info")).get("last_token_usage"))
    session.used(count(last.get("input_tokens")), count(last.get("output_tokens")))
