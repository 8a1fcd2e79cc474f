"""How well a name fits what a person types: exact, its beginning, a word of it, anywhere in it, its letters in order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

EXACT, PREFIX, WORD, WORD_START, SUBSTRING, WORDS, LETTERS = range(7)
"""Ranks, best first. `WORDS`: all words of the query are in the name, but not next to each other. `LETTERS`: so are
its letters, in order and close together, from the beginning of a word on."""

FEWEST_LETTERS = 3
LOOKED_AT_LETTERS = 500_000
"""Of many names, those within the first so many letters are looked at for the letters of a query."""

SPREAD = 3
"""The letters of a query may be spread over so many times its length."""


class NameQuery:
    """What a person types, ready to be compared. Every character stands for itself.

    Args:
        text: as it was typed; letter case and the amount of white space do not matter.

    Attributes:
        raw: the text with single spaces; empty for nothing.
    """

    def __init__(self, text: str) -> None:
        self.raw = " ".join(text.split())
        self.text = folded(self.raw)
        self.words = tuple(dict.fromkeys(self.text.split()))
        self._letters = (
            _in_order(self.text) if len(self.text) >= FEWEST_LETTERS and self.text.isalnum() else None
        )

    @property
    def has_letters(self) -> bool:
        """Whether names may fit by their letters in order."""
        return self._letters is not None

    def rank(self, name: str) -> int | None:
        """How well a name fits; None where it does not. A query without text fits nothing."""
        return self.rank_folded(folded(name)) if self.text else None

    def rank_folded(self, name: str) -> int | None:
        """As `rank`, of a name that is folded already."""
        if name == self.text:
            return EXACT
        if name.startswith(self.text):
            return PREFIX
        best = _rank_inside(name, self.text)
        if best is None and len(self.words) > 1 and all(word in name for word in self.words):
            return WORDS
        if best is None and next(self.lettered(name), None) is not None:
            return LETTERS
        return best

    def lettered(self, names: str) -> Iterator[int]:
        """Where in the text, which may be many lines, a name begins to hold the letters in order."""
        if self._letters is not None:
            for match in self._letters.finditer(names, 0, LOOKED_AT_LETTERS):
                if len(match.group()) <= SPREAD * len(self.text):
                    yield match.start()


def folded(text: str) -> str:
    """The text without differences of letter case, of white space, and of the form of accents."""
    alike = text.lower() if text.isascii() else unicodedata.normalize("NFC", text).casefold()
    return " ".join(alike.split())


def _in_order(text: str) -> re.Pattern[str]:
    """The letters, the first at the beginning of a word, within one line and one part of a path; in linear time."""
    first = text[0]
    return re.compile(rf"{first}(?<![^\W_]{first})" + "".join(rf"[^\n/{one}]*+{one}" for one in text[1:]))


def _rank_inside(name: str, text: str) -> int | None:
    best: int | None = None
    start = name.find(text)
    while start >= 0:
        end = start + len(text)
        begins = start == 0 or not name[start - 1].isalnum() or not text[0].isalnum()
        ends = end == len(name) or not name[end].isalnum() or not text[-1].isalnum()
        rank = WORD if begins and ends else WORD_START if begins else SUBSTRING
        if rank == WORD:
            return WORD
        best = rank if best is None else min(best, rank)
        start = name.find(text, start + 1)
    return best
