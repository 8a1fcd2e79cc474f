"""Paths and gitignore globs."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.path_patterns import escape_glob, is_named, may_be_named, may_hold
from actors.patterns import Pattern

ROOT = PurePosixPath("/srv/project")


@pytest.mark.parametrize(
    ("glob", "named", "others"),
    [
        ("src/**", ["src/a", "src/a/b", "src"], ["a/src/b", "srcs/a"]),
        ("src/*", ["src/a", "src/a/b"], ["src", "lib/src/a"]),
        ("*.py", ["a.py", "a/b.py", "x.py/y"], ["a.pyc", "a.PY"]),
        ("/a", ["a", "a/b"], ["b/a"]),
        ("./a", ["a"], ["b/a"]),
        ("**", ["a", "a/b", "."], []),
        (r"a\*", ["a*"], ["ab"]),
        ("a[bc]", ["ab", "x/ac"], ["ad"]),
        ("a?c", ["abc", "a\nc"], ["a/c", "ac"]),
        ("a/*/b", ["a/x/b", "a/x\ny/b"], ["a/b", "a/x/y/b"]),
    ],
)
def test_globs_are_relative_to_the_root(glob, named, others):
    assert [path for path in named if not is_named(glob, ROOT / path, ROOT)] == []
    assert [path for path in others if is_named(glob, ROOT / path, ROOT)] == []


def test_to_allow_a_path_must_be_inside_and_written_alike():
    assert not is_named("*.py", PurePosixPath("/etc/a.py"), ROOT)
    assert not is_named("README", ROOT / "readme", ROOT)


def test_to_forbid_case_and_accents_do_not_matter():
    assert may_be_named("Secret/é*", ROOT / "sECRET/e\u0301tat", ROOT)
    assert may_be_named("*.pem", PurePosixPath("/etc/A.PEM"), ROOT)
    assert may_be_named("**/*.pem", PurePosixPath("/etc/a\nb/a.pem"), ROOT)
    assert not may_be_named("etc/*.pem", PurePosixPath("/etc/a.pem"), ROOT)
    assert not may_be_named("*.pem", ROOT / "a.pen", ROOT)


def test_a_folder_may_hold_what_a_glob_names():
    holding = [
        ("src/secret/*", "src"),
        ("src/secret/*", "."),
        ("*.pem", "src"),
        ("src/*/b", "src/a"),
        ("SRC/a", "src"),
    ]
    others = [("src/secret/*", "lib"), ("/src/a/b", "src/ab")]
    assert [case for case in holding if not may_hold(case[0], ROOT / case[1], ROOT)] == []
    assert [case for case in others if may_hold(case[0], ROOT / case[1], ROOT)] == []


@given(
    st.lists(st.text(st.sampled_from("ab*?[]!#\\ ~().^-é"), min_size=1), min_size=1, max_size=3), st.data()
)
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_an_escaped_path_matches_only_itself(parts, data):
    parts = [part for part in parts if part not in {".", ".."}] or ["a"]
    path = "/".join(parts)
    glob = "/" + escape_glob(path)
    assert Pattern.parse(f"Read({glob})").glob == glob
    assert is_named(glob, ROOT / path, ROOT)
    at = data.draw(st.integers(0, len(path) - 1))
    other = path[:at] + data.draw(st.sampled_from("xy")) + path[at + 1 :]
    assert not is_named(glob, ROOT / other, ROOT)
