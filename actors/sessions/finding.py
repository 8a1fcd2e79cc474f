"""Where other programs keep their sessions, and who reads which."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from actors.sessions import claude_code, codex
from actors.sessions.building import Session

READERS = {"claude-code": claude_code.read, "codex": codex.read}
USUAL = {"claude-code": Path(".claude/projects"), "codex": Path(".codex/sessions")}
PROGRAMS = {"claude-code": "claude", "codex": "codex"}


def is_here(source: str, home: Path, path: str | None) -> bool:
    """Whether a program was installed or used on this machine; it is not run.

    Args:
        source: the program, one of `READERS`.
        home: the person's home.
        path: where to look for programs, as `PATH` has it.
    """
    return (home / USUAL[source]).parent.is_dir() or shutil.which(PROGRAMS[source], path=path) is not None


def session_files(
    source: str, path: Path | None, home: Path, look_up: Callable[[], object] = lambda: None
) -> list[Path]:
    """The session files of a program, without those of sub-agents.

    Args:
        source: the program, one of `READERS`.
        path: a file, or a folder with sessions; None for the usual one, from which no link leads out.
        home: the person's home.
        look_up: called for each file on the way; what it raises ends the search.
    """
    root = path if path is not None else home / USUAL[source]
    if root.is_file():
        return [root]
    inside = root.resolve()
    found: list[Path] = []
    for one in root.rglob("*.jsonl"):
        look_up()
        if not one.is_file() or "subagents" in one.parts or one.name.startswith("agent-"):
            continue
        if path is not None or one.resolve().is_relative_to(inside):
            found.append(one)
    return sorted(found)


def read(source: str, path: Path) -> Session:
    """The session of a file, which is only read. Raises OSError."""
    return READERS[source](path)
