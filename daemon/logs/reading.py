"""Reads the log file for people: its last lines, also of files that are full, and what comes after them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from daemon.logs.file import KEPT, NAME
from daemon.settings import LogLevel

LEVELS: tuple[str, ...] = ("debug", "info", "warning", "error", "critical")


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """One line of the log; `time` is ISO 8601."""

    time: str = ""
    level: str = "info"
    logger: str = ""
    message: str = ""
    request_id: str | None = None
    conversation_id: str | None = None
    turn_id: str | None = None
    exception: str | None = None

    def is_at_least(self, level: LogLevel) -> bool:
        """Whether it is that grave."""
        rank = LEVELS.index(self.level) if self.level in LEVELS else len(LEVELS)
        return rank >= LEVELS.index(level)


class LogReader:
    """Reads from a folder. `rest` goes on where `last` has stopped, through files that fill up meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._rest = b""

    def last(self, count: int, is_wanted: Callable[[Entry], bool]) -> list[Entry]:
        """The last wanted entries, oldest first. Raises OSError."""
        found: list[Entry] = []
        self.close()
        self._file = _opened(self._folder / NAME)
        current = b"" if self._file is None else self._file.read()
        whole, _, self._rest = current.rpartition(b"\n")
        for content in (whole, *self._full()):
            for line in reversed(content.splitlines()):
                if len(found) == count:
                    return found[::-1]
                if is_wanted(entry := _entry(line)):
                    found.append(entry)
        return found[::-1]

    def rest(self) -> Iterator[Entry]:
        """What was written since the last time. Raises OSError."""
        yield from self._read()
        path = self._folder / NAME
        if self._file is None or not _is_same(self._file, path):
            yield from self._read()  # what came between the last look and the change
            self.close()
            self._file = _opened(path)
            yield from self._read()

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()
        self._file, self._rest = None, b""

    def _full(self) -> Iterator[bytes]:
        for number in range(1, KEPT + 1):
            path = self._folder / f"{NAME}.{number}"
            if path.exists():
                yield path.read_bytes()

    def _read(self) -> Iterator[Entry]:
        if self._file is None:
            return
        whole, newline, rest = (self._rest + self._file.read()).rpartition(b"\n")
        self._rest = rest
        if newline:
            yield from map(_entry, whole.splitlines())


def shown(entry: Entry) -> str:
    """A line for people, in their time zone; what failed follows on lines of its own."""
    try:
        at = datetime.fromisoformat(entry.time).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        at = entry.time
    ids = (
        ("request", entry.request_id),
        ("conversation", entry.conversation_id),
        ("turn", entry.turn_id),
    )
    belongs = "".join(f" {name}={value}" for name, value in ids if value is not None)
    text = f"{at} {entry.level.upper():<7} {entry.logger}: {entry.message}{belongs}"
    return text if entry.exception is None else f"{text}\n{entry.exception}"


def _opened(path: Path) -> IO[bytes] | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def _is_same(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _entry(line: bytes) -> Entry:
    """A line of the file; one that is damaged is shown as it is."""
    try:
        return msgspec.json.decode(line, type=Entry)
    except (msgspec.DecodeError, UnicodeDecodeError):
        now = datetime.now(UTC).isoformat()
        return Entry(time=now, level="error", logger="?", message=line.decode(errors="replace"))
