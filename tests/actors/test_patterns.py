"""Patterns of permission rules: which texts are patterns, and what they match."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.errors import ActorsError, InvalidPattern
from actors.path_patterns import is_named, may_be_named
from actors.patterns import MAX_LENGTH, Pattern

ROOT = PurePosixPath("/srv/project")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Bash",
            "mcp__git__*",
            "mcp__a-b__c",
            "Bash(git diff *)",
            "Bash(git diff:*)",
            "Bash(*)",
            "Bash(a && b)",
        ),
        *(
            "Bash(echo ')')",
            "Bash((a; b))",
            r"Bash(echo \()",
            r"Bash(ls \*.py; b)",
            "Bash(for i in a; do $i; done)",
        ),
        *(
            "Read(src/**)",
            "Read(*.py)",
            "Write(/x)",
            "Edit(./x)",
            "Glob(**)",
            "Grep(a/[bc])",
            "Read(src/(auth)/*)",
        ),
        *(
            r"Read(\!x)",
            r"Read(a\(b)",
            "Read(it's)",
            "WebFetch(domain:example.com)",
            "WebFetch(domain:Bücher.de)",
        ),
        *(
            "WebFetch(domain:127.0.0.1)",
            "WebFetch(domain:[::1])",
            "WebFetch(domain:localhost)",
            "x" * MAX_LENGTH,
        ),
    ],
)
def test_patterns_keep_their_text(text):
    pattern = Pattern.parse(text)
    assert pattern.text == text
    assert pattern == Pattern.parse(f" {text} ")
    assert hash(pattern) == hash(Pattern.parse(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *[(text, "1 to 1,000 characters") for text in ("", " ", "x" * (MAX_LENGTH + 1))],
        *[(text, "name of a tool") for text in ("*", "**", "a b", "(x)", "1a", "*Bash", "-x", "é")],
        *[(text, "parentheses") for text in ("Bash(", "Bash)", "Bash(a", "Bash(a)b", "Bash((a)b")],
        *[
            (text, "partner")
            for text in ("Bash(a))", "Bash((a)", "Bash(echo ')", 'Bash(")', "Read(a))", "Read(()")
        ],
        *[
            (text, "invisible character")
            for text in ("Bash(a\nb)", "Bash\0", "Bash(a\u200b)", "Read(\u202e)", "A\ud800")
        ],
        *[(text, "Nothing stands") for text in ("Bash()", "Read( )", "Foo()")],
        *[(text, "knows no pattern") for text in ("Foo(x)", "mcp__a__b(x)", "B*(ls)", "AskUserQuestion(x)")],
        *[
            (text, "no meaning")
            for text in ("Bash(a && b *)", "Bash(a > *)", "Bash($x *)", "Bash(a {b,c} *)")
        ],
        *[(text, "`..`") for text in ("Read(../x)", "Read(a/../b)", "Read(..)", "Write(a/..)")],
        *[(text, "relative to") for text in ("Read(~/x)", "Read(//etc/x)")],
        *[
            (text, "gitignore")
            for text in ("Read(#x)", "Read(/)", "Read([)", "Read([z-a])", "Read(a\\)", "Read(./)")
        ],
        ("Read(!x)", "can't start with `!`"),
        *[
            (f"WebFetch({text})", "names no host")
            for text in ("x.com", "domain:", "domain:a b", "domain:*.x.com")
        ],
        *[
            (f"WebFetch(domain:{text})", "names no host")
            for text in ("straße.de", "a/b", "a:1", "127.1", "x..y", "-a")
        ],
    ],
)
def test_other_texts_are_refused_with_a_reason(text, words):
    with pytest.raises(
        InvalidPattern, match="(?s)" + words.replace("(", r"\(").replace(".", r"\.")
    ) as caught:
        Pattern.parse(text)
    assert isinstance(caught.value, ActorsError)
    assert caught.value.code == "invalid_pattern"


@given(st.text(st.sampled_from("aB(*)\\ '\":/.!#[]-&$~é") | st.characters(), max_size=20))
@settings(max_examples=400, deadline=None, derandomize=True, database=None)
def test_any_text_is_a_pattern_or_is_refused(text):
    for form in ("{}", "Bash({})", "Read({})", "WebFetch(domain:{})"):
        try:
            pattern = Pattern.parse(form.format(text))
        except InvalidPattern:
            continue
        if pattern.glob:
            is_named(pattern.glob, ROOT / "a/b", ROOT)
            may_be_named(pattern.glob, ROOT / "a/b", ROOT)


def test_a_star_in_a_tool_name_stands_for_anything():
    pattern = Pattern.parse("mcp__git__*")
    assert pattern.covers_tool("mcp__git__status")
    assert pattern.covers_tool("mcp__git__")
    assert not pattern.covers_tool("mcp__github__status")
    assert not pattern.covers_tool("MCP__git__status")
    assert Pattern.parse("a*b*c").covers_tool("aXbbYc")
    assert not Pattern.parse("a*b*c").covers_tool("acb")
    assert not Pattern.parse("ab*ba").covers_tool("aba")
    assert Pattern.parse("Bash").covers_tool("Bash")
    assert not Pattern.parse("Bash").covers_tool("BashOutput")
