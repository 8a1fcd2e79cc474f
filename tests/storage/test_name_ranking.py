"""Ranks of names: every character stands for itself, and a better rank is never given for less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.name_ranking import EXACT, LETTERS, PREFIX, SUBSTRING, WORD, WORD_START, WORDS, NameQuery, folded


@pytest.mark.parametrize(
    ("query", "name", "rank"),
    [
        ("auth flow", "Auth  Flow", EXACT),
        ("auth", "Auth flow", PREFIX),
        ("flow", "Debug auth flow", WORD),
        ("flow", "Overflow and flow", WORD),
        ("flo", "Debug auth flow", WORD_START),
        ("flow", "Overflow", SUBSTRING),
        ("debug flow", "Debug auth flow", WORDS),
        ("flow x", "Debug auth flow", None),
        ("%", "100% done", SUBSTRING),
        ("_", "100% done", None),
        ("login", "test_login.py", WORD),
        ("ÉTÉ", "l'e\u0301te\u0301 passe\u0301", WORD),
        ("straße", "STRASSE", EXACT),
        ("dbf", "Debug auth flow", None),
        ("dbug", "Debug auth flow", LETTERS),
        ("dbgf", "debug_fast", LETTERS),
        ("fst", "debug_fast", LETTERS),
        ("ebg", "Debug auth flow", None),
        ("daf", "d/a/f", None),
        ("", "anything", None),
        (" \t", "anything", None),
    ],
)
def test_a_name_has_a_rank(query: str, name: str, rank: int | None) -> None:
    found = NameQuery(query).rank(name)
    assert found == rank if rank != SUBSTRING else found in {SUBSTRING, WORD, WORD_START}


letters = st.text(st.sampled_from("abAB%_*\"' .é/"), max_size=8)


@given(letters, letters, letters)
def test_what_is_in_a_name_is_found_and_ranked_by_where_it_stands(
    before: str, query: str, after: str
) -> None:
    wanted = NameQuery(query)
    name = before + query + after
    rank = wanted.rank(name)
    if not wanted.text:
        assert rank is None
    elif folded(name) == wanted.text:
        assert rank == EXACT
    elif folded(name).startswith(wanted.text):
        assert rank == PREFIX
    elif wanted.text in folded(name):
        assert rank in {WORD, WORD_START, SUBSTRING}


@given(letters, letters)
def test_what_is_not_in_a_name_is_found_by_its_letters_at_most(query: str, name: str) -> None:
    wanted = NameQuery(query)
    rank = wanted.rank(name)
    has_all = bool(wanted.words) and all(word in folded(name) for word in wanted.words)
    assert (rank is not None and rank != LETTERS) == has_all
    if rank == LETTERS:
        left = iter(folded(name))
        assert all(letter in left for letter in wanted.text)
