"""Where a repository stands, read from its files: the git program would run what the repository configures."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from actors.environment.facts import GitState
from actors.environment.files import Files, is_folder, is_regular

HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
REFERENCE = re.compile(r"refs/(?!.*\.\.)[^\x00-\x20\x7f~^:?*\[\\]{1,500}")
HEADS = "refs/heads/"
REFTABLE_HEAD = "refs/heads/.invalid"
"""What HEAD says where the references lie in a table, which is not read here."""

MAX_PACKED_BYTES = 4_000_000


class Repository(msgspec.Struct, frozen=True):
    """Where a repository keeps its state.

    Attributes:
        git_dir: of this working tree.
        common_dir: of the repository, the same one except in a linked worktree.
        is_linked: the repository lies elsewhere.
    """

    git_dir: Path
    common_dir: Path
    is_linked: bool


def find_repository(files: Files) -> Repository | None:
    """The repository of a folder or of one above it; None where there is none that may be read."""
    for folder in (files.root, *files.root.parents):
        at = folder / ".git"
        if at.is_symlink() and folder == files.root and files.find(at) is None:
            return None
        if is_folder(at):
            return Repository(at.resolve(), at.resolve(), is_linked=False)
        if is_regular(at):
            return _linked(at, files)
    return None


def git_state(repository: Repository, files: Files) -> GitState | None:
    """Branch and commit; None where the head makes no sense."""
    outside = Files(repository.git_dir, files.problems)
    head = (outside.text(repository.git_dir / "HEAD") or "").strip()
    if HASH.fullmatch(head):
        return GitState(branch=None, commit=head, is_linked=repository.is_linked)
    reference = head.removeprefix("ref:").strip()
    if not head.startswith("ref:") or not REFERENCE.fullmatch(reference):
        files.problems.add("The head of the git repository makes no sense")
        return None
    is_branch = reference.startswith(HEADS) and reference != REFTABLE_HEAD
    return GitState(
        branch=reference.removeprefix(HEADS) if is_branch else None,
        commit=_commit(repository, reference, files),
        is_linked=repository.is_linked,
    )


def _linked(at: Path, files: Files) -> Repository | None:
    """The repository that a `.git` file points to, if it knows of this folder: else anything could be named."""
    outside = Files(at.parent, files.problems, may_leave=True)
    pointed = (outside.text(at, limit=4096) or "").removeprefix("gitdir:").strip()
    target = outside.find(at.parent / pointed) if pointed else None
    if target is None or not is_folder(target):
        files.problems.add(f"{at} points to no git repository")
        return None
    back = (outside.text(target / "gitdir", limit=4096) or "").strip()
    is_worktree = bool(back) and outside.find(target / back) == at.resolve()
    is_submodule = any(target.is_relative_to(folder / ".git" / "modules") for folder in at.parents)
    if not is_worktree and not is_submodule:
        files.problems.add(f"{at} points to {target}, which does not know of it, and was not followed")
        return None
    named = (outside.text(target / "commondir", limit=4096) or "").strip()
    common = outside.find(target / named) if named else target
    return Repository(target, common or target, is_linked=True)


def _commit(repository: Repository, reference: str, files: Files) -> str | None:
    for folder in (repository.git_dir, repository.common_dir):
        found = (Files(folder, files.problems).text(folder / reference, limit=200) or "").strip()
        if HASH.fullmatch(found):
            return found
    common = Files(repository.common_dir, files.problems)
    packed = common.text(repository.common_dir / "packed-refs", MAX_PACKED_BYTES) or ""
    for line in packed.splitlines():
        found, _, name = line.partition(" ")
        if name == reference and HASH.fullmatch(found):
            return found
    return None
