"""How far the patterns of rules that deny or ask reach: whatever a call might do counts.

The mirror image of allowing. An allowing rule must be sure; here a doubt is enough to ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from actors.host_patterns import host_of, is_within
from actors.launchers import may_run
from actors.path_patterns import may_be_named, may_hold
from actors.patterns import Pattern
from actors.secret_paths import SECRET_GLOBS
from actors.shell_commands import parse_command_line
from actors.tools.base import Subject

__all__ = ["Reach", "reach"]

Reach = Literal["yes", "maybe", "no"]


def reach(patterns: Sequence[Pattern], subject: Subject) -> list[Reach]:
    """For each pattern whether it is about the call."""
    reaches = [_reach(pattern, subject) for pattern in patterns]
    worded = [
        index for index, found in enumerate(reaches) if found == "no" and _is_worded(patterns[index], subject)
    ]
    if not worded or subject.command is None:
        return reaches
    for command in parse_command_line(subject.command).commands:
        for possible in may_run(command):
            for index in worded:
                words = patterns[index].words
                if words is not None and reaches[index] != "yes":
                    found = words.may_match(possible.parts)
                    if found == "yes" and command.is_doubtful:
                        found = "maybe"
                    reaches[index] = found if found != "no" else reaches[index]
    return reaches


def _is_worded(pattern: Pattern, subject: Subject) -> bool:
    return pattern.words is not None and pattern.covers_tool(subject.tool_name)


def _reach(pattern: Pattern, subject: Subject) -> Reach:
    """What can be said without looking at the words of a command."""
    covers = pattern.covers_tool(subject.tool_name)
    # A search shows what is in files, so a rule on reading some of them is about it too.
    is_search = subject.tool_name == "Grep" and pattern.tool == "Read"
    if pattern.glob is not None and (covers or is_search):
        return _path_reach(pattern.glob, subject)
    if not covers:
        return "no"
    if pattern.host is not None:
        return _host_reach(pattern.host, subject.url)
    if pattern.argument is not None and subject.command is None:
        return "maybe"
    is_whole = pattern.argument is None or pattern.line == (subject.command or "").strip(" \t\n")
    return "yes" if is_whole else "no"


def _host_reach(domain: str, url: str | None) -> Reach:
    host = host_of(url or "")
    if host is None:
        return "maybe"
    return "yes" if is_within(host, domain) else "no"


def _path_reach(glob: str, subject: Subject) -> Reach:
    if not subject.paths:
        return "maybe"
    if any(may_be_named(glob, path, subject.root) for path in subject.paths):
        return "yes"
    # Searches leave secrets out by themselves.
    is_search = subject.tool_name in {"Glob", "Grep"} and glob not in SECRET_GLOBS
    if is_search and any(may_hold(glob, path, subject.root) for path in subject.paths):
        return "maybe"
    return "no"
