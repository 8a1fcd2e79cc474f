"""Whether a tool call may run, by the rules a person has saved. Pure: paths come resolved, nothing is read.

deny beats ask beats allow. A rule that forbids counts for whatever the call might do; a rule that allows
counts only for what the call is known to do. Where that is in doubt, the person is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import Literal

import msgspec

from actors.forbidding import Reach, reach
from actors.host_patterns import host_of, is_within
from actors.launchers import changes_the_shell, layers, spelled_out
from actors.path_patterns import is_named
from actors.patterns import Pattern
from actors.secret_paths import SECRET_GLOBS, looks_secret
from actors.shell_commands import SimpleCommand, parse_command_line
from actors.suggestions import suggest_pattern
from actors.tools.base import Subject

__all__ = ["SECRET_GLOBS", "Behavior", "Rule", "Verdict", "decide", "looks_secret", "suggest_pattern"]

Behavior = Literal["allow", "deny", "ask"]

_SHOWN_CHARACTERS = 80


class Rule(msgspec.Struct, frozen=True):
    """A permission rule.

    Attributes:
        project_id: the project it is limited to; None for all.
        created_at: milliseconds since the epoch.
        expires_at: milliseconds since the epoch from which on it does not count; None for never.
        uses: how many calls it has decided.
    """

    id: str
    pattern: Pattern
    behavior: Behavior
    project_id: str | None
    created_at: int
    expires_at: int | None = None
    uses: int = 0


class Verdict(msgspec.Struct, frozen=True):
    """What the rules say about a call.

    Attributes:
        rule: the rule that decided, the first if there are several.
        why: a short sentence for the person.
        rules: all rules that the decision rests on.
    """

    behavior: Behavior
    rule: Rule | None
    why: str
    rules: tuple[Rule, ...] = ()


def decide(rules: Iterable[Rule], subject: Subject, *, project_id: str | None, now_ms: int) -> Verdict:
    """What the rules say about a tool call.

    Args:
        rules: all rules, in the order of their preference among equals.
        subject: what the call would touch.
        project_id: the project of the conversation; rules of other projects don't count.
        now_ms: milliseconds since the epoch; rules that have expired by then don't count.
    """
    active = [rule for rule in rules if _is_active(rule, project_id, now_ms)]
    forbidding = [rule for rule in active if rule.behavior != "allow"]
    reaches = reach([rule.pattern for rule in forbidding], subject)
    return (
        _forbidden(forbidding, reaches, "deny", "yes")
        or _forbidden(forbidding, reaches, "ask", "yes")
        or _forbidden(forbidding, reaches, "deny", "maybe")
        or _forbidden(forbidding, reaches, "ask", "maybe")
        or _allowed([rule for rule in active if rule.behavior == "allow"], subject)
    )


def _is_active(rule: Rule, project_id: str | None, now_ms: int) -> bool:
    is_current = rule.expires_at is None or rule.expires_at > now_ms
    return is_current and (rule.project_id is None or rule.project_id == project_id)


def _forbidden(
    rules: Sequence[Rule], reaches: Sequence[Reach], behavior: Literal["deny", "ask"], wanted: Reach
) -> Verdict | None:
    for rule, reached in zip(rules, reaches, strict=True):
        if rule.behavior != behavior or reached != wanted:
            continue
        text = rule.pattern.text
        if wanted == "maybe":
            return Verdict("ask", rule, f"This may be something that rule {text} is about.", (rule,))
        why = f"Rule {text} denies it." if behavior == "deny" else f"Rule {text} says to ask."
        return Verdict(behavior, rule, why, (rule,))
    return None


def _allowed(rules: Sequence[Rule], subject: Subject) -> Verdict:
    """The verdict where no rule forbids: allow if every part of the call is allowed, else ask."""
    bare = [rule for rule in rules if rule.pattern.argument is None]
    bare = [rule for rule in bare if rule.pattern.covers_tool(subject.tool_name)]
    named = [rule for rule in rules if rule.pattern.argument is not None]
    named = [rule for rule in named if rule.pattern.covers_tool(subject.tool_name)]
    parts: list[Verdict] = []
    if not all(_is_inside(path, subject.root) for path in subject.paths):
        return Verdict("ask", None, "The path is outside the working directory.")
    if subject.command is not None:
        parts.append(_allowed_command(bare, named, subject.command))
    else:
        parts.extend(_allowed_path(bare, named, subject, path) for path in subject.paths)
    if subject.url is not None:
        parts.append(_allowed_url(bare, named, subject.url))
    if not parts and subject.touches_nothing:
        return Verdict("allow", None, "It touches nothing outside of stagent.")
    if not parts:
        parts.append(_first(bare, f"No rule covers {subject.tool_name}."))
    refusal = next((part for part in parts if part.behavior != "allow"), None)
    if refusal:
        return refusal
    used = tuple(dict.fromkeys(rule for part in parts for rule in part.rules))
    return Verdict("allow", used[0] if used else None, parts[0].why, used)


def _is_inside(path: PurePath, root: PurePath) -> bool:
    return path.is_relative_to(root) and ".." not in path.parts


def _first(rules: Sequence[Rule], otherwise: str, fits: Callable[[Pattern], bool] | None = None) -> Verdict:
    """Allows by the first rule that fits, else asks for the reason given."""
    for rule in rules:
        if fits is None or fits(rule.pattern):
            return Verdict("allow", rule, f"Rule {rule.pattern.text} allows it.", (rule,))
    return Verdict("ask", None, otherwise)


def _allowed_command(bare: Sequence[Rule], named: Sequence[Rule], command_line: str) -> Verdict:
    whole = command_line.strip(" \t\n")
    by_whole = bare or [rule for rule in named if rule.pattern.line == whole]
    if by_whole:
        return _first(by_whole, "")
    line = parse_command_line(command_line)
    if line.why_unknown:
        return Verdict("ask", None, line.why_unknown)
    used: dict[Rule, None] = {}
    for command in line.commands:
        verdict = _allowed_simple_command(named, command)
        if verdict.rule is None:
            return verdict
        used[verdict.rule] = None
    if not used:
        return Verdict("ask", None, "The command runs nothing that a rule could cover.")
    first = next(iter(used))
    return Verdict("allow", first, f"Rule {first.pattern.text} allows it.", tuple(used))


def _allowed_simple_command(rules: Sequence[Rule], command: SimpleCommand) -> Verdict:
    if not command.is_literal:
        return Verdict("ask", None, f"The command uses {command.trouble}, so it can't be checked.")
    shown = command.source
    if len(shown) > _SHOWN_CHARACTERS:
        shown = shown[: _SHOWN_CHARACTERS - 1] + "…"
    chain = layers(command)
    name = chain[-1].words[0]
    if changes_the_shell(chain[-1]):
        return Verdict(
            "ask", None, f"`{name}` can change what other commands do: only a rule for this exact line fits."
        )
    for rule in rules:
        if any(_covers(rule.pattern, layer.words) for layer in chain):
            return Verdict("allow", rule, f"Rule {rule.pattern.text} allows it.", (rule,))
    return Verdict("ask", None, f"No rule covers `{shown}`.")


def _covers(pattern: Pattern, words: tuple[str, ...]) -> bool:
    pattern_words = pattern.words
    if pattern_words is None or not pattern_words.matches(words):
        return False
    return not pattern_words.has_wildcard or pattern_words.spelled_out >= spelled_out(words)


def _allowed_path(bare: Sequence[Rule], named: Sequence[Rule], subject: Subject, path: PurePath) -> Verdict:
    root = subject.root
    verdict = _first(
        named, "", lambda pattern: pattern.glob is not None and is_named(pattern.glob, path, root)
    )
    if verdict.rule is not None:
        return verdict
    shown = path.relative_to(root).as_posix()
    if looks_secret(path, root):
        return Verdict("ask", None, f"{shown} may hold secrets, and no rule names it.")
    if subject.only_reads and not bare:
        return Verdict("allow", None, "It only reads, inside the working directory.")
    return _first(bare, f"No rule covers {subject.tool_name} of {shown}.")


def _allowed_url(bare: Sequence[Rule], named: Sequence[Rule], url: str) -> Verdict:
    host = host_of(url)
    otherwise = f"No rule covers {host}." if host else "The address has no host that can be checked."
    verdict = _first(
        named, "", lambda pattern: bool(host and pattern.host) and is_within(host or "", pattern.host or "")
    )
    return verdict if verdict.rule else _first(bare, otherwise)
