"""Instruction files: what the person and the authors of a project want every agent to know."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from actors import tokens
from actors.context.nearby import is_there
from actors.errors import ToolError
from actors.secret_paths import looks_secret
from actors.tools.regular_files import open_regular, size

OF_THE_PERSON = (".agents/AGENTS.md", ".codex/AGENTS.md", ".claude/CLAUDE.md")
"""In the home folder."""

OF_A_FOLDER = ("AGENTS.md", "CLAUDE.md", ".claude/CLAUDE.md", "CLAUDE.local.md")
"""In the working directory and in each folder above it."""

MAX_BYTES = 262_144
"""No more is read of a file; more than a fraction of it would not fit anyway."""

LEAST_TOKENS = 100
"""Less of a file than this says nothing."""

NOTE_TOKENS = 30
"""What it takes to say that a file was cut."""


class Instructions(msgspec.Struct, frozen=True):
    """The text of a file, as far as it was read."""

    path: Path
    text: str


class _SkippedError(Exception):
    """The file is not used; the message says why."""


def find(root: Path, home: Path) -> tuple[list[Instructions], list[str]]:
    """The files for a working directory, those of the person first and the nearest last; and what went wrong.

    Files that lie above the repository, or above a working directory that is in none, count only if nobody else
    can have put them there. A link may not lead out of the repository or of the folder that it lies in.

    Args:
        root: the working directory, resolved.
        home: the person's home folder.
    """
    found: list[Instructions] = []
    problems: list[str] = []
    seen: set[str] = set()
    top = _top(root)
    for path, within, is_ours in _candidates(root, home, top):
        try:
            text, whole = _read(path, within, is_ours=is_ours)
        except FileNotFoundError:
            continue
        except (_SkippedError, ToolError, OSError, RuntimeError) as error:
            problems.append(f"{path} was skipped: {_words(error)}")
            continue
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if text.strip() and digest not in seen:  # one is often a link to, or a copy of, another
            seen.add(digest)
            found.append(Instructions(path, text))
            if whole > MAX_BYTES:
                problems.append(f"{path} has {size(whole)}: only its beginning was read.")
    return found, problems


def fitted(found: list[Instructions], budget: int) -> tuple[list[Instructions], list[str]]:
    """The files as far as they fit into so many tokens, the nearest before the others; and what was left out."""
    left = budget
    kept: list[Instructions] = []
    problems: list[str] = []
    for one in reversed(found):
        cost = tokens.estimate(one.text)
        if cost <= left:
            kept.append(one)
            left -= cost
        elif left >= LEAST_TOKENS:
            beginning = tokens.head(one.text, left - NOTE_TOKENS)
            said = f"[Cut here: these are the first {len(beginning):,} of {len(one.text):,} characters.]"
            kept.append(replace(one, text=f"{beginning}\n{said}"))
            problems.append(f"{one.path} was cut to fit the project's part of the context.")
            left = 0
        else:
            problems.append(f"{one.path} was left out: the project's part of the context is full.")
    return kept[::-1], problems[::-1]


def _candidates(root: Path, home: Path, top: Path) -> Iterator[tuple[Path, Path | None, bool]]:
    """Each path that is there, the folder that a link may not leave, and whether its folder is trusted."""
    own = [home / name for name in OF_THE_PERSON if is_there(home, name)]
    for path in own:
        yield path, None, True
    for folder in (*reversed(root.parents), root):
        for path in (folder / name for name in OF_A_FOLDER if is_there(folder, name)):
            if path not in own:
                is_ours = folder.is_relative_to(top)
                yield path, top if is_ours else folder, is_ours


def _top(root: Path) -> Path:
    """The folder of the repository; the working directory itself where there is none."""
    for folder in (root, *root.parents):
        if is_there(folder, ".git") and (folder / ".git").exists():
            return folder
    return root


def _read(path: Path, within: Path | None, *, is_ours: bool) -> tuple[str, int]:
    """The text, at most `MAX_BYTES` of it, and the size of the file in bytes."""
    resolved = path.resolve(strict=True)
    if within is not None and not resolved.is_relative_to(within):
        raise _SkippedError(f"it is a link that leads out of {within}.")
    if looks_secret(resolved, resolved.parent):
        raise _SkippedError("it is a link to a file that looks secret.")
    with open_regular(resolved, str(path)) as file:
        status = os.fstat(file.fileno())
        if not is_ours and not _is_safe(status):
            raise _SkippedError("it belongs to somebody else, or anybody can write it.")
        data = file.read(MAX_BYTES)
    if b"\0" in data:
        raise _SkippedError("it is no text.")
    return data.decode("utf-8", "replace"), status.st_size


def _is_safe(status: os.stat_result) -> bool:
    """Whether only the person or the system's administrator can have written a file."""
    if os.name != "posix":
        return True
    return status.st_uid in {os.getuid(), 0} and not status.st_mode & stat.S_IWOTH


def _words(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
