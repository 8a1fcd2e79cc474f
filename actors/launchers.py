"""Commands that run other commands: which one, and how much of it a rule must spell out.

Wrappers are transparent: what they run is judged on its own. Launchers are opaque: they run it elsewhere, as
somebody else, many times or from a text, so a rule must name the launcher and what it starts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from actors.risky_options import through_last
from actors.shell_commands import guess_commands, parse_command_line
from actors.shell_tree import HARMLESS_ASSIGNMENT, SimpleCommand
from actors.shell_words import RESERVED_WORDS, Word

__all__ = ["changes_the_shell", "layers", "may_run", "spelled_out"]


class _Options(msgspec.Struct, frozen=True):
    """What may stand between a launcher and the command it runs.

    Attributes:
        flags: matches each option that is one word.
        valued: options that take the next word.
        positionals: how many words follow the options, before the command.
    """

    flags: str = r"(?!)"
    valued: frozenset[str] = frozenset()
    positionals: int = 0


_NONE = _Options()
_ENV = _Options()
# Nothing of their arguments is understood: only a rule without `*` fits.
_WHOLE = _Options(positionals=sys.maxsize)
_WRAPPERS = {
    "command": _Options(r"-p"),
    "env": _ENV,
    "ionice": _Options(r"-c\d|-n\d|-t|--class=\w+|--classdata=\d|--ignore", frozenset({"-c", "-n"})),
    "nice": _Options(r"-n?-?\d+|--adjustment=-?\d+", frozenset({"-n"})),
    "nohup": _NONE,
    "setsid": _Options(r"-[fwc]+|--fork|--wait|--ctty"),
    "stdbuf": _Options(r"-[ioe][\dLKMG]+|--(?:input|output|error)=\w+", frozenset({"-i", "-o", "-e"})),
    "time": _Options(r"-p"),
    "timeout": _Options(
        r"-v|--verbose|--foreground|--preserve-status|-[ks]\w+|--(?:kill-after|signal)=\w+",
        frozenset({"-k", "-s"}),
        positionals=1,
    ),
}
_SHELLS = frozenset({"sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh"})
_SHELL_OPTIONS = _Options(r"-[ceuxlivfn]+|--norc|--noprofile|--posix|--login", frozenset({"-o"}))
_LAUNCHERS = {
    **dict.fromkeys(_SHELLS, _SHELL_OPTIONS),
    **dict.fromkeys(
        {"at", "batch", "bwrap", "capsh", "cmd", "entr", "expect", "firejail", "ltrace", "nsenter", "nu"}
        | {"numactl", "powershell", "proot", "pwsh", "screen", "script", "setarch", "setpriv", "sg", "strace"}
        | {"su", "systemd-run", "tmux", "unshare"},
        _WHOLE,
    ),
    **dict.fromkeys(
        {
            "busybox",
            "dbus-run-session",
            "fakeroot",
            "pkexec",
            "rlwrap",
            "run0",
            "runuser",
            "toybox",
            "unbuffer",
        }
        | {"xvfb-run"},
        _NONE,
    ),
    **dict.fromkeys({"chrt", "taskset"}, _Options(positionals=1)),
    "chroot": _Options(positionals=1),
    "doas": _Options(r"-n", frozenset({"-u"})),
    "flock": _Options(r"-[nsxeu]+", frozenset({"-w"}), positionals=1),
    "parallel": _Options(r"-[0kj\d]+|--will-cite", frozenset({"-j"})),
    "ssh": _Options(r"-[46ACnqtTvx]+", frozenset({"-p", "-l", "-i"}), positionals=1),
    "sudo": _Options(r"-[nEHSkbP]+", frozenset({"-u", "-g"})),
    "watch": _Options(r"-[dtecgbp]+|-n[\d.]+", frozenset({"-n"})),
    "xargs": _Options(r"-[0rtpx]+|-[nPL]\d+|-I\S+|-d\S+", frozenset({"-n", "-P", "-L", "-I", "-d"})),
}
_SEARCHERS = {
    "find": re.compile(r"-(?:exec|ok)(?:dir)?|-delete|-fls|-fprint.*"),
    "fd": re.compile(r"-\w*[xX].*|--exec.*"),
}
_SEARCHER_NAMES = {"find": "find", "gfind": "find", "fd": "fd", "fdfind": "fd"}
_EVALUATORS = frozenset({"eval", "exec", "builtin", "trap", "coproc", "source", "."}) | RESERVED_WORDS
_CHANGES_THE_SHELL = frozenset(
    {".", "alias", "bind", "builtin", "compgen", "complete", "compopt", "coproc", "declare", "enable", "eval"}
    | {"exec", "export", "fc", "getopts", "hash", "let", "local", "mapfile", "read", "readarray", "readonly"}
    | {"set", "shopt", "source", "trap", "typeset", "unalias", "unset"}
)
# Options with which a builtin sets a variable, evaluates a subscript or runs its arguments.
_CHANGING_OPTIONS = {
    "printf": re.compile(r"-v.*"),
    "test": re.compile(r"-[vR]"),
    "[": re.compile(r"-[vR]"),
    "wait": re.compile(r"-\w*p.*"),
    "jobs": re.compile(r"-\w*x.*"),
}

_MAX_NESTING = 20
_MAX_TEXTS = 3
_MAX_ARGUMENTS = 200
# An assignment, an option that bash or the launcher would take for its own, an argument of `parallel`.
_NO_COMMAND = re.compile(r"\w+(?:\[[^]]*\])?\+?=|[-+:]|$")
_NEEDS_A_SHELL = re.compile(r"[^\w./:=@%+,-]")


def changes_the_shell(command: SimpleCommand) -> bool:
    """Whether a builtin may change what later commands mean, or evaluate its arguments once more."""
    name, *arguments = command.words
    options = _CHANGING_OPTIONS.get(name)
    return name in _CHANGES_THE_SHELL or (
        options is not None and any(options.fullmatch(argument) for argument in arguments)
    )


def layers(command: SimpleCommand) -> tuple[SimpleCommand, ...]:
    """The command, what it runs if it is a transparent wrapper, and so on to the innermost.

    Stops early at a wrapper whose options aren't known, and at absurd depths.
    """
    found = [command]
    while len(found) < _MAX_NESTING and (inner := _wrapped(found[-1])) is not None:
        found.append(inner)
    return tuple(found)


def spelled_out(words: tuple[str, ...]) -> int:
    """How many words a rule with `*` must spell out: up to the name of what runs in the end, or what it runs.

    0 for most commands; more than there are words where the arguments of a launcher aren't understood.
    """
    at = 0
    for _ in range(_MAX_NESTING):
        options = _kind(words[at])
        if options is None:
            return max(at + 1 if at else 0, through_last(words, at))
        if isinstance(options, re.Pattern):
            return _searcher_floor(words, at, options)
        if words[at] == "command" and words[at + 1 : at + 2] in (("-v",), ("-V",)):
            # It only looks the name up.
            return at + 2
        payload = _payload(words, at)
        if payload is None:
            return len(words) + 1
        if options is _SHELL_OPTIONS:
            return payload + 1
        at = payload
    return len(words) + 1


def may_run(command: SimpleCommand, texts: int = 0) -> Iterator[SimpleCommand]:
    """Whatever the command might run, itself first, read as widely as can be; for rules that forbid."""
    yield command
    if command.assignments:
        prefix = tuple(Word.literal(text) for text in command.assignments)
        yield replace(command, parts=prefix + command.parts, assignments=())
    if not command.parts:
        return
    for inner in layers(command)[1:]:
        command = inner
        yield command
    words = command.words
    if _kind(words[0]) is None and words[0] not in _EVALUATORS:
        return
    only_options = True
    for index in range(1, min(len(words), _MAX_ARGUMENTS)):
        if only_options or not command.parts[index].is_open:
            yield command.after(index)
        only_options = only_options and words[index].startswith("-")
    if len(words) > _MAX_ARGUMENTS:
        yield _anything(command, "more arguments than can be checked")
        return
    yield from _in_texts(command, texts)


def _in_texts(command: SimpleCommand, depth: int) -> Iterator[SimpleCommand]:
    """What the arguments of a launcher would run, were they command lines."""
    if any(part.trouble for part in command.parts):
        yield from guess_commands(command.source)
    for part in command.parts[1:]:
        if not _NEEDS_A_SHELL.search(part.value):
            continue
        if depth == _MAX_TEXTS:
            yield _anything(command, "a command in a text in a text")
            return
        inner = guess_commands(part.value) if part.trouble else parse_command_line(part.value).commands
        for found in inner:
            yield from may_run(found, depth + 1)


def _anything(command: SimpleCommand, trouble: str) -> SimpleCommand:
    return SimpleCommand((Word.unknown(trouble),), trouble, command.source)


def _wrapped(command: SimpleCommand) -> SimpleCommand | None:
    """The command inside a transparent wrapper; None for other commands, or when its options aren't known."""
    # Only by its plain name: `./timeout` may be anything.
    if command.parts[0].value not in _WRAPPERS:
        return None
    start = _payload(command.words, 0)
    if start is None or any(part.is_open for part in command.parts[: start + 1]):
        return None
    return command.after(start)


