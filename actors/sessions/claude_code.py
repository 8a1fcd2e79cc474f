"""Claude Code's sessions: `~/.claude/projects/<folder>/<session>.jsonl`.

A line is a message of the Messages API in an envelope with `uuid`, `timestamp`, `cwd` and `sessionId`. An answer stands
in a line for each of its blocks, with the message's id repeated. Lines of sub-agents (`isSidechain`) and what the
program itself has put in (`isMeta`, `isCompactSummary`) are no part of the conversation. Prompts that were taken back
stay where they were written.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from actors.sessions.building import Session
from actors.sessions.reading import count, items, lines, mapping, milliseconds, text
from actors.transcript import AnyBlock, ImageBlock, TextBlock, ThinkingBlock, ToolCallBlock, ToolResultBlock

RUNTIME_ID = "claude-code"
UNUSABLE = "imported"
"""The runtime of reasoning that no provider is sent: its signature belongs to another key."""

APART = frozenset(
    [
        "system",
        "file-history-snapshot",
        "queue-operation",
        "progress",
        "attachment",
        "permission-mode",
        "mode",
        "last-prompt",
        "agent-name",
        "agent-color",
        "agent-setting",
        "pr-link",
        "tag",
        "worktree-state",
        "content-replacement",
    ]
)
"""Kinds of lines that hold no part of what was said."""

_COMMAND = re.compile(r"<command-name>(.*?)</command-name>", re.DOTALL)
_ARGUMENTS = re.compile(r"<command-args>(.*?)</command-args>", re.DOTALL)
_OF_PROGRAM = (
    "<local-command-",
    "<bash-stdout>",
    "<bash-stderr>",
    "<task-notification>",
    "<system-reminder>",
)
_INTERRUPTED = "[Request interrupted by user"


def read(path: Path) -> Session:
    """The session of a file. Raises OSError."""
    session = Session("claude-code", RUNTIME_ID, path.stem)
    seen: set[str] = set()
    counted: set[str] = set()
    titles: dict[str, str] = {}
    for number, line in lines(path):
        if line is None:
            session.skipped += 1
            continue
        kind = text(line.get("type"))
        key = text(line.get("uuid"))
        if kind in APART or line.get("isSidechain") is True or (key and key in seen):
            continue
        seen.add(key)
        if session.working_directory is None and text(line.get("cwd")):
            session.working_directory = line["cwd"]
        if kind == "user":
            understood = _user(session, number, key, line)
        elif kind == "assistant":
            understood = _assistant(session, line, counted)
        else:
            understood = _title(titles, line)
        session.skipped += not understood
    # A name that a person gave comes before one that the program found.
    session.title = next(
        (titles[name] for name in ("custom-title", "ai-title", "summary") if name in titles), None
    )
    return session


def _title(titles: dict[str, str], line: dict[str, Any]) -> bool:
    kind = text(line.get("type"))
    field = {"custom-title": "customTitle", "ai-title": "aiTitle", "summary": "summary"}.get(kind)
    if field is None:
        return False
    if title := " ".join(text(line.get(field)).split()):
        titles[kind] = title[:200]
    return True


def _user(session: Session, number: int, key: str, line: dict[str, Any]) -> bool:
    content = mapping(line.get("message")).get("content")
    at = milliseconds(line.get("timestamp"))
    blocks = items(content)
    results = [_result(block) for block in blocks if block.get("type") == "tool_result"]
    if results:
        return session.results(results, at)
    if line.get("isMeta") is True or line.get("isCompactSummary") is True:
        return True
    said = content if isinstance(content, str) else "\n\n".join(filter(None, (_said(one) for one in blocks)))
    said = said.strip()
    if said.startswith(_INTERRUPTED):
        session.interrupted()
    elif said and not said.startswith(_OF_PROGRAM):
        session.prompt(number, key or str(number), _command(said), at)
    return bool(said)


def _assistant(session: Session, line: dict[str, Any], counted: set[str]) -> bool:
    message = mapping(line.get("message"))
    found = [block for one in items(message.get("content")) if (block := _block(one)) is not None]
    model = text(message.get("model"))
    at = milliseconds(line.get("timestamp"))
    if not found or not session.answer(found, at, None if model.startswith("<") else model or None):
        return False
    message_id = text(message.get("id"))
    if message_id not in counted:  # each line of an answer repeats its usage
        counted.add(message_id)
        usage = mapping(message.get("usage"))
        session.used(
            sum(
                count(usage.get(name))
                for name in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
            ),
            count(usage.get("output_tokens")),
        )
    return True


def _block(one: dict[str, Any]) -> AnyBlock | None:
    match one.get("type"):
        case "text":
            return TextBlock(text=text(one.get("text")))
        case "thinking":
            return ThinkingBlock(text=text(one.get("thinking")), runtime_id=UNUSABLE)
        case "tool_use" | "server_tool_use":
            return ToolCallBlock(id=text(one.get("id")), name=text(one.get("name")), input=one.get("input"))
    return None


def _result(one: dict[str, Any]) -> ToolResultBlock:
    content = one.get("content")
    parts: list[TextBlock | ImageBlock] = []
    if isinstance(content, str):
        parts.append(TextBlock(text=content))
    for part in items(content):
        source = mapping(part.get("source"))
        if part.get("type") == "image" and source.get("type") == "base64":
            parts.append(ImageBlock(media_type=text(source.get("media_type")), data=text(source.get("data"))))
        else:
            parts.append(TextBlock(text=text(part.get("text")) or json.dumps(part, ensure_ascii=False)))
    return ToolResultBlock(
        id=text(one.get("tool_use_id")), content=tuple(parts), is_error=one.get("is_error") is True
    )


def _said(one: dict[str, Any]) -> str:
    if one.get("type") == "text":
        return text(one.get("text"))
    return f"[{one.get('type')}]" if one.get("type") in {"image", "document"} else ""


def _command(said: str) -> str:
    """A slash command as it was typed."""
    name = _COMMAND.search(said)
    if name is None:
        return said
    arguments = _ARGUMENTS.search(said)
    return " ".join(filter(None, (name[1].strip(), arguments[1].strip() if arguments else "")))
