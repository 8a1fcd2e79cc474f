"""Paths against gitignore globs, for the rules that allow and for those that forbid.

To allow, a glob must name the path as it is written. To forbid, letter case and the form of accents don't
matter, as a file system may not tell them apart either.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from actors.path_globs import compiled, matches

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

__all__ = ["escape_glob", "folded", "is_named", "may_be_named", "may_hold", "spec_of", "why_invalid_glob"]

_EVERYTHING = frozenset({"*", "**", "/*", "/**", "**/*", "/**/*"})
_WILDCARD = re.compile(r"[*?[\\]")


def why_invalid_glob(glob: str) -> str | None:
    """Why the text can't be a path pattern of a rule, as a sentence; None if it can."""
    if glob.startswith("!"):
        return "A path pattern can't start with `!`; use a rule that denies."
    if glob.startswith(("~", "//")):
        return "A path pattern is relative to the working directory."
    if ".." in re.split(r"[/\\]", glob):
        return "A path pattern can't leave the working directory with `..`."
    try:
        patterns = spec_of((_trimmed(glob),)).patterns
        spec_of((folded(_trimmed(glob)),))
    except ValueError:
        return "This is not a gitignore pattern."
    if len(patterns) != 1 or not patterns[0].include:
        return "This gitignore pattern matches nothing; put a backslash before a leading `#`."
    return None


def is_named(glob: str, path: PurePath, root: PurePath) -> bool:
    """Whether the glob names a path inside the root; for rules that allow."""
    if not path.is_relative_to(root):
        return False
    return _matches(glob, path.relative_to(root).as_posix())


def may_be_named(glob: str, path: PurePath, root: PurePath) -> bool:
    """Whether the glob may mean the path; for rules that forbid.

    A glob for names at any depth, such as `*.pem`, means paths outside of the root too.
    """
    if path.is_relative_to(root):
        relative = path.relative_to(root).as_posix()
    elif _is_for_any_depth(glob):
        relative = path.relative_to(path.anchor).as_posix()
    else:
        return False
    return _matches(glob, relative) or _matches(folded(glob), folded(relative))


def may_hold(glob: str, folder: PurePath, root: PurePath) -> bool:
    """Whether something that the glob names may lie below the folder, if it is one."""
    if folder == root or root.is_relative_to(folder) or _is_for_any_depth(glob):
        return True
    if not folder.is_relative_to(root):
        return False
    fixed = folded(_WILDCARD.split(_trimmed(glob).lstrip("/"), maxsplit=1)[0])
    below = folded(folder.relative_to(root).as_posix()) + "/"
    return below.startswith(fixed) or fixed.startswith(below)


def escape_glob(text: str) -> str:
    """The glob that names exactly this path."""
    escaped = re.sub(r"([\\*?\[\]!#~()])", r"\\\1", text)
    return re.sub(r" $", r"\\ ", escaped)


def folded(text: str) -> str:
    """The text without differences that a file system may ignore."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


@lru_cache(maxsize=1024)
def spec_of(globs: tuple[str, ...]) -> GitIgnoreSpec:
    """The compiled globs.

    Raises:
        ValueError: one of them is malformed.
    """
    from pathspec import GitIgnoreSpec  # noqa: PLC0415

    try:
        return GitIgnoreSpec.from_lines(globs)
    except re.error as error:
        raise ValueError(str(error)) from error


def _matches(glob: str, relative: str) -> bool:
    if relative == ".":
        return glob in _EVERYTHING
    # Nobody says here whether a path is a folder, so a pattern for folders fits files too.
    return matches(compiled(_trimmed(glob)), relative)


def _trimmed(glob: str) -> str:
    """The glob without a leading `./`, which means the working directory."""
    return glob[1:] if glob.startswith("./") else glob


def _is_for_any_depth(glob: str) -> bool:
    return glob.startswith("**/") or "/" not in glob.rstrip("/")