def _kind(word: str) -> _Options | re.Pattern[str] | None:
    name = word.rpartition("/")[2].casefold().removesuffix(".exe")
    return _WRAPPERS.get(name) or _LAUNCHERS.get(name) or _SEARCHERS.get(_SEARCHER_NAMES.get(name, ""))


def _payload(words: Sequence[str], at: int) -> int | None:
    """Where the command starts that the launcher at a position runs; None if an option is not known."""
    options = _kind(words[at])
    if not isinstance(options, _Options):
        return None
    index = at + 1
    while index < len(words) and words[index].startswith("-"):
        if words[index] == "--":
            index += 1
            break
        if words[index] in options.valued:
            index += 2
        elif re.fullmatch(options.flags, words[index]):
            index += 1
        else:
            return None
    if options is _ENV:
        while index < len(words) and HARMLESS_ASSIGNMENT.fullmatch(words[index]):
            index += 1
    index += options.positionals
    if index >= len(words) or words[index] in RESERVED_WORDS or _NO_COMMAND.match(words[index]):
        return None
    return index


def _searcher_floor(words: tuple[str, ...], at: int, actions: re.Pattern[str]) -> int:
    floor = at + 1 if at else 0
    for index in range(at + 1, len(words)):
        if not actions.fullmatch(words[index]):
            continue
        rest = words[index + 1 :]
        if not rest or words[index] == "-delete":
            needed = 0
        elif isinstance(_kind(rest[0]), re.Pattern):
            # The actions of a nested search are found by this loop too.
            needed = 1
        else:
            needed = max(1, spelled_out(rest))
        floor = max(floor, index + 1 + needed)
    return floor
