"""The files of a folder by name, so arranged that one of many thousands is found while a person types.

All names are one text, the newest file first: a search runs through it at the speed of the machine and may stop
at the newest matches. Two more lists, in the order of the alphabet, give names and paths by their beginning: where
they give enough, nothing else is looked at, since nothing fits better.
"""

from __future__ import annotations

import heapq
import itertools
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from actors.secret_paths import looks_secret
from storage.name_ranking import EXACT, LETTERS, PREFIX, SUBSTRING, WORDS, NameQuery, folded

LAST_CHARACTER = "\U0010ffff"
LOOKED_AT = 1_000
"""Matches that are ranked; of more, the files that changed last."""

_NOT_JUDGED, _PLAIN, _SECRET = range(3)
_BETWEEN_PARTS = re.compile(r"[/\\\s]+")


class FoundFile(msgspec.Struct, frozen=True):
    """A file that was found.

    Attributes:
        path: relative to the folder.
        rank: see `name_ranking`; 0 without a query.
        changed_at: milliseconds since the epoch.
    """

    path: str
    rank: int
    changed_at: int


class FileNames:
    """The files of a folder at some time, which never change; may be used from any thread.

    Args:
        root: the folder, resolved.
        files: path relative to it, and when it changed in milliseconds since the epoch.
    """

    def __init__(self, root: Path, files: Iterable[tuple[str, int]] = ()) -> None:
        self._root = root
        self._files = sorted(files, key=lambda file: (-file[1], file[0]))
        lines = [folded(path) for path, _ in self._files]
        self._text = "".join(f"{line}\n" for line in lines)
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._by_path = _Alphabet(lines, self._line)
        names = [line.rpartition("/")[2] for line in lines]
        self._by_name = _Alphabet(names, names.__getitem__)
        self._looks = bytearray(len(self._files))

    def __len__(self) -> int:
        return len(self._files)

    def search(self, query: NameQuery, limit: int) -> list[FoundFile]:
        """The files that fit, best first, then newest first. Those that look like secrets are left out."""
        if not query.text:
            return self._visible(((0, place) for place in range(len(self._files))), limit)
        ranks: dict[int, int] = {}
        for matches in (self._beginning(query.text, limit), self._inside(query)):
            for rank, place in matches:
                ranks[place] = min(rank, ranks.get(place, rank))
            found = self._visible(_ordered(ranks), limit)
            if len(found) == limit:
                return found
        if len(ranks) < limit:
            for at in itertools.islice(query.lettered(self._text), LOOKED_AT):
                ranks.setdefault(bisect_right(self._starts, at) - 1, LETTERS)
        return self._visible(_ordered(ranks), limit)

    def _visible(self, ranked: Iterable[tuple[int, int]], limit: int) -> list[FoundFile]:
        """The first of them that do not look like secrets."""
        found: list[FoundFile] = []
        for rank, place in ranked:
            path, changed_at = self._files[place]
            if len(found) == limit:
                break
            if self._may_be_shown(place, path):
                found.append(FoundFile(path, rank, changed_at))
        return found

    def _may_be_shown(self, place: int, path: str) -> bool:
        """Whether a file does not look like a secret. Judged once: that takes longer than to find it."""
        look = self._looks[place]
        if look == _NOT_JUDGED:
            look = _SECRET if looks_secret(self._root / path, self._root) else _PLAIN
            self._looks[place] = look
        return look == _PLAIN

    def _beginning(self, text: str, limit: int) -> Iterator[tuple[int, int]]:
        """The files whose name or path is the text, and those whose begins with it."""
        # Some of the best may look like secrets, so there is one in reserve for each.
        for rank in (EXACT, PREFIX):
            for alphabet in (self._by_name, self._by_path):
                for place in alphabet.newest(text, 2 * limit, begins=rank == PREFIX):
                    yield rank, place

    def _inside(self, query: NameQuery) -> Iterator[tuple[int, int]]:
        text = query.text
        parts = [part for part in _BETWEEN_PARTS.split(text) if part]
        holding = list(self._holding(max(parts, key=len))) if len(parts) > 1 else []
        # What holds the text holds its parts.
        if len(parts) < 2 or holding:
            for place, line in self._holding(text):
                rank = query.rank_folded(line)
                if rank is not None:
                    yield rank, place
        for place, line in holding:
            rank = _rank_of_parts(line, parts, in_order="/" in text)
            if rank is not None:
                yield rank, place

    def _holding(self, text: str) -> Iterator[tuple[int, str]]:
        """The newest paths that hold a text, with their places."""
        names, starts = self._text, self._starts
        at = names.find(text)
        for _ in range(LOOKED_AT):
            if at < 0:
                return
            place = bisect_right(starts, at) - 1
            end = starts[place + 1]
            yield place, names[starts[place] : end - 1]
            at = names.find(text, end)

    def _line(self, place: int) -> str:
        return self._text[self._starts[place] : self._starts[place + 1] - 1]


class _Alphabet:
    """Places in the order of the alphabet.

    Args:
        texts: the text of each place.
        text_at: gives them later, when the list is no longer kept.
    """

    def __init__(self, texts: Sequence[str], text_at: Callable[[int], str]) -> None:
        self._text_at = text_at
        self._places = array("I", sorted(range(len(texts)), key=texts.__getitem__))
        self._order = array("I", bytes(self._places.itemsize * len(texts)))
        for at, place in enumerate(self._places):
            self._order[place] = at

    def newest(self, text: str, limit: int, *, begins: bool) -> Iterable[int]:
        """The first places, which are the newest, whose text is this one, or goes on after it."""
        first = bisect_left(self._places, text, key=self._text_at)
        end = bisect_right(self._places, text, lo=first, key=self._text_at)
        if begins:
            first, end = end, bisect_left(self._places, text + LAST_CHARACTER, lo=end, key=self._text_at)
        if end - first <= LOOKED_AT:
            return heapq.nsmallest(limit, self._places[first:end])
        # Of many the newest are soon met among all.
        among = (place for place, at in enumerate(self._order) if first <= at < end)
        return itertools.islice(among, limit)


def _ordered(ranks: dict[int, int]) -> list[tuple[int, int]]:
    return sorted((rank, place) for place, rank in ranks.items())


def _rank_of_parts(path: str, parts: list[str], *, in_order: bool) -> int | None:
    """How well a path fits the beginnings of its folders and its name, as in `src/au/log`; None if it does not."""
    at = 0
    for part in parts:
        if not path.startswith(part, at):
            at = path.find(f"/{part}", at) + 1
            if not at:
                return WORDS if _holds(path, parts, in_order=in_order) else None
        # The next part begins a later folder or the name.
        at = path.find("/", at) + 1 or len(path)
    return SUBSTRING


def _holds(path: str, parts: list[str], *, in_order: bool) -> bool:
    """Whether all parts are somewhere in a path."""
    at = 0
    for part in parts:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part) if in_order else 0
    return True
