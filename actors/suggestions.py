"""The pattern that "always allow" saves: the narrowest that is of use beyond this one call."""

from __future__ import annotations

import re
import shlex
from pathlib import PurePath

from actors.errors import InvalidPattern
from actors.host_patterns import host_of
from actors.launchers import changes_the_shell, layers, spelled_out
from actors.path_patterns import escape_glob
from actors.patterns import PATH_TOOLS, Pattern
from actors.secret_paths import looks_secret
from actors.shell_commands import SimpleCommand, parse_command_line
from actors.tools.base import Subject

__all__ = ["suggest_pattern"]

_WITH_SUBCOMMANDS = frozenset(
    {
        "apt",
        "apt-get",
        "brew",
        "bun",
        "bundle",
        "cargo",
        "composer",
        "conda",
        "deno",
        "dnf",
        "docker",
        "dotnet",
    }
    | {
        "gem",
        "gh",
        "git",
        "glab",
        "go",
        "gradle",
        "helm",
        "hg",
        "journalctl",
        "just",
        "kubectl",
        "make",
        "mix",
    }
    | {
        "mvn",
        "npm",
        "pip",
        "pip3",
        "pnpm",
        "podman",
        "poetry",
        "rails",
        "rake",
        "rustup",
        "swift",
        "systemctl",
    }
    | {"task", "terraform", "tox", "uv", "yarn"}
)
_WITH_TWO_SUBCOMMANDS = {
    "bun": frozenset({"pm", "run"}),
    "deno": frozenset({"task"}),
    "docker": frozenset({"builder", "compose", "container", "image", "network", "system", "volume"}),
    "gh": frozenset(
        {"cache", "issue", "label", "pr", "project", "release", "repo", "run", "search", "workflow"}
    ),
    "git": frozenset({"notes", "reflog", "remote", "stash", "worktree"}),
    "glab": frozenset({"ci", "issue", "mr", "release", "repo"}),
    "go": frozenset({"mod", "work"}),
    "kubectl": frozenset({"config", "get", "rollout"}),
    "npm": frozenset({"run", "run-script"}),
    "pnpm": frozenset({"run"}),
    "uv": frozenset({"cache", "pip", "python"}),
    "yarn": frozenset({"run"}),
}
# These run what their arguments name, or change what the tool runs later.
_RUNNING_SUBCOMMANDS = {
    "bundle": frozenset({"exec"}),
    "bun": frozenset({"x"}),
    "cargo": frozenset({"run"}),
    "composer": frozenset({"exec"}),
    "conda": frozenset({"run"}),
    "deno": frozenset({"eval", "run"}),
    "docker": frozenset({"exec", "run"}),
    "dotnet": frozenset({"exec", "run"}),
    "gh": frozenset({"alias", "api", "codespace", "extension"}),
    "git": frozenset({"bisect", "config", "difftool", "filter-branch", "mergetool", "rebase", "submodule"}),
    "go": frozenset({"generate", "run", "tool"}),
    "helm": frozenset({"plugin"}),
    "kubectl": frozenset({"debug", "exec", "run"}),
    "mvn": frozenset({"exec:exec", "exec:java"}),
    "npm": frozenset({"config", "exec", "x"}),
    "pnpm": frozenset({"config", "dlx", "exec"}),
    "podman": frozenset({"exec", "run"}),
    "poetry": frozenset({"run", "shell"}),
    "rails": frozenset({"runner"}),
    "rustup": frozenset({"run"}),
    "swift": frozenset({"run"}),
    "uv": frozenset({"run", "tool"}),
    "yarn": frozenset({"config", "dlx", "exec", "node"}),
}
_SUBCOMMAND = re.compile(r"[A-Za-z][\w.:-]*", re.ASCII)
_SEARCHED_BY_FOLDER = frozenset({"Read", "Glob", "Grep"})


def suggest_pattern(subject: Subject) -> str | None:
    """A pattern that allows the call, as text; None where no pattern can."""
    if not all(path.is_relative_to(subject.root) for path in subject.paths):
        return None
    if subject.tool_name == "Bash" and subject.command is not None:
        return _for_command_line(subject.command)
    if subject.tool_name in PATH_TOOLS and subject.paths:
        patterns = {_for_path(subject, path) for path in subject.paths}
        return _checked(patterns.pop()) if len(patterns) == 1 else None
    if any(looks_secret(path, subject.root) for path in subject.paths):
        return None
    if subject.tool_name == "WebFetch" and subject.url is not None:
        host = host_of(subject.url)
        return _checked(f"WebFetch(domain:{host})") if host else None
    # A star in the name itself would cover other tools.
    is_plain = "*" not in subject.tool_name and subject.tool_name == subject.tool_name.strip()
    return _checked(subject.tool_name) if is_plain else None


def _for_command_line(command_line: str) -> str | None:
    line = parse_command_line(command_line)
    command = line.commands[0] if line.why_unknown is None and len(line.commands) == 1 else None
    if command is not None and command.is_literal:
        return _for_tool(command) or _exact_line(command_line) or _exact_words(command)
    return _exact_line(command_line)


def _for_tool(command: SimpleCommand) -> str | None:
    """The tool and its sub-command, for tools that have some."""
    command = layers(command)[-1]
    words = command.words
    name = words[0]
    if name not in _WITH_SUBCOMMANDS or len(words) == 1:
        return None
    count = 3 if words[1] in _WITH_TWO_SUBCOMMANDS.get(name, ()) else 2
    prefix = words[:count]
    is_plain = not any(part.is_open for part in command.parts[:count]) and len(prefix) == count
    if not is_plain or not all(_SUBCOMMAND.fullmatch(word) for word in prefix[1:]):
        return None
    if not _RUNNING_SUBCOMMANDS.get(name, frozenset()).isdisjoint(prefix) or spelled_out(words) > count:
        return None
    return _checked(f"Bash({' '.join(prefix)} *)")


def _exact_line(command_line: str) -> str | None:
    line = command_line.strip(" \t\n")
    return _checked(f"Bash({_escaped(line)})") if line else None


def _exact_words(command: SimpleCommand) -> str | None:
    """For a command whose line can't be a pattern, such as one over several lines."""
    if changes_the_shell(command):
        return None
    return _checked(f"Bash({_escaped(shlex.join(command.words))})")


def _escaped(text: str) -> str:
    return text.replace("*", "\\*")


def _for_path(subject: Subject, path: PurePath) -> str:
    root = subject.root
    if path == root:
        return f"{subject.tool_name}(**)"
    relative = path.relative_to(root)
    by_folder = subject.tool_name in _SEARCHED_BY_FOLDER and not looks_secret(path, root)
    if by_folder and relative.parent != PurePath():
        return f"{subject.tool_name}({escape_glob(relative.parent.as_posix())}/*)"
    # Without a slash a glob would fit at any depth.
    anchor = "" if len(relative.parts) > 1 else "/"
    return f"{subject.tool_name}({anchor}{escape_glob(relative.as_posix())})"


def _checked(text: str) -> str | None:
    """The text if it is a pattern."""
    try:
        Pattern.parse(text)
    except InvalidPattern:
        return None
    return text
