"""The lines of an exported file, checked for what can be told of each alone."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from storage.backups.snapshot import Progress, nothing
from storage.errors import TransferError
from storage.transfer.kinds import END, HEADER, VERSION

MAX_LINE_BYTES = 256 * 1024 * 1024
"""A document of 50 MB, its picture for models and its text, in base64."""


class Line(NamedTuple):
    """A record and where it stands in its file, in bytes."""

    number: int
    record: dict[str, Any]
    start: int
    size: int


def read(path: Path, progress: Progress = nothing) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records of a file, each with the number of its line. Raises TransferError, see `placed`."""
    for line in placed(path, progress):
        yield line.number, line.record


def placed(path: Path, progress: Progress = nothing) -> Iterator[Line]:
    """The records of a file, each with its place.

    Raises:
        TransferError: it is no export, of a newer program, or not written to its end; the message names the line.
    """
    number = count = start = 0
    has_end = False
    try:
        total = path.stat().st_size
        with path.open("rb") as file:
            while raw := file.readline(MAX_LINE_BYTES):
                number += 1
                start, size = start + len(raw), len(raw)
                if not raw.strip():
                    continue
                record = record_of(number, raw)
                if has_end:
                    raise wrong(number, "something follows the end of the export")
                if number == 1:
                    _check_header(record)
                elif record.get("kind") == END:
                    has_end = True
                    if record.get("records") != count:
                        raise wrong(
                            number, f"the export had {record.get('records')} records, and here are {count}"
                        )
                else:
                    count += 1
                    yield Line(number, record, start - size, size)
                progress(file.tell(), total)
    except OSError as error:
        raise TransferError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not has_end:
        raise wrong(number, "the file ends too early, or is no export")


def wrong(number: int, what: str) -> TransferError:
    """The error of a line."""
    return TransferError(f"Line {number:,}: {what}.")


def record_of(number: int, raw: bytes) -> dict[str, Any]:
    """The record of a line. Raises TransferError."""
    if len(raw) >= MAX_LINE_BYTES:
        raise wrong(number, "it is too long")
    try:
        record = json.loads(raw, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise wrong(number, f"it is not JSON ({error})") from error
    if not isinstance(record, dict):
        raise wrong(number, "it is no JSON object")
    return record


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _check_header(record: dict[str, Any]) -> None:
    if record.get("kind") != HEADER:
        raise wrong(1, "this is no export of stagent; for other programs' sessions there is `--from`")
    if record.get("version") != VERSION:
        raise wrong(
            1, f"the export has version {record.get('version')}, and this program knows version {VERSION}"
        )
