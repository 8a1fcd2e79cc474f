"""Patterns over the words of commands."""

from __future__ import annotations

import pytest

from actors.shell_words import Word
from actors.word_patterns import parse_word_pattern


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("git diff *", ["git diff", "git diff a b"], ["git", "git difftool", "git -c diff", "x git diff"]),
        ("git diff:*", ["git diff", "git diff a b"], ["git", "git difftool", "git diff:x"]),
        ("git * --stat", ["git --stat", "git a b --stat"], ["git", "git --stat x", "git --stats"]),
        ("git d*f", ["git df", "git diff"], ["git d f", "git dfx", "git"]),
        ("* --version", ["--version", "a --version", "a b --version"], ["a", "a --version b"]),
        ("ls", ["ls"], ["ls a", "l", ""]),
        ("*", ["a", "a b c"], []),
        (r"ls \*", ["ls *"], ["ls a", "ls"]),
        (r"ls a\**", ["ls a*", "ls a*b"], ["ls ab"]),
        ("g'it' 'd*f'", ["git diff"], ["git dig"]),
        ("a b*c*d e", ["a bcd e", "a bXcYd e", "a bccdd e"], ["a bdc e", "a bcd", "a bcde e"]),
    ],
)
def test_words_are_matched_one_by_one(pattern, matching, others):
    parsed = parse_word_pattern(pattern)
    assert parsed is not None
    assert [line for line in matching if not parsed.matches(line.split())] == []
    assert [line for line in others if parsed.matches(line.split())] == []


def test_a_word_with_blanks_is_one_word():
    parsed = parse_word_pattern("git commit -m 'fix: *'")
    assert parsed is not None
    assert parsed.matches(("git", "commit", "-m", "fix: a b"))
    assert not parsed.matches(("git", "commit", "-m", "fix:", "a"))
    assert not parsed.matches(("git", "commit", "-m", "feat: fix: a"))


@pytest.mark.parametrize(
    "text", ["a; b", "a | b", "a && b", "a $x", "a `b`", "a > b", "(a)", "a # b", "a {b,c}", "?a", ""]
)
def test_other_than_plain_words_is_no_word_pattern(text):
    assert parse_word_pattern(text) is None


def test_how_much_is_spelled_out():
    counts = {"git diff *": 2, "git d*": 1, "* a": 0, "a b": 2, r"a \* *": 2}
    patterns = {text: parse_word_pattern(text) for text in counts}
    assert {text: pattern.spelled_out for text, pattern in patterns.items() if pattern} == counts


OPEN = Word.unknown("$…")


@pytest.mark.parametrize(
    ("pattern", "words", "answer"),
    [
        ("rm -rf *", ["rm", "-rf", "x"], "yes"),
        ("rm -rf *", ["/bin/RM", "-rf"], "yes"),
        ("/bin/rm *", ["rm"], "yes"),
        ("rm -rf *", ["rm", "-RF"], "no"),
        ("rm -rf *", ["rm", OPEN], "yes"),
        ("rm -rf *", ["rm", "-i", OPEN], "no"),
        ("rm -rf *", ["rm", Word("-r", "-r", "$…"), "x"], "yes"),
        ("rm -rf *", ["rm", Word("-i", "-i", "$…"), "x"], "no"),
        ("rm -rf *", [OPEN, "x"], "maybe"),
        ("rm", [OPEN, "x"], "no"),
        ("rm", ["rm", OPEN], "yes"),
        ("git * --force", ["git", OPEN, "x"], "no"),
        ("git * --force", ["git", OPEN], "yes"),
        ("git * --force", ["git", Word("src/*", "src/", None, has_wildcard=True)], "no"),
        ("rm src/a src/b", ["rm", Word("src/*", "src/", None, has_wildcard=True)], "yes"),
        ("rm src/a lib/b", ["rm", Word("src/*", "src/", None, has_wildcard=True)], "no"),
        ("rm src/a", ["rm", Word("lib/*", "lib/", None, has_wildcard=True)], "no"),
        ("r* x", ["rmdir", "x"], "yes"),
    ],
)
def test_what_forbids_fits_whatever_the_words_may_come_to(pattern, words, answer):
    parsed = parse_word_pattern(pattern)
    assert parsed is not None
    assert (
        parsed.may_match([word if isinstance(word, Word) else Word.literal(word) for word in words]) == answer
    )
