"""How the bytes of a text file are to be read, so that they can be written back the same way."""

from __future__ import annotations

import codecs

import msgspec

from actors.tools.base import ToolError


class TextFormat(msgspec.Struct, frozen=True):
    """An encoding and its byte order mark.

    Attributes:
        codec: Python's name of the encoding.
        name: its name for people.
        mark: the bytes before the text.
    """

    codec: str
    name: str
    mark: bytes = b""


UTF_8 = TextFormat("utf-8", "UTF-8")
LATIN_1 = TextFormat("latin-1", "Latin-1")
_MARKED = (
    TextFormat("utf-8", "UTF-8 with a byte order mark", codecs.BOM_UTF8),
    TextFormat("utf-16-le", "UTF-16 (little-endian)", codecs.BOM_UTF16_LE),
    TextFormat("utf-16-be", "UTF-16 (big-endian)", codecs.BOM_UTF16_BE),
)

_HEAD_SIZE = 8192
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b"))
_MAX_CONTROL_SHARE = 0.05
"""Control characters make up a tenth of compressed data and next to nothing of Latin-1 text."""

_KINDS = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or an office document, JAR or wheel)"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"BZh", "bzip2-compressed"),
    (b"\xfd7zXZ\0", "xz-compressed"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x7fELF", "an ELF program or library"),
    (b"MZ", "a Windows program or library"),
    (b"\xcf\xfa\xed\xfe", "a Mach-O program or library"),
    (b"\xca\xfe\xba\xbe", "a Java class or Mach-O program"),
    (b"SQLite format 3\0", "a SQLite database"),
    (codecs.BOM_UTF32_LE, "UTF-32 text"),
    (codecs.BOM_UTF32_BE, "UTF-32 text"),
)
_PRINTABLE_KINDS = (b"%PDF-",)
_IMAGES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


def image_type(head: bytes) -> str | None:
    """The media type of an image that models accept, by its first bytes, whatever it is called."""
    for magic, media_type in _IMAGES:
        if head.startswith(magic):
            return media_type
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def binary_kind(head: bytes) -> str | None:
    """What a file is if it is no text, by its first 8 KB; None for text."""
    head = head[:_HEAD_SIZE]
    kind = next((kind for magic, kind in _KINDS if head.startswith(magic)), None)
    if kind == "UTF-32 text" or head.startswith(_PRINTABLE_KINDS):
        return kind
    if marked_format(head).mark:
        return None
    if b"\0" in head:
        return kind or "binary data"
    # Words such as `MZ` may begin a text, so a kind counts only where the bytes are no text.
    if _is_utf_8(head):
        return None
    control_count = len(head) - len(head.translate(None, _CONTROL_BYTES))
    is_binary = control_count > len(head) * _MAX_CONTROL_SHARE
    return kind or ("binary data" if is_binary else None)


def marked_format(head: bytes) -> TextFormat:
    """The format that a byte order mark tells, else UTF-8."""
    return next((marked for marked in _MARKED if head.startswith(marked.mark)), UTF_8)


def decode(data: bytes, shown: str) -> tuple[str, TextFormat]:
    """The text of a whole file and how to write it back.

    Raises:
        ToolError: it is not text, or breaks the encoding that its byte order mark promises.
    """
    if kind := binary_kind(data):
        raise ToolError(f"{shown} is {kind}, not text.")
    found = marked_format(data)
    try:
        return data[len(found.mark) :].decode(found.codec), found
    except UnicodeDecodeError as error:
        if found.mark:
            raise ToolError(
                f"{shown} begins like {found.name} but is damaged at byte {error.start}."
            ) from error
    return data.decode(LATIN_1.codec), LATIN_1


def encode(text: str, text_format: TextFormat, shown: str) -> bytes:
    """The bytes of a text in a format.

    Raises:
        ToolError: the encoding has no such character.
    """
    try:
        return text_format.mark + text.encode(text_format.codec)
    except UnicodeEncodeError as error:
        character = text[error.start]
        raise ToolError(
            f"{shown} is {text_format.name}, which has no {character!a} (U+{ord(character):04X})."
            " Write it in another way, or convert the file to UTF-8 first."
        ) from error


def _is_utf_8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True
