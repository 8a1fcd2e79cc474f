"""Decisions of the permission rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.patterns import Pattern
from actors.permissions import Behavior, Rule, Verdict, decide
from actors.tools.base import Subject
from tests.actors.command_lines import CASES

ROOT = Path("/srv/project")
NOW = 1_700_000_000_000


def rule(text: str, behavior: Behavior = "allow", project_id: str | None = None) -> Rule:
    return Rule(f"{behavior} {text}", Pattern.parse(text), behavior, project_id, NOW)


def judge(subject: Subject, *rules: Rule, project_id: str | None = None) -> Verdict:
    return decide(rules, subject, project_id=project_id, now_ms=NOW)


def bash(line: str) -> Subject:
    return Subject("Bash", ROOT, command=line)


def touching(tool: str, *paths: str) -> Subject:
    reads = tool in {"Read", "Glob", "Grep"}
    return Subject(tool, ROOT, paths=tuple(ROOT / path for path in paths), only_reads=reads)


@pytest.mark.parametrize("case", CASES, ids=[str(number) for number in range(len(CASES))])
def test_command_lines(case):
    rules = [rule(text) for text in case.allow]
    rules += [rule(text, "deny") for text in case.deny]
    rules += [rule(text, "ask") for text in case.ask]
    verdict = judge(bash(case.line), *rules)
    assert (case.line, verdict.behavior, verdict.why) == (case.line, case.decision, verdict.why)
    assert (verdict.rule is None) == (verdict.rules == ())


def test_the_table_is_large_and_varied():
    lines = {case.line for case in CASES}
    assert len(lines) > 300
    assert {case.decision for case in CASES} == {"allow", "ask", "deny"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("git push", "No rule covers `git push`."),
        ("git diff && git push -f 'a b'", "No rule covers `git push -f 'a b'`."),
        ("git diff $(x)", "The command uses $(…), so it can't be checked."),
        ("git diff > x", "The command uses a redirection to or from a file, so it can't be checked."),
        ("export A=1", "The command uses a declaration of variables, so it can't be checked."),
        ("eval x", "`eval` can change what other commands do: only a rule for this exact line fits."),
        ("", "The command runs nothing that a rule could cover."),
        ("git " + "x" * 200, "No rule covers `git " + "x" * 75 + "…`."),
    ],
)
def test_the_reason_to_ask_names_the_trouble(line, why):
    assert judge(bash(line), rule("Bash(git diff *)")) == Verdict("ask", None, why)


def test_the_verdict_names_the_rules_it_rests_on():
    diff, push, other = rule("Bash(git diff *)"), rule("Bash(git push *)"), rule("Bash(ls)")
    verdict = judge(bash("git push && git diff && git push"), other, diff, push)
    assert verdict == Verdict("allow", push, "Rule Bash(git push *) allows it.", (push, diff))
    denial = rule("Bash(git push *)", "deny")
    assert judge(bash("git push"), push, denial).why == "Rule Bash(git push *) denies it."
    question = rule("Bash(git *)", "ask")
    assert judge(bash("git push"), push, question).why == "Rule Bash(git *) says to ask."
    maybe = judge(bash("$x push"), rule("Bash"), denial)
    assert maybe == Verdict(
        "ask", denial, "This may be something that rule Bash(git push *) is about.", (denial,)
    )


def test_deny_beats_ask_beats_allow_in_any_order():
    rules = [rule("Bash", behavior) for behavior in ("allow", "ask", "deny")]
    for turn in range(3):
        ordered = rules[turn:] + rules[:turn]
        assert judge(bash("ls"), *ordered).behavior == "deny"
        without = [one for one in ordered if one.behavior != "deny"]
        assert judge(bash("ls"), *without).behavior == "ask"


def test_rules_of_other_projects_and_expired_rules_do_not_count():
    mine, general = rule("Bash(ls)", project_id="p"), rule("Bash(ls)")
    assert judge(bash("ls"), mine, project_id="p").behavior == "allow"
    assert judge(bash("ls"), mine, project_id="q").behavior == "ask"
    assert judge(bash("ls"), mine).behavior == "ask"
    assert judge(bash("ls"), general, project_id="p").behavior == "allow"
    assert judge(bash("ls"), replace(general, expires_at=NOW + 1)).behavior == "allow"
    assert judge(bash("ls"), replace(general, expires_at=NOW)).behavior == "ask"
    assert judge(bash("ls"), general, replace(rule("Bash", "deny"), expires_at=NOW - 1)).behavior == "allow"


@pytest.mark.parametrize(
    ("subject", "allow", "behavior"),
    [
        (touching("Read", "src/a"), "", "allow"),
        (touching("Glob", "."), "", "allow"),
        (touching("Grep", "src", "lib/a"), "", "allow"),
        (touching("Read"), "", "ask"),
        (touching("Read", "/etc/passwd"), "", "ask"),
        (touching("Read", "/etc/passwd"), "Read", "ask"),
        (touching("Read", "/etc/passwd"), "Read(**)", "ask"),
        (touching("Read", "/srv/project2/a"), "Read", "ask"),
        (touching("Read", "../../etc/passwd"), "Read", "ask"),
        (touching("Read", "src/a", "/etc/passwd"), "Read", "ask"),
        (touching("Read", ".env"), "", "ask"),
        (touching("Read", ".env"), "Read", "ask"),
        (touching("Read", ".env"), "Read(.env)", "allow"),
        (touching("Read", "src/.env"), "Read(/.env)", "ask"),
        (touching("Read", "src/a", ".env"), "", "ask"),
        (touching("Write", "src/a"), "", "ask"),
        (touching("Write", "src/a"), "Write", "allow"),
        (touching("Write", "src/a"), "Write(src/**)", "allow"),
        (touching("Write", "src/a"), "Edit(src/**)", "ask"),
        (touching("Write", "src/a"), "Read(src/**)", "ask"),
        (touching("Write", "lib/a"), "Write(src/**)", "ask"),
        (touching("Write", "src/a", "lib/a"), "Write(src/**)", "ask"),
        (touching("Write", "src/a", "src/b"), "Write(src/**)", "allow"),
        (touching("Write", ".env"), "Write", "ask"),
        (touching("Write"), "Write(src/**)", "ask"),
        (touching("mcp__fs__write", "src/a"), "mcp__fs__*", "allow"),
        (touching("mcp__fs__write", ".env"), "mcp__fs__*", "ask"),
        (touching("mcp__fs__write", "/etc/a"), "mcp__fs__*", "ask"),
        (Subject("mcp__git__status", ROOT), "mcp__git__*", "allow"),
        (Subject("mcp__git__status", ROOT), "mcp__github__*", "ask"),
        (Subject("mcp__git__status", ROOT, only_reads=True), "", "ask"),
        (Subject("WebFetch", ROOT, url="https://a.example.com/x"), "WebFetch(domain:example.com)", "allow"),
        (Subject("WebFetch", ROOT, url="https://evil-example.com"), "WebFetch(domain:example.com)", "ask"),
        (
            Subject("WebFetch", ROOT, url="https://example.com@evil.com"),
            "WebFetch(domain:example.com)",
            "ask",
        ),
        (Subject("WebFetch", ROOT, url="https://evil.com"), "WebFetch", "allow"),
        (Subject("WebFetch", ROOT, url="https://evil.com", only_reads=True), "", "ask"),
        (Subject("WebFetch", ROOT), "WebFetch(domain:example.com)", "ask"),
        (Subject("AskUserQuestion", ROOT), "", "ask"),
        (Subject("AskUserQuestion", ROOT, touches_nothing=True), "", "allow"),
        (Subject("Bash", ROOT), "Bash(ls)", "ask"),
        (Subject("Bash", ROOT, command="ls", touches_nothing=True), "", "ask"),
        (Subject("Bash", ROOT, command="ls", paths=(Path("/etc"),)), "Bash", "ask"),
        (Subject("Bash", ROOT, command="ls", paths=(ROOT,), only_reads=True), "Bash(git *)", "ask"),
    ],
)
def test_what_is_allowed(subject, allow, behavior):
    rules = [rule(allow)] if allow else []
    assert judge(subject, *rules).behavior == behavior


@pytest.mark.parametrize(
    ("subject", "deny", "behavior"),
    [
        (touching("Read", "/etc/passwd"), "Read", "deny"),
        (touching("Read", "/etc/a.pem"), "Read(*.pem)", "deny"),
        (touching("Read", "src/SECRET.txt"), "Read(src/secret.txt)", "deny"),
        (touching("Write", "src/a", "lib/a"), "Write(lib/**)", "deny"),
        (touching("Write", "src/a"), "Write(lib/**)", "allow"),
        (touching("Write"), "Write(lib/**)", "ask"),
        (touching("Grep", "lib"), "Grep(lib/x/**)", "ask"),
        (touching("Grep", "."), "Read(lib/x)", "ask"),
        (touching("Grep", "lib/x"), "Read(lib/x)", "deny"),
        (touching("Grep", "src"), "Read(lib/x)", "allow"),
        (touching("Grep", "."), "Read(.env)", "allow"),
        (touching("Glob", "lib"), "Read(lib/**)", "allow"),
        (Subject("WebFetch", ROOT, url="https://A.Evil.com"), "WebFetch(domain:evil.com)", "deny"),
        (Subject("WebFetch", ROOT, url="https://x@evil.com"), "WebFetch(domain:evil.com)", "ask"),
        (Subject("WebFetch", ROOT, url="https://good.com"), "WebFetch(domain:evil.com)", "allow"),
        (Subject("mcp__git__push", ROOT), "mcp__*__push", "deny"),
        (Subject("AskUserQuestion", ROOT, touches_nothing=True), "AskUser*", "deny"),
        (Subject("Bash", ROOT), "Bash(ls)", "ask"),
    ],
)
def test_what_is_denied_in_spite_of_a_rule_for_the_whole_tool(subject, deny, behavior):
    assert judge(subject, rule(subject.tool_name), rule(deny, "deny")).behavior == behavior


def test_an_ask_rule_asks_where_reading_would_be_free():
    assert judge(touching("Read", "src/a"), rule("Read(src/**)", "ask")).behavior == "ask"
    assert judge(touching("Read", "lib/a"), rule("Read(src/**)", "ask")).behavior == "allow"
