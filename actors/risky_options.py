"""Options with which an ordinary program runs or overwrites what they name: a rule with `*` must spell them out.

`git diff *` is meant for looking at changes, but `git diff --output=FILE` overwrites any file, and `git grep -O` runs
what it is given. The list has the programs that people allow in passing; it cannot have all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

__all__ = ["through_last"]

_NOTHING = re.compile(r"(?!)")


class _Program(msgspec.Struct, frozen=True):
    """What to look for behind the name of a program.

    Attributes:
        long: names of long options; a beginning of one counts, as most programs take those.
        words: matches other words that count.
        of_subcommand: matches words that count with this sub-command alone.
        before_subcommand: options before the sub-command that count.
        valued: options before the sub-command that take the next word.
    """

    long: tuple[str, ...] = ()
    words: re.Pattern[str] = _NOTHING
    of_subcommand: Mapping[str, re.Pattern[str]] = {}
    before_subcommand: frozenset[str] = frozenset()
    valued: frozenset[str] = frozenset()


_GIT = _Program(
    long=(
        *("output", "output-directory", "open-files-in-pager", "ext-diff", "extcmd", "template"),
        *("upload-pack", "receive-pack", "exec", "exec-path", "config", "config-env", "git-dir"),
        *("smtp-server", "sendmail-cmd", "to-cmd", "cc-cmd"),
    ),
    of_subcommand={
        "archive": re.compile(r"-o.*"),
        "clone": re.compile(r"-[cu].*"),
        "difftool": re.compile(r"-x.*"),
        "format-patch": re.compile(r"-o.*"),
        "grep": re.compile(r"-\w*O.*"),
        "rebase": re.compile(r"-x.*"),
    },
    before_subcommand=frozenset({"-c"}),
    valued=frozenset({"-c", "-C", "--git-dir", "--work-tree", "--namespace", "--config-env"}),
)
_MAKE = _Program(
    ("file", "makefile", "eval", "directory", "include-dir"),
    # Options, variables, and what may become one by the name of a file.
    re.compile(r"-[A-Za-z]*[fCIE].*|[^-=][^=]*=.*|[^/]*[*?\[].*"),
)
_NPM = _Program(("script-shell", "node-options", "userconfig", "globalconfig", "prefix"))
_PROGRAMS = {
    "cargo": _Program(("config",)),
    "git": _GIT,
    "gmake": _MAKE,
    "go": _Program(words=re.compile(r"--?(?:exec|toolexec|vettool|overlay|modfile|o|C)(?:=.*)?")),
    "make": _MAKE,
    "man": _Program(("pager", "html", "browser", "config-file"), re.compile(r"-\w*[PHC].*")),
    "npm": _NPM,
    "pnpm": _NPM,
    "rg": _Program(("pre", "hostname-bin")),
    "sort": _Program(("output", "compress-program"), re.compile(r"-\w*o.*")),
    "tar": _Program(
        (
            *("to-command", "use-compress-program", "checkpoint-action", "info-script"),
            *("new-volume-script", "rsh-command"),
        ),
        re.compile(r"-\w*[IF].*"),
    ),
    "tree": _Program(words=re.compile(r"-\w*o.*")),
    "yarn": _NPM,
}


def through_last(words: Sequence[str], at: int) -> int:
    """How many words there are up to the last such option and its value; 0 where there is none.

    Args:
        words: a command.
        at: where the name of the program stands.
    """
    program = _PROGRAMS.get(words[at].rpartition("/")[2].casefold().removesuffix(".exe"))
    if program is None:
        return 0
    subcommand = _subcommand(program, words, at)
    own = program.of_subcommand.get(words[subcommand], _NOTHING) if subcommand < len(words) else _NOTHING
    for index in range(len(words) - 1, at, -1):
        word = words[index]
        is_before = index < subcommand and word in program.before_subcommand
        if is_before or _is_long(program, word) or program.words.fullmatch(word) or own.fullmatch(word):
            return min(index + 2, len(words)) if _takes_next(word) else index + 1
    return 0


def _subcommand(program: _Program, words: Sequence[str], at: int) -> int:
    """Where the sub-command stands, or would."""
    index = at + 1
    while index < len(words) and words[index].startswith("-"):
        index += 2 if words[index] in program.valued else 1
    return index


def _is_long(program: _Program, word: str) -> bool:
    name = word.removeprefix("--").partition("=")[0]
    return word.startswith("--") and name != "" and any(one.startswith(name) for one in program.long)


def _takes_next(word: str) -> bool:
    """Whether the value may be the next word."""
    return "=" not in word
