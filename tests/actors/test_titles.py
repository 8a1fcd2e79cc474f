"""Titles: the first line of the first message, cut at a word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from actors.titles import MAX_LENGTH, title_of


@given(st.text())
def test_a_title_is_one_short_line_of_the_message(content: str) -> None:
    title = title_of(content)
    assert len(title) <= MAX_LENGTH
    assert title.splitlines() in ([title], [])
    assert title.rstrip("…").rstrip() in " ".join(content.split()) or not title


def test_a_title_ends_at_a_word() -> None:
    assert title_of("Why does the login endpoint return 403 although the token is valid?") == (
        "Why does the login endpoint return 403 although the token…"
    )
    assert title_of("\n\n# Heading\ntext") == "# Heading"
    assert title_of("x" * 70) == "x" * 59 + "…"
    assert title_of("y" * 60) == "y" * 60
