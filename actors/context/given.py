"""What is given along with a person's message, behind its text: what differs from turn to turn.

It is stored with the turn and sent again as it was, so that a provider's cache of the conversation stays valid.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from actors.context.nearby import is_there
from actors.errors import ToolError
from actors.tools.regular_files import open_regular
from actors.transcript import ContextBlock

HEAD_BYTES = 4_096
"""No `HEAD` of a repository is longer."""


def moment(root: Path, now: datetime) -> ContextBlock:
    """The time, with the person's time zone, and the branch that the working directory is on."""
    lines = [f"Now: {now:%A, %Y-%m-%d, %H:%M} ({_offset(now)})"]
    if branch := git_branch(root):
        lines.append(f"Git branch: {branch}")
    return context_block("\n".join(lines))


def context_block(text: str, about: str = "") -> ContextBlock:
    """A text that comes from us. It starts on a line of its own, as some providers join blocks."""
    body = text.replace("</context", "< /context")  # what it quotes must not end it
    return ContextBlock(text=f"\n\n<context>\n{body}\n</context>", about=about)


def git_branch(root: Path) -> str | None:
    """The branch of the repository around a folder, read from its files; None where there is none."""
    for folder in (root, *root.parents):
        if not is_there(folder, ".git"):
            continue
        found = folder / ".git"
        try:
            if found.is_file():  # a worktree or a submodule: it names the folder
                found = (folder / _first_line(found).removeprefix("gitdir:").strip()).resolve()
            head = _first_line(found / "HEAD")
        except FileNotFoundError:
            continue
        except (OSError, ToolError, RuntimeError):
            return None
        match = re.fullmatch(r"ref:\s*refs/heads/([\w./@#+-]{1,200})", head)
        return match[1] if match else "none, a commit is checked out"
    return None


def _first_line(path: Path) -> str:
    resolved = path.resolve(strict=True)
    with open_regular(resolved, str(path)) as file:
        return file.read(HEAD_BYTES).decode("utf-8", "replace").partition("\n")[0].strip()


def _offset(now: datetime) -> str:
    zone = now.strftime("%z")
    return f"UTC{zone[:3]}:{zone[3:5]}" if zone else "UTC"
