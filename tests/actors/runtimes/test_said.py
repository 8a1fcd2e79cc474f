"""A provider's own words, as the end of a sentence for people."""

from __future__ import annotations

import pytest

from actors.runtimes.said import MAX_CHARS, its_words


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ""),
        (" \n", ""),
        ("Overloaded", " It says: Overloaded."),
        ("Really?", " It says: Really?"),
        ("in\n  lines.", " It says: in lines."),
        ("x" * (MAX_CHARS + 1), f" It says: {'x' * MAX_CHARS}…"),
    ],
)
def test_words_end_as_a_sentence(words: str, expected: str) -> None:
    assert its_words(words) == expected
