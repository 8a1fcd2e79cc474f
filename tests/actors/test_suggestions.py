"""The patterns that "always allow" saves."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from actors.permissions import suggest_pattern
from actors.tools.base import Subject
from tests.actors.test_permissions import ROOT, bash, judge, rule, touching


@pytest.mark.parametrize(
    ("subject", "pattern"),
    [
        (bash("git diff --stat"), "Bash(git diff *)"),
        (bash("  git diff 2>&1\n"), "Bash(git diff *)"),
        (bash("timeout 5 env CI=1 git diff"), "Bash(git diff *)"),
        (bash("npm run test -- -x"), "Bash(npm run test *)"),
        (bash("npm test"), "Bash(npm test *)"),
        (bash("docker compose up -d"), "Bash(docker compose up *)"),
        (bash("docker compose exec app sh"), "Bash(docker compose exec app sh)"),
        (bash("make"), "Bash(make)"),
        (bash("make -j4"), "Bash(make -j4)"),
        (bash("git diff --output=x"), "Bash(git diff --output=x)"),
        (bash("git -C x diff"), "Bash(git -C x diff)"),
        (bash("git config x y"), "Bash(git config x y)"),
        (bash("git 'diff x'"), "Bash(git 'diff x')"),
        (bash("./git diff"), "Bash(./git diff)"),
        (bash("uv run pytest"), "Bash(uv run pytest)"),
        (bash("python -c 'print(1)'"), "Bash(python -c 'print(1)')"),
        (bash("bash -c 'ls'"), "Bash(bash -c 'ls')"),
        (bash("sudo apt update"), "Bash(sudo apt update)"),
        (bash("ls src/*.py"), r"Bash(ls src/\*.py)"),
        (bash(r"find . -name \*.py"), r"Bash(find . -name \\*.py)"),
        (bash("ls; cat a*"), r"Bash(ls; cat a\*)"),
        (bash("echo $(date) > x"), "Bash(echo $(date) > x)"),
        (bash("ls \\\n -la 'a b' \\*"), r"Bash(ls -la 'a b' '\*')"),
        (bash("ls\nls"), None),
        (bash("eval \\\n ls"), None),
        (bash("case a in a) ls;; esac"), "Bash(ls)"),
        (bash("case a in a) ls; b;; esac"), None),
        (bash("ls # don't"), "Bash(ls)"),
        (bash("ls " + "x" * 1000), None),
        (bash(" "), None),
        (touching("Read", "src/auth/a.py"), "Read(src/auth/*)"),
        (touching("Read", "src/a b/c"), "Read(src/a b/*)"),
        (touching("Read", "a[1]/b"), r"Read(a\[1\]/*)"),
        (touching("Read", "README"), "Read(/README)"),
        (touching("Grep", "."), "Grep(**)"),
        (touching("Write", "src/a*.py"), r"Write(src/a\*.py)"),
        (touching("Edit", "a"), "Edit(/a)"),
        (touching("Edit", "a("), r"Edit(/a\()"),
        (touching("Read", "src/.env"), "Read(src/.env)"),
        (touching("Read", "/etc/passwd"), None),
        (touching("Read", "src/a", "src/b"), "Read(src/*)"),
        (touching("Read", "src/a", "lib/b"), None),
        (touching("Write", "src/a\nb"), None),
        (Subject("WebFetch", ROOT, url="https://www.Example.com/x"), "WebFetch(domain:www.example.com)"),
        (Subject("WebFetch", ROOT, url="https://me@x.com"), None),
        (Subject("mcp__git__status", ROOT), "mcp__git__status"),
        (touching("mcp__fs__read", ".env"), None),
        (Subject("no tool", ROOT), None),
    ],
)
def test_the_narrowest_useful_pattern_is_suggested(subject, pattern):
    assert suggest_pattern(subject) == pattern


WORDS = [
    *(
        "git",
        "diff",
        "npm",
        "run",
        "test",
        "ls",
        "sudo",
        "timeout",
        "5",
        "find",
        "-exec",
        "python",
        "eval",
        "read",
    ),
    *(
        "'a b'",
        "a*",
        "\\*",
        "*",
        "$x",
        "$(y)",
        "&&",
        "|",
        ";",
        "\n",
        "\\\n",
        ">x",
        "2>&1",
        "CI=1",
        "A=1",
        "-x",
        "(",
        ")",
    ),
    *("'", '"', "\\", "#", "é", "{a,b}", "~", ":*", ""),
]
NAMES = st.text(st.sampled_from("ab*?[]!#\\ ~().^-éA\n'"), min_size=1, max_size=8).filter(
    lambda n: n not in {".", ".."}
)
PATHS = st.lists(NAMES | st.sampled_from([".env", "id_rsa"]), max_size=3).map(
    lambda parts: ROOT.joinpath(*parts)
)
SUBJECTS = st.one_of(
    st.builds(bash, st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)),
    st.builds(bash, st.text(max_size=12)),
    st.builds(
        Subject,
        st.sampled_from(["Read", "Write", "Edit", "Glob", "Grep", "mcp__x"]),
        st.just(ROOT),
        st.lists(PATHS, max_size=2).map(tuple),
    ),
    st.builds(
        Subject, st.just("WebFetch"), st.just(ROOT), url=st.from_regex(re.compile(r"https?://[aé.:@/]{1,9}"))
    ),
    st.builds(Subject, st.text("a_*-. (", min_size=1, max_size=5), st.just(ROOT)),
)


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(SUBJECTS)
@example(bash("git diff"))
@example(touching("Write", "a "))
def test_a_suggested_pattern_allows_what_it_was_made_from(subject):
    text = suggest_pattern(subject)
    if text is not None:
        assert judge(subject, rule(text)).behavior == "allow"


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    SUBJECTS,
    st.sampled_from(["Bash(ls)", "Read(b/**)", "Bash(git diff *)", "WebFetch(domain:b.com)", "mcp__y"]),
)
def test_a_rule_never_turns_a_denial_into_less(subject, text):
    denial = rule(subject.tool_name, "deny") if re.fullmatch(r"[A-Za-z_]\w*", subject.tool_name) else None
    if denial is not None:
        assert judge(subject, rule(text), denial, rule(text, "ask")).behavior == "deny"
