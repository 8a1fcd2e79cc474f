"""Reading a part of a text file of any size, and knowing afterwards which content the model has seen."""

from __future__ import annotations

import codecs
import hashlib
import os
from io import FileIO

import msgspec

from actors.tools.base import ToolError
from actors.tools.line_window import LineWindow, numbered
from actors.tools.regular_files import CHUNK_SIZE, MAX_WHOLE_SIZE, size
from actors.tools.text_format import LATIN_1, TextFormat, marked_format


class _Pass(msgspec.Struct, frozen=True):
    """What one pass over a file found: the lines, and the digest unless the file is too large for one."""

    window: LineWindow
    digest: str | None
    is_whole: bool


def read_text(
    file: FileIO, head: bytes, shown: str, first: int, limit: int, *, max_whole_size: int = MAX_WHOLE_SIZE
) -> tuple[str, str | None]:
    """The numbered lines with notes on what is missing, and the SHA-256 of the whole file.

    Args:
        file: the file, at any position.
        head: its first bytes.
        shown: the path as a person reads it.
        first: number of the first line, from 1.
        limit: how many lines.
        max_whole_size: bytes up to which the file is read to its end and digested.

    Returns:
        The text, and the digest or None for a file larger than `max_whole_size`.

    Raises:
        ToolError: there is no such line.
    """
    text_format, notes = marked_format(head), []
    # A damaged UTF-16 file is worth showing, but text without a mark that is no UTF-8 is in another encoding.
    errors = "strict" if text_format.codec == "utf-8" else "replace"
    try:
        found = _pass(file, text_format, errors, LineWindow(first, limit), max_whole_size)
    except UnicodeDecodeError:
        found = _pass(file, LATIN_1, "strict", LineWindow(first, limit), max_whole_size)
        notes.append("[It is not UTF-8, so it was read as Latin-1; some characters may be wrong.]")
    window = found.window
    if not window.line_count:
        return f"[{shown} is empty.]", found.digest
    if not window.lines:
        raise ToolError(f"{shown} has {window.line_count:,} lines; there is no line {first:,}.")
    notes += _notes(found, file)
    return "\n".join((numbered(window.lines, first), *notes)), found.digest


def _pass(
    file: FileIO, text_format: TextFormat, errors: str, window: LineWindow, max_whole_size: int
) -> _Pass:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(text_format.codec)(errors)
    hasher = hashlib.sha256()
    length = 0
    is_whole = True
    skip = len(text_format.mark)
    is_large = os.fstat(file.fileno()).st_size > max_whole_size
    while chunk := file.read(CHUNK_SIZE):
        length += len(chunk)
        # A log may grow past the limit while it is read.
        is_large = is_large or length > max_whole_size
        if not is_large:
            hasher.update(chunk)
        window.feed(decoder.decode(chunk[skip:]))
        skip = 0
        if is_large and window.is_full:
            is_whole = False
            break
    if is_whole:
        window.feed(decoder.decode(b"", final=True))
        window.finish()
    return _Pass(window, None if is_large else hasher.hexdigest(), is_whole)


def _notes(found: _Pass, file: FileIO) -> list[str]:
    notes = []
    window = found.window
    if window.shortened:
        number, count = window.shortened[0], len(window.shortened)
        which = f"Line {number} was" if count == 1 else f"{count} lines were"
        notes.append(f"[{which} cut. The whole line: `sed -n {number}p FILE | cut -c 2001-` in Bash.]")
    if not found.is_whole or window.last < window.line_count:
        of = (
            f"{window.line_count:,}"
            if found.is_whole
            else f"a file of {size(os.fstat(file.fileno()).st_size)}"
        )
        why = " (at most 256 KB at a time)" if window.is_too_large else ""
        notes.append(
            f"[Lines {window.first:,} to {window.last:,} of {of}{why}. Read on with offset={window.last + 1}.]"
        )
    if found.digest is None:
        notes.append("[The file is too large to be changed with Edit or Write.]")
    return notes
