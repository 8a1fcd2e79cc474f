"""Patterns over the words of a command, the `git diff *` in `Bash(git diff *)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from actors.shell_words import Word, lex

__all__ = ["WordPattern", "fits", "parse_word_pattern"]

# Stand-ins while the words are read, so that quoting has no say in what a star means. Neither can occur
# in a pattern, which holds no control characters.
_LITERAL_STAR = "\x01"
_ANY = "\x02"


class WordPattern(msgspec.Struct, frozen=True):
    """A pattern over words.

    Attributes:
        parts: for each word its literal pieces, between which anything may stand; None for a `*` of its
            own, which stands for any number of words.
    """

    parts: tuple[tuple[str, ...] | None, ...]

    @property
    def has_wildcard(self) -> bool:
        """Whether a `*` stands in the pattern."""
        return any(part is None or len(part) > 1 for part in self.parts)

    @property
    def spelled_out(self) -> int:
        """How many words come before the first `*`."""
        for index, part in enumerate(self.parts):
            if part is None or len(part) > 1:
                return index
        return len(self.parts)

    def matches(self, words: Sequence[str]) -> bool:
        """Whether the pattern fits all the words, which are known."""
        positions = self._skip_any({0})
        for word in words:
            positions = self._step(positions, word)
            if not positions:
                return False
        return len(self.parts) in positions

    def may_match(self, parts: Sequence[Word]) -> Literal["yes", "maybe", "no"]:
        """Whether the pattern fits something the words may come to; for rules that forbid.

        The name of the command fits with any case and any folder before it.

        Returns:
            `maybe` if it fits, but the name of the command isn't known.
        """
        positions = self._skip_any({0})
        for index, word in enumerate(parts):
            if word.is_open:
                reached = self._step_open(positions, word, is_name=index == 0)
            else:
                reached = self._step(positions, word.value)
                if index == 0:
                    reached |= self._step_by_name(positions, word.value)
            positions = reached
            if not positions:
                return "no"
        if len(self.parts) not in positions:
            return "no"
        return "maybe" if parts and parts[0].is_open else "yes"

    def _skip_any(self, positions: set[int]) -> set[int]:
        """The positions, and those behind a `*` that stands for no word."""
        reached = set(positions)
        for position in positions:
            after = position
            while after < len(self.parts) and self.parts[after] is None:
                after += 1
                reached.add(after)
        return reached

    def _step(self, positions: set[int], word: str) -> set[int]:
        reached = set()
        for position in positions:
            if position == len(self.parts):
                continue
            part = self.parts[position]
            if part is None:
                reached.add(position)
            elif fits(part, word):
                reached.add(position + 1)
        return self._skip_any(reached)

    def _step_by_name(self, positions: set[int], word: str) -> set[int]:
        part = self.parts[0]
        if 0 not in positions or part is None:
            return set()
        named = (*part[:-1], part[-1]) if len(part) > 1 else (_base_name(part[0]),)
        folded = tuple(piece.casefold() for piece in named)
        return self._skip_any({1}) if fits(folded, _base_name(word).casefold()) else set()

    def _step_open(self, positions: set[int], word: Word, *, is_name: bool) -> set[int]:
        """Where one may be after a word that can become one or more, or none at all."""
        pending = {position for position in positions if self._is_open_to(position, word.head, is_name)}
        if word.trouble is not None:
            # An expansion may bring further words, or vanish altogether.
            starts = pending if word.head else positions
            return set(range(min(starts), len(self.parts) + 1)) if starts else set()
        reached: set[int] = set()
        while pending:
            position = pending.pop()
            after = self._skip_any({position if self.parts[position] is None else position + 1})
            pending |= {p for p in after - reached if self._is_open_to(p, word.head, is_name=False)}
            reached |= after
        return reached

    def _is_open_to(self, position: int, head: str, is_name: bool) -> bool:
        """Whether a word that starts with the head may fit at the position."""
        if position == len(self.parts):
            return False
        part = self.parts[position]
        if part is None:
            return True
        start = part[0]
        if is_name:
            start, head = _base_name(start).casefold(), _base_name(head).casefold()
        return start.startswith(head) or (len(part) > 1 and head.startswith(start))


def parse_word_pattern(text: str) -> WordPattern | None:
    r"""The pattern for a text such as `git diff *`; None if the text is no plain sequence of words.

    A `*` is a wildcard wherever it stands, also in quotes; `\*` is a star.
    """
    if text.endswith(":*") and len(text) > len(":*"):
        text = text.removesuffix(":*") + " *"
    marked = text.replace("\\*", _LITERAL_STAR).replace("*", _ANY)
    parts: list[tuple[str, ...] | None] = []
    for token in lex(marked):
        if token.word is None or token.word.trouble is not None:
            return None
        if token.word.value and not token.word.value.strip(_ANY):
            parts.append(None)
        else:
            value = token.word.value.replace(_LITERAL_STAR, "*")
            parts.append(tuple(value.split(_ANY)))
    return WordPattern(tuple(parts)) if parts else None


def _base_name(word: str) -> str:
    return word.rpartition("/")[2]


def fits(pieces: tuple[str, ...], word: str) -> bool:
    """Whether the word is the pieces, in their order, with anything between them."""
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return word == first
    if len(word) < len(first) + len(last) or not word.startswith(first) or not word.endswith(last):
        return False
    at, end = len(first), len(word) - len(last)
    for piece in pieces[1:-1]:
        found = word.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
