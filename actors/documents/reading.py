"""What was found in a file, and reading it by its kind. Runs in the child process of `reader`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from actors.documents.kinds import DOCX, HEAD_BYTES, Family, kind_of
from actors.event_encoding import clean_text

MAX_TEXT_LENGTH = 2_000_000
"""Characters of a document's text that are kept."""

READING = "reading"
"""The name of the file that the child process leaves its result in."""


class UnreadableError(Exception):
    """A file cannot be read; the message says why, for people."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a file.

    Attributes:
        problem: why it could not be read, or what of it was left out.
        text: None for an image, and where it could not be read.
        width: of an image as it is shown, in pixels.
        height: of an image as it is shown, in pixels.
    """

    media_type: str
    is_readable: bool = True
    problem: str | None = None
    text: str | None = None
    width: int | None = None
    height: int | None = None


def read(folder: Path, name: str) -> Reading:
    """Reads `folder/file`; of an image, a thumbnail and, where needed, a view are made beside it.

    Args:
        folder: where it lies.
        name: what the person calls it.
    """
    path = folder / "file"
    with path.open("rb") as file:
        family, media_type = kind_of(file.read(HEAD_BYTES), name)
    try:
        return _read(path, family, media_type)
    except UnreadableError as error:
        problem = str(error)
    except MemoryError:
        problem = "Reading it takes more memory than one document may have."
    except Exception as error:  # noqa: BLE001  (parsers of strangers' files raise anything)
        what = {"image": "image", "pdf": "PDF", "zip": "DOCX"}.get(family, "file")
        problem = f"The {what} is damaged or not well-formed ({type(error).__name__})."
    return Reading(media_type=media_type, is_readable=False, problem=problem)


def _read(path: Path, family: Family, media_type: str) -> Reading:
    """Each kind loads its own parser."""
    match family:
        case "image":
            from actors.documents.images import read_image  # noqa: PLC0415

            return read_image(path, media_type)
        case "pdf":
            from actors.documents.pdf import read_pdf  # noqa: PLC0415

            return _with_text(media_type, *read_pdf(path))
        case "zip":
            from actors.documents.docx import read_docx  # noqa: PLC0415

            return _with_text(DOCX, *read_docx(path))
        case "text":
            from actors.documents.plain_text import read_text  # noqa: PLC0415

            return _with_text(media_type, *read_text(path))
        case "office":
            raise UnreadableError(
                "It is an old Office document, or one with a password. "
                "Save it as DOCX or PDF without a password."
            )
        case "binary":
            raise UnreadableError("It is a binary file of a kind whose text cannot be read.")


def _with_text(media_type: str, text: str, problem: str | None) -> Reading:
    """The reading of a text, cut where it is too long."""
    text = clean_text(text.replace("\0", "\ufffd"))
    if len(text) > MAX_TEXT_LENGTH:
        text = text[:MAX_TEXT_LENGTH]
        problem = f"It is long: only its first {MAX_TEXT_LENGTH:,} characters were read."
    return Reading(media_type=media_type, problem=problem, text=text)
