"""Globs of rules mean what git means, and cost little whatever they are."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

from actors.path_globs import compiled, matches

PIECES = ["a", "b", "ab", "*", "**", "/", "/**/", "?", "[ab]", "[a-b]x", "\\*", ".a", " ", "\\ "]
NAMES = st.text("ab*. x", min_size=1, max_size=3).filter(lambda name: name.strip(".") != "")


@given(
    glob=st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
    path=st.lists(NAMES, min_size=1, max_size=4).map("/".join),
)
def test_a_glob_means_what_pathspec_makes_of_it(glob: str, path: str) -> None:
    assume("//" not in glob and "***" not in glob)
    try:
        spec = GitIgnoreSpec.from_lines([glob])
    except (
        GitIgnorePatternError
    ):  # it takes the space from behind a backslash, and then finds nothing to escape
        reject()
    assume(len(spec.patterns) == 1 and spec.patterns[0].include)
    expected = spec.match_file(path) or spec.match_file(path + "/")
    assert matches(compiled(glob), path) == expected


def test_a_set_of_other_characters_does_not_stand_for_a_slash() -> None:
    assert matches(compiled("a[!b]c"), "axc")
    assert not matches(compiled("a[!b]c"), "a/c")


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*a" * 400 + "b", "a" * 4_000),
        ("/**/*a" * 150 + "/b", "a/" * 2_000 + "c"),
        ("*a" * 100 + "/**/" + "*b" * 100 + "c", "a" * 200 + "/" + "b" * 200),
    ],
)
def test_no_glob_and_no_path_keep_the_daemon_busy(glob: str, path: str) -> None:
    # With a regular expression for the whole, each of these takes longer than anybody can wait.
    assert not matches(compiled(glob), path)
