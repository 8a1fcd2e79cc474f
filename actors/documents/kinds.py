"""What a file is, by its first bytes, whatever it is called; its name only tells kinds of text apart."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from typing import Literal

from actors.tools.text_format import binary_kind, image_type

HEAD_BYTES = 8192
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BINARY = "application/octet-stream"

Family = Literal["image", "pdf", "zip", "office", "binary", "text"]

_IMAGES = (
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"BM", "image/bmp"),
)
_TEXTS = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".markdown": "text/markdown",
    ".md": "text/markdown",
    ".svg": "image/svg+xml",
    ".tsv": "text/tab-separated-values",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_NAME_LENGTH = 200
_REORDERING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def kind_of(head: bytes, name: str) -> tuple[Family, str]:
    """How a file is to be read, and its media type.

    Args:
        head: its first `HEAD_BYTES` bytes.
        name: what it is called.
    """
    if found := image_type(head) or _other_image(head):
        return "image", found
    if b"%PDF-" in head[:1024]:
        return "pdf", "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return "zip", "application/zip"
    if head.startswith(_OFFICE):
        return "office", BINARY
    kind = binary_kind(head)
    if kind is not None and kind != "UTF-32 text":
        return "binary", BINARY
    return "text", _TEXTS.get(PurePosixPath(name).suffix.lower(), "text/plain")


def clean_name(given: str | None, default: str = "document") -> str:
    """A name for people out of what somebody called a file: no folders, nothing that cannot be seen."""
    last = (given or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        char for char in last if unicodedata.category(char) not in {"Cc", "Cs"} and char not in _REORDERING
    )
    name = " ".join(unicodedata.normalize("NFC", shown).split())
    if name.strip(".") == "":
        return default
    if len(name) <= _MAX_NAME_LENGTH:
        return name
    suffix = PurePosixPath(name).suffix[:20]
    return name[: _MAX_NAME_LENGTH - len(suffix)] + suffix


def _other_image(head: bytes) -> str | None:
    if head[4:12] in {b"ftypavif", b"ftypavis"}:
        return "image/avif"
    found = next((kind for magic, kind in _IMAGES if head.startswith(magic)), None)
    # `BM` may begin a text too, but only an image goes on with a size and zeros.
    return None if found == "image/bmp" and head[6:10] != b"\0\0\0\0" else found
