"""The permission card in the terminal shows all that would be done."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from daemon.permission_card import MAX_LINES, card


def shown(tool: str, tool_input: dict[str, Any], diff: str | None = None, summary: str = "x") -> str:
    console = Console(file=io.StringIO(), width=100)
    event = {"toolName": tool, "toolInput": tool_input, "diff": diff, "summary": summary, "why": "No rule."}
    console.print(card(event))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_field_named_command_hides_no_other() -> None:
    text = shown("mcp__shell__run", {"command": "true", "then": "rm -rf /", "times": [1, 2]})
    assert "command: true" in text
    assert "then: rm -rf /" in text
    assert "times: [1, 2]" in text


def test_an_input_is_shown_beyond_its_summary() -> None:
    text = shown("mcp__mail__send", {"text": "hello\n" * 20 + "bye", "to": "all"}, summary="text=hello …")
    assert "bye" in text
    assert "to: all" in text


def test_nothing_hides_in_a_diff() -> None:
    diff = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+if admin\u202e \u2066# no\u2069\u2066 {\x1b[8m\u200b\n+\tb\u2028c\n"
    text = shown("Edit", {}, diff)
    for escaped in ("\\u202e", "\\u2066", "\\x1b[8m", "\\u200b", "\\u2028"):
        assert escaped in text
    assert "\x1b" not in text
    assert "+   b" in text


def test_what_is_left_out_is_told() -> None:
    assert "… 40 more lines" in shown("Write", {}, "\n".join(f"+{n}" for n in range(MAX_LINES + 40)))
