"""Takes an export apart into portions that can be taken in one after the other, while others use the store.

First comes what belongs to no conversation, then conversations, each with all that is its own. The file is read and
checked to its end before the first portion is given, so that one that is wrong anywhere changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from storage.backups.snapshot import Progress
from storage.errors import StorageError, TransferError
from storage.transfer import lines
from storage.transfer.checking import check, document_parts
from storage.transfer.kinds import CONVERSATION, DOCUMENT

MAX_LINES = 300
MAX_BYTES = 4 * 1024 * 1024
"""Of a portion, unless one conversation or document alone is larger: a commit costs as much as ten small rows."""

NO_CONVERSATION = ""
Records = list[tuple[int, Mapping[str, Any]]]


class Portion(msgspec.Struct, frozen=True):
    """What is taken in together.

    Attributes:
        records: by the conversation that they belong to, or `NO_CONVERSATION`; each with the number of its line.
        size_bytes: what they take in the file.
    """

    records: Mapping[str, Records]
    size_bytes: int


class Portions:
    """The portions of a file. May be used from one thread after the other; close it.

    Args:
        path: the file; it must stay as it is.
        are_blocks: tells whether JSON is that of a step.
        progress: told how much of the file is checked. What it raises ends the work.

    Raises:
        TransferError: the file is no export, or a record is not what it should be; the message names the line.
        StorageError: there is no room for notes about the file.
    """

    def __init__(self, path: Path, are_blocks: Callable[[str], bool], progress: Progress) -> None:
        self._path = path
        # A database without a name is a temporary file that goes by itself.
        self._notes = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        try:
            self._notes.execute(
                "CREATE TABLE lines (owner TEXT, number INTEGER, start INTEGER, size INTEGER)"
            )
            self._notes.execute("BEGIN")
            for line in lines.placed(path, progress):
                self._note(line, are_blocks)
            self._notes.execute("CREATE INDEX by_owner ON lines (owner, number)")
            self._notes.execute("COMMIT")
        except BaseException as error:
            self._notes.close()
            if isinstance(error, sqlite3.Error):
                raise StorageError(f"{path} cannot be taken apart: {error}.") from error
            raise

    @property
    def size_bytes(self) -> int:
        """How much the records take in the file."""
        return int(self._notes.execute("SELECT ifnull(sum(size), 0) FROM lines").fetchone()[0])

    def __iter__(self) -> Iterator[Portion]:
        """Each portion. Raises TransferError where the file has changed."""
        alone = self._notes.execute(
            "SELECT owner, number, number, 1, size FROM lines WHERE owner = ? ORDER BY number",
            (NO_CONVERSATION,),
        )
        together = self._notes.execute(
            "SELECT owner, min(number), max(number), count(*), sum(size) FROM lines WHERE owner <> ? "
            "GROUP BY owner ORDER BY min(number)",
            (NO_CONVERSATION,),
        )
        for cursor in (alone, together):
            for pieces in _heaped(cursor.fetchall()):
                yield self._portion(pieces)

    def close(self) -> None:
        """Lets the notes go."""
        self._notes.close()

    def _note(self, line: lines.Line, are_blocks: Callable[[str], bool]) -> None:
        try:
            checked = check(line.record, are_blocks)
            if checked is not None and checked[0] is DOCUMENT:
                document_parts(line.record, str(checked[1]["sha256"]))
        except TransferError as error:
            raise lines.wrong(line.number, str(error)) from error
        owner: Any = NO_CONVERSATION
        if checked is not None:
            kind, row = checked
            owner = row["id"] if kind is CONVERSATION else row.get("conversation_id") or NO_CONVERSATION
        self._notes.execute("INSERT INTO lines VALUES (?,?,?,?)", (owner, line.number, line.start, line.size))

    def _portion(self, pieces: list[_Piece]) -> Portion:
        records: dict[str, Records] = {}
        try:
            with self._path.open("rb") as file:
                for piece in pieces:
                    places = self._notes.execute(
                        "SELECT number, start, size FROM lines WHERE owner = ? AND number BETWEEN ? AND ? "
                        "ORDER BY number",
                        (piece.owner, piece.first, piece.last),
                    )
                    for number, start, size in places.fetchall():
                        file.seek(start)
                        record = lines.record_of(number, file.read(size))
                        records.setdefault(piece.owner, []).append((number, record))
        except OSError as error:
            raise TransferError(f"{self._path} cannot be read: {error.strerror or error}.") from error
        return Portion(records, sum(piece.size for piece in pieces))


class _Piece(NamedTuple):
    """What cannot be parted: a record of no conversation, or a conversation with all that is its own."""

    owner: str
    first: int
    last: int
    line_count: int
    size: int


def _heaped(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[_Piece]]:
    """Pieces in the same order, so many together as a portion may hold."""
    heap: list[_Piece] = []
    for piece in map(_Piece._make, rows):
        heap.append(piece)
        if sum(one.line_count for one in heap) >= MAX_LINES or sum(one.size for one in heap) >= MAX_BYTES:
            yield heap
            heap = []
    if heap:
        yield heap
