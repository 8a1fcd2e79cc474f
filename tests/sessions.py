"""Sessions as Claude Code and Codex write them, for tests that only need some."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

CLAUDE_FOLDER = Path(".claude/projects")
CODEX_FOLDER = Path(".codex/sessions")
AT = "2026-03-01T10:00:0{}.000Z"


def write_claude_session(home: Path, name: str, prompt: str, answer: str) -> None:
    """A session of one prompt and one answer, below this home."""
    blocks = [{"type": "text", "text": answer}]
    said = (
        ("user", {"role": "user", "content": prompt}),
        ("assistant", {"role": "assistant", "content": blocks}),
    )
    lines = [
        {"type": kind, "uuid": f"{name}{number}", "timestamp": AT.format(number), "message": message}
        for number, (kind, message) in enumerate(said)
    ]
    _write(home / CLAUDE_FOLDER / "shop" / f"{name}.jsonl", lines)


def write_codex_session(home: Path, name: str, prompt: str, answer: str) -> None:
    """A session of one prompt and one answer, below this home."""
    said = ("user", "input_text", prompt), ("assistant", "output_text", answer)
    lines = [
        {
            "type": "response_item",
            "timestamp": AT.format(number),
            "payload": {"type": "message", "role": role, "content": [{"type": kind, "text": text}]},
        }
        for number, (role, kind, text) in enumerate(said)
    ]
    _write(home / CODEX_FOLDER / "2026/03/01" / f"rollout-{name}.jsonl", lines)


def _write(path: Path, lines: Sequence[Mapping[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
