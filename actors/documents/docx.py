"""The text of a DOCX. A ZIP of XML, read as a stream: python-docx would hold all of it in memory, and needs lxml."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from actors.documents.reading import MAX_TEXT_LENGTH, UnreadableError

MAX_XML_BYTES = 64 * 1024 * 1024
_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_TEXTS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "p": "\n", "tr": "\n"}


class _Bounded:
    """A file that may be read up to a size: what a ZIP says about sizes need not be true."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, 65_536) if size >= 0 else 65_536)
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableError("The DOCX unpacks to more than one document may hold.")
        return data


def read_docx(path: Path) -> tuple[str, str | None]:
    """The text with its notes, a line for each paragraph, cells of tables separated by tabs.

    Raises:
        UnreadableError: it is another kind of ZIP, or unpacks to too much.
        Exception: it is damaged; whatever the parser raises.
    """
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if _PARTS[0] not in names:
            raise UnreadableError(
                "It is a ZIP archive or an office document other than DOCX, whose text is not read. "
                "Save it as DOCX, PDF or text."
            )
        texts: list[str] = []
        for part in _PARTS:
            if part in names and sum(map(len, texts)) <= MAX_TEXT_LENGTH:
                with archive.open(part) as file:
                    texts.append(_text_of(_Bounded(file, MAX_XML_BYTES)))
    text = "\n".join(texts).strip()
    if not text:
        raise UnreadableError("The DOCX holds no text.")
    return text, None


def _text_of(file: _Bounded) -> str:
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415  (in the child process alone)

    pieces: list[str] = []
    length = 0
    for _event, element in iterparse(file, forbid_dtd=True):
        name = element.tag.rpartition("}")[2]
        if name == "t":
            piece = element.text or ""
        elif name == "tc" and pieces:
            pieces[-1] = pieces[-1].rstrip("\n")
            piece = "\t"
        else:
            piece = _TEXTS.get(name, "")
        if piece:
            pieces.append(piece)
            length += len(piece)
        if length > MAX_TEXT_LENGTH:
            break
        if name in {"p", "tbl"}:
            element.clear()
    return "".join(pieces)
