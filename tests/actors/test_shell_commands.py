"""What the parser of command lines says."""

from __future__ import annotations

from itertools import islice

import pytest

from actors.launchers import may_run, spelled_out
from actors.shell_commands import MAX_LENGTH, CommandLine, guess_commands, parse_command_line


def words_of(line: str) -> list[tuple[str, ...]]:
    return [command.words for command in parse_command_line(line).commands]


def is_understood(line: CommandLine) -> bool:
    return line.why_unknown is None and all(command.is_literal for command in line.commands)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("git diff", [("git", "diff")]),
        ("a 'b c' \"d\\\"e\" f\\ g ''", [("a", "b c", 'd"e', "f g", "")]),
        ('a "\\x \\\\"', [("a", "\\x \\")]),
        ("a; b & c && d || e | f |& g\nh", [("a",), ("b",), ("c",), ("d",), ("e",), ("f",), ("g",), ("h",)]),
        ("( a ); { b; }; ! c", [("a",), ("b",), ("c",)]),
        ("if a; then b; elif c; then d; else e; fi", [("a",), ("b",), ("c",), ("d",), ("e",)]),
        ("case x in y) a;; *) b;; esac", [("a",), ("b",)]),
        ("a > /dev/null b 2>&1 c", [("a", "b", "c")]),
        ("2>&1 a b", [("a", "b")]),
        ("LANG=C a b", [("a", "b")]),
        ("a \\\n b # c\nd", [("a", "b"), ("d",)]),
        ("a é 日本 ~/x src/*.py {} HEAD@{1}", [("a", "é", "日本", "~/x", "src/*.py", "{}", "HEAD@{1}")]),
        ("", []),
        ("# a", []),
    ],
)
def test_literal_lines_give_their_words(line, words):
    parsed = parse_command_line(line)
    assert is_understood(parsed)
    assert words_of(line) == words


@pytest.mark.parametrize(
    ("line", "phrase"),
    [
        ("a $(b)", "$(…)"),
        ('a "$(b)"', "$(…)"),
        ("a `b`", "`…`"),
        ("a $x", "$…"),
        ("a ${x}", "${…}"),
        ("a $((1))", "$((…))"),
        ("a $'x'", "$'…'"),
        ('a "\\$x"', "quotes that can be read in two ways"),
        ("a <(b)", "<(…)"),
        ("a {b,c}", "{…}"),
        ("a *", "a word that starts with a wildcard"),
        ("a -*", "a word that starts with a wildcard"),
        ("a ~b", "~user"),
        ("a*b c", "a wildcard in the name of the command"),
        ("A=1 b", "a variable assignment before the command"),
        ("coproc a", "`coproc` in an unusual place"),
    ],
)
def test_words_that_cannot_be_known_say_why(line, phrase):
    command = parse_command_line(line).commands[0]
    assert not command.is_literal
    assert command.trouble == phrase


@pytest.mark.parametrize(
    ("line", "phrase"),
    [
        ("a > b", "a redirection to or from a file"),
        ("a <<E\nE", "a here-document"),
        ("a <<< b", "a here-string"),
        ("a() { b; }", "a function definition"),
        ("export A=1", "a declaration of variables"),
        ("unset A", "`unset`"),
        ("A=1", "an assignment of variables"),
        ("[[ a ]]", "a test in brackets"),
        ("for PATH in a; do b; done", "the loop variable PATH"),
        ("for ((;;)); do a; done", "a loop with arithmetic"),
        ("((a))", "((…))"),
        ("select i in a; do b; done", "`select`"),
        ('a $"x"', '$"…"'),
        ("gi\\\nt diff", "The command can be read in two ways, so it can't be checked."),
        ("a \\ b", "The command can be read in two ways, so it can't be checked."),
        ("a (", "The command can't be parsed, so it can't be checked."),
        ("a\u200b", "The command holds the invisible character U+200B, so it can't be checked."),
        ("a" * (MAX_LENGTH + 1), "The command is longer than 20,000 characters, so it can't be checked."),
    ],
)
def test_lines_that_cannot_be_known_say_why(line, phrase):
    why = parse_command_line(line).why_unknown
    assert why is not None
    assert phrase in why


def test_commands_in_substitutions_are_found_wherever_they_are():
    nested = 'a $(b "$(c `d`)") <(e) "${x:-$(f)}" $(( $(g) ))'
    names = {words[0] for words in words_of(f"{nested}\ncat <<E\n$(h)\nE")}
    assert names >= {"a", "b", "c", "d", "e", "f", "g", "h"}


def test_a_line_that_cannot_be_parsed_is_guessed_at():
    assert ("rm", "x", "") in [command.words for command in guess_commands("( FOO=1 'r'm x; )) then $y")]
    assert ("rm", "") in words_of("a ) ; rm")


def test_only_redirections_that_touch_no_file_are_harmless():
    harmless = ["a 2>&1", "a >/dev/null", "a 2> /dev/null", "a &>/dev/null", "a </dev/null", "a >>/dev/null"]
    harmful = [
        "a >b",
        "a >/dev/null2",
        "a >&b",
        "a <>b",
        "a 2>&-",
        "a >/dev/null/../b",
        "a < '/dev/null'b",
        "a 0<b",
    ]
    assert [parse_command_line(line).why_unknown for line in harmless] == [None] * len(harmless)
    assert None not in [parse_command_line(line).why_unknown for line in harmful]


@pytest.mark.parametrize(
    "unit",
    ["(", "$(", "a;", "a ", "!", "if ", '"$(', "`", "a[", "{ ", "<<a ", "'", "\\", "[[ ", "$((", "sudo "],
)
def test_long_and_deep_lines_get_an_answer(unit):
    line = unit * (MAX_LENGTH // len(unit))
    parsed = parse_command_line(line)
    assert all(list(islice(may_run(command), 5)) for command in parsed.commands)
    assert all(spelled_out(command.words) >= 0 for command in parsed.commands if command.words)
