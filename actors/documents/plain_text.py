"""Plain text in whatever encoding it was written."""

from __future__ import annotations

import codecs
from pathlib import Path

from actors.documents.reading import MAX_TEXT_LENGTH

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COMMON = ["cp1252", "cp1251", "cp932", "euc_jp", "gb18030", "big5", "cp949"]
"""Tried first: the rarer Latin code pages fit texts of the common one all too well."""

_MAX_BYTES = 4 * MAX_TEXT_LENGTH + 4
_SAMPLE_BYTES = 200_000


def read_text(path: Path) -> tuple[str, str | None]:
    """The text, at most a little more of it than is kept, and what was wrong with it."""
    with path.open("rb") as file:
        data = file.read(_MAX_BYTES)
        is_whole = not file.read(1)
    mark, codec = next(((mark, codec) for mark, codec in _MARKS if data.startswith(mark)), (b"", ""))
    codec = codec or _guess(data)
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    text = decoder.decode(data[len(mark) :], final=is_whole)
    problem = "Some of its characters could not be read." if "\ufffd" in text else None
    return text, problem


def _guess(data: bytes) -> str:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes  # noqa: PLC0415  (only where it is no UTF-8)

        sample = data[:_SAMPLE_BYTES]
        best = from_bytes(sample, cp_isolation=_COMMON).best() or from_bytes(sample).best()
        return best.encoding if best is not None else "latin-1"
    return "utf-8"
