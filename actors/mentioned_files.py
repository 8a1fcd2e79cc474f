"""Files that a message mentions: which of them an agent may be given, and how much of them."""

from __future__ import annotations

import codecs
from pathlib import Path

import msgspec

from actors.errors import MentionRefusedError, ToolError, UnknownMentionError
from actors.secret_paths import looks_secret
from actors.tools.regular_files import exists, open_regular, size
from actors.tools.text_format import LATIN_1, binary_kind, image_type, marked_format

BYTES_PER_CHARACTER = 4
SHOWN_LENGTH = 200


class FileStart(msgspec.Struct, frozen=True):
    """The start of a text file.

    Attributes:
        text: its first characters.
        is_whole: there is no more.
        size: of the whole file, for people.
    """

    text: str
    is_whole: bool
    size: str


def locate(root: Path, name: str) -> Path:
    """The resolved path of a file that may be mentioned. Looks at the disk.

    Args:
        root: the working directory, resolved.
        name: relative to it, or absolute.

    Raises:
        MentionRefusedError: it lies outside, symlinks resolved, or looks like a secret.
        UnknownMentionError: there is no such file.
    """
    shown = name[:SHOWN_LENGTH]
    try:
        written = root / name
        path = written.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise MentionRefusedError(f"The file {shown} cannot be used: {error}") from error
    if not path.is_relative_to(root):
        raise MentionRefusedError(
            f"The file {shown} lies outside of the working directory {root}; only files in it can be mentioned."
        )
    if looks_secret(path, root) or looks_secret(written, root):
        raise MentionRefusedError(
            f"The file {shown} looks as if it held secrets, so it is not given to a model."
        )
    try:
        is_there = exists(path, shown)
    except ToolError as error:
        raise MentionRefusedError(str(error)) from error
    if not is_there:
        raise UnknownMentionError(f"There is no file {shown} in {root}.")
    if not path.is_file():
        raise MentionRefusedError(f"{shown} is no regular file; mention a file in it instead.")
    return path


def start_of(path: Path, shown: str, length: int) -> FileStart | str:
    """The first characters of a text file; of another file a sentence that says what it is.

    Raises:
        ToolError: it cannot be read.
    """
    with open_regular(path, shown) as file:
        data = file.read((length + 1) * BYTES_PER_CHARACTER) or b""
        total = file.seek(0, 2)
    if media_type := image_type(data):
        return f"It is an image ({media_type}, {size(total)}). Read shows it."
    if kind := binary_kind(data):
        return f"It is {kind} ({size(total)}), not text."
    is_all = len(data) >= total
    text = _decoded(data, is_all=is_all)
    return FileStart(text[:length], is_all and len(text) <= length, size(total))


def _decoded(data: bytes, *, is_all: bool) -> str:
    found = marked_format(data)
    try:
        return codecs.getincrementaldecoder(found.codec)().decode(data[len(found.mark) :], final=is_all)
    except UnicodeDecodeError:
        return data[len(found.mark) :].decode(found.codec if found.mark else LATIN_1.codec, "replace")
