"""What other programs would run by themselves in a project: found, named, and never run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from actors.environment.facts import Hook
from actors.environment.files import Files, is_regular, one_line, table_of, text_of
from actors.environment.git_state import Repository

MAX_HOOKS = 50
CLAUDE_SETTINGS = (".claude/settings.json", ".claude/settings.local.json")
RUNNERS = (
    (".pre-commit-config.yaml", "pre-commit"),
    ("lefthook.yml", "lefthook"),
    (".lefthook.yml", "lefthook"),
)
_HOOKS_PATH = re.compile(r"^\s*hooksPath\s*=\s*(.+?)\s*$", re.MULTILINE | re.IGNORECASE)


def hooks(files: Files, repository: Repository | None) -> tuple[Hook, ...]:
    """The hooks of git, of programs that manage them, and of Claude Code."""
    found = [*(_git(files, repository) if repository else ()), *_managed(files), *_claude(files)]
    return tuple(found[:MAX_HOOKS])


def _git(files: Files, repository: Repository) -> Iterator[Hook]:
    common = Files(repository.common_dir, files.problems)
    configured = _HOOKS_PATH.search(common.text(repository.common_dir / "config") or "")
    if configured is None:
        folder, inside = repository.common_dir / "hooks", common
    else:
        folder, inside = files.root / Path(configured[1].strip('"')).expanduser(), files
        if not Path(os.path.normpath(folder)).is_relative_to(files.root):
            yield Hook(kind="git", name="all", path=one_line(str(folder)))
            return
    for name in inside.names(folder):
        path = folder / name
        if not name.endswith(".sample") and is_regular(path) and os.access(path, os.X_OK):
            yield Hook(kind="git", name=one_line(name), path=files.shown(path))


def _managed(files: Files) -> Iterator[Hook]:
    for name in files.names(files.root / ".husky"):
        path = files.root / ".husky" / name
        if not name.startswith((".", "_")) and is_regular(path):
            yield Hook(kind="husky", name=one_line(name), path=files.shown(path))
    for name, kind in RUNNERS:
        if files.size(files.root / name) is not None:
            yield Hook(kind=kind, name="all", path=name)


def _claude(files: Files) -> Iterator[Hook]:
    for name in CLAUDE_SETTINGS:
        for occasion, configured in table_of(files.json(files.root / name).get("hooks")).items():
            if configured and (shown := text_of(occasion)):
                yield Hook(kind="claude", name=shown, path=name)
