"""The reader of words on its own, and its agreement with a grammar."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.shell_agreement import Role, TreeTokens, do_agree
from actors.shell_words import lex, read_word


@given(st.text(st.sampled_from("ab'\"\\ $é*~#;|"), max_size=12))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_quoted_text_is_one_word_of_that_value(text):
    quoted = "'" + text.replace("'", "'\\''") + "'"
    assert read_word(quoted).value == text
    assert read_word(quoted).trouble is None
    assert [token.text for token in lex(f"a {quoted} b")] == ["a", quoted, "b"]


@pytest.mark.parametrize(
    "line",
    [
        "a[ ]]t",
        "a[;b]=1",
        "a[$x]=1",
        "a(b)",
        "a=(b)",
        "x a&\\\n&b",
        "a >\\\n>b",
        "{fd}>a",
        "<(a)",
        "x>(a)",
        "a\\\nb",
        "'a",
    ],
)
def test_a_word_whose_end_cannot_be_known_ends_the_reading(line):
    tokens = lex(line)
    assert tokens[-1].is_open
    assert tokens[-1].word is not None
    assert tokens[-1].word.trouble is not None
    assert not any(token.is_open for token in tokens[:-1])


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("a&&b||c|&d;;e", ["a", "&&", "b", "||", "c", "|&", "d", ";;", "e"]),
        ("a 2>&1 3<b&>c", ["a", "2>&", "1", "3<", "b", "&>", "c"]),
        ("a2>b", ["a2", ">", "b"]),
        ("a#b # c;d\n#e", ["a#b", "# c;d", "\n", "#e"]),
        ("a \\\n b\\\n c", ["a", "b", "c"]),
        ("é&a[1]", ["é", "&", "a[1]"]),
    ],
)
def test_lines_are_cut_where_bash_cuts_them(line, texts):
    tokens = lex(line)
    assert [line.encode()[token.start : token.end].decode() for token in tokens] == texts


@pytest.mark.parametrize("role", ["first", "argument", "keyword", "target", "other"])
def test_the_start_of_a_command_must_be_one_to_the_grammar_too(role):
    line = "a b; c"
    tree = TreeTokens({(0, 1): "first", (2, 3): "argument", (5, 6): role}, {(3, 4)})
    assert do_agree(lex(line), tree) == (role != "argument")


def test_agreement_needs_the_same_words_operators_and_comments():
    line = "a | b # c"
    words: dict[tuple[int, int], Role] = {(0, 1): "first", (4, 5): "first"}
    assert do_agree(lex(line), TreeTokens(words, {(2, 3)}, {(6, 9)}))
    assert not do_agree(lex(line), TreeTokens({(0, 1): "first"}, {(2, 3)}, {(6, 9)}))
    assert not do_agree(lex(line), TreeTokens(words, set(), {(6, 9)}))
    assert not do_agree(lex(line), TreeTokens(words, {(2, 3)}, set()))
    assert not do_agree(lex("a b"), TreeTokens({(0, 1): "first", (2, 3): "first"}))
    assert not do_agree(lex("if a"), TreeTokens({(0, 2): "first", (3, 4): "argument"}))
