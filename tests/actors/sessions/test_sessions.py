"""Sessions of Claude Code and Codex, in the forms that those programs write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from actors.sessions import finding
from actors.sessions.building import stable_id
from actors.transcript import TextBlock, ToolCallBlock, ToolResultBlock, are_blocks, rebuild
from storage import conversations, messages, turns
from storage.database import Database
from storage.document_files import DocumentFiles
from storage.transfer.merged import Merged
from storage.transfer.merging import merge

SESSION = "0b9f8a52-6f3f-4a79-9f0c-2f6f1a6f7a11"


def claude(kind: str, uuid: str, second: int, content: Any, **fields: Any) -> dict[str, Any]:
    message: dict[str, Any] = {"role": kind, "content": content}
    if kind == "assistant":
        usage = {"input_tokens": 10, "cache_read_input_tokens": 5, "output_tokens": 3}
        message.update(id=fields.pop("message_id", uuid), model="claude-sonnet-4-5-20250929", usage=usage)
    return {
        "type": kind, "uuid": uuid, "parentUuid": None, "sessionId": SESSION, "isSidechain": False,
        "cwd": "/home/me/shop", "timestamp": f"2026-03-01T10:00:{second:02d}.000Z", "message": message, **fields,
    }  # fmt: skip


CLAUDE = [
    {"type": "file-history-snapshot", "messageId": "x", "snapshot": {}},
    claude("user", "m0", 0, "<local-command-caveat>Caveat</local-command-caveat>", isMeta=True),
    claude("user", "u1", 1, "Fix the till"),
    claude("assistant", "a1", 2, [{"type": "thinking", "thinking": "hm", "signature": "s"}], message_id="msg1"),
    claude("assistant", "a2", 2, [{"type": "text", "text": "I look."}], message_id="msg1"),
    claude(
        "assistant", "a3", 3,
        [{"type": "tool_use", "id": "t1", "name": "Read", "input": {"file_path": "/home/me/shop/till.py"}}],
        message_id="msg1",
    ),
    claude("user", "r1", 4, [{"type": "tool_result", "tool_use_id": "t1", "content": "total = 1"}]),
    claude("user", "s1", 4, "for the sub-agent", isSidechain=True),
    claude("assistant", "a4", 5, [{"type": "text", "text": "Done."}]),
    {"type": "something-new", "uuid": "n1"},
    {"type": "summary", "summary": "Mending the till", "leafUuid": "a4"},
]  # fmt: skip
MORE_CLAUDE = [
    claude("user", "u2", 10, "<command-name>/review</command-name><command-args>till.py</command-args>"),
    claude("assistant", "a5", 11, [{"type": "tool_use", "id": "t2", "name": "Bash", "input": {"command": "ls"}}]),
    claude(
        "user", "r2", 12,
        [{"type": "tool_result", "tool_use_id": "t2", "is_error": True, "content": [{"type": "text", "text": "no"}]}],
    ),
    claude("user", "i1", 13, [{"type": "text", "text": "[Request interrupted by user]"}]),
]  # fmt: skip


def codex(kind: str, second: int, **payload: Any) -> dict[str, Any]:
    return {"timestamp": f"2026-03-01T10:00:{second:02d}.000Z", "type": kind, "payload": payload}


def said(role: str, text: str) -> dict[str, Any]:
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}


CODEX = [
    codex("session_meta", 0, id=SESSION, cwd="/home/me/shop", cli_version="0.65.0"),
    codex("response_item", 0, **said("developer", "rules")),
    codex("response_item", 0, **said("user", "<environment_context>cwd</environment_context>")),
    codex("turn_context", 1, model="gpt-5.3-codex", cwd="/home/me/shop"),
    codex("response_item", 1, **said("user", "Fix the till")),
    codex("event_msg", 1, type="user_message", message="Fix the till"),
    codex("response_item", 2, type="reasoning", summary=[{"type": "summary_text", "text": "hm"}]),
    codex("response_item", 2, **said("assistant", "I look.")),
    codex("response_item", 3, type="function_call", name="shell", arguments='{"command":["cat","till.py"]}', call_id="c1"),
    codex("response_item", 4, type="function_call_output", call_id="c1", output="total = 1"),
    codex("event_msg", 4, type="token_count", info={"last_token_usage": {"input_tokens": 15, "output_tokens": 3}}),
    codex("response_item", 5, **said("assistant", "Done.")),
    codex("something_new", 5),
]  # fmt: skip
MORE_CODEX = [
    codex("response_item", 10, **said("user", "And now?")),
    codex("response_item", 11, type="custom_tool_call", name="apply_patch", input="*** Begin", call_id="c2"),
    codex(
        "response_item", 12, type="custom_tool_call_output", call_id="c2",
        output='{"output":"no","metadata":{"exit_code":1}}',
    ),
    codex("event_msg", 13, type="turn_aborted", reason="interrupted"),
]  # fmt: skip


def write(path: Path, lines: Sequence[dict[str, Any]], rest: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + rest)
    return path


@pytest.fixture
def take(database: Database, tmp_path: Path) -> Any:
    def read(source: str, path: Path) -> tuple[Merged, int]:
        session = finding.read(source, path)
        return merge(
            database, DocumentFiles(tmp_path / "docs"), session.records(), are_blocks
        ), session.skipped

    return read


@pytest.mark.parametrize(
    ("source", "first", "more", "title", "model"),
    [
        ("claude-code", CLAUDE, MORE_CLAUDE, "Mending the till", "claude-sonnet-4-5-20250929"),
        ("codex", CODEX, MORE_CODEX, "Fix the till", "gpt-5.3-codex"),
    ],
)
def test_a_session_becomes_a_conversation_and_grows(
    database: Database, tmp_path: Path, take: Any, source: str, first: Any, more: Any, title: str, model: str
) -> None:
    path = write(tmp_path / f"{SESSION}.jsonl", first, rest='{"type": "user", "mess')
    before = path.read_bytes()
    merged, skipped = take(source, path)
    assert merged.added == {"conversation": 1, "message": 2, "turn": 1, "step": 3}
    assert skipped == 1  # something new; the line that is cut off does not count
    [conversation] = conversations.records(conversations.page(database, limit=10))
    assert (conversation.title, conversation.working_directory) == (title, "/home/me/shop")
    assert (conversation.model_id, conversation.input_tokens, conversation.output_tokens) == (
        model, 15 if source == "codex" else 30, 3 if source == "codex" else 6,
    )  # fmt: skip
    assert conversation.updated_at - conversation.created_at == 4000
    asked, told = messages.page(database, conversation.id, limit=10)
    assert (asked.content, told.content) == ("Fix the till", "I look.\n\nDone.")
    [call] = json.loads(told.metadata or "{}")["toolCalls"]
    assert (call["offset"], call["isError"], call["output"]) == (7, False, "total = 1")

    entries = rebuild([asked, told], turns.steps(database, conversation.id))
    blocks = [block for entry in entries for block in entry.blocks]
    assert [entry.role for entry in entries] == ["user", "assistant", "user", "assistant"]
    assert isinstance(next(one for one in blocks if isinstance(one, ToolCallBlock)).input, dict)
    result = next(one for one in blocks if isinstance(one, ToolResultBlock))
    assert result.content == (TextBlock(text="total = 1"),)

    assert take(source, path)[0].added == {}
    assert path.read_bytes() == before
    write(path, [*first, *more])
    merged, _ = take(source, path)
    assert merged.added == {"message": 2, "turn": 1, "step": 2}
    assert merged.renewed == {"conversation": 1}
    *_, asked, told = messages.page(database, conversation.id, limit=10)
    assert asked.content == ("/review till.py" if source == "claude-code" else "And now?")
    assert told.status == "interrupted"
    [call] = json.loads(told.metadata or "{}")["toolCalls"]
    assert (call["isError"], call["output"]) == (True, "no")


def test_the_first_form_of_codex_is_read_too(database: Database, tmp_path: Path, take: Any) -> None:
    lines = [
        {"id": SESSION, "timestamp": "2025-05-01T10:00:00Z", "instructions": None},
        said("user", "Hi"),
        said("assistant", "Ho"),
    ]
    _, skipped = take("codex", write(tmp_path / "rollout.jsonl", lines))
    assert skipped == 0
    [conversation] = conversations.records(conversations.page(database, limit=10))
    assert [one.content for one in messages.page(database, conversation.id, limit=9)] == ["Hi", "Ho"]


@pytest.mark.parametrize("source", ["claude-code", "codex"])
def test_rubbish_is_counted_and_never_fails(tmp_path: Path, take: Any, source: str) -> None:
    strange: list[Any] = [
        [], 7, {}, {"type": "user"}, {"type": "user", "message": 3}, {"type": "assistant", "message": {"content": "x"}},
        {"type": "response_item", "payload": {"type": "message", "role": 5, "content": {}}},
        {"type": "response_item", "payload": {"type": "function_call"}}, {"type": ["user"]},
    ]  # fmt: skip
    path = write(tmp_path / "strange.jsonl", strange, rest="{\n\xff\n" + "[" * 50_000)
    merged, skipped = take(source, path)
    assert merged.added == {}
    assert skipped >= 6


def test_sessions_are_found_where_the_programs_keep_them(tmp_path: Path) -> None:
    projects = tmp_path / ".claude/projects/-home-me-shop"
    main = write(projects / f"{SESSION}.jsonl", CLAUDE)
    write(projects / "agent-1.jsonl", CLAUDE)
    write(projects / SESSION / "subagents" / "agent-2.jsonl", CLAUDE)
    rollout = write(tmp_path / ".codex/sessions/2026/03/01/rollout-1.jsonl", CODEX)
    assert finding.session_files("claude-code", None, tmp_path) == [main]
    assert finding.session_files("codex", None, tmp_path) == [rollout]
    assert finding.session_files("codex", rollout, tmp_path) == [rollout]


def test_ids_are_always_the_same_and_sort_by_time() -> None:
    one = stable_id(1_700_000_000_000, "codex", "a")
    assert one == stable_id(1_700_000_000_000, "codex", "a")
    assert one != stable_id(1_700_000_000_000, "codex", "b")
    assert one < stable_id(1_700_000_000_001, "codex", "a")
    assert (one[14], one[19] in "89ab") == ("7", True)
