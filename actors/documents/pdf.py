"""The text of a PDF."""

from __future__ import annotations

import time
from pathlib import Path

from actors.documents.reading import MAX_TEXT_LENGTH, UnreadableError

MAX_PAGES = 5_000
DEADLINE_S = 20.0
"""After so long the pages that were read are what there is."""


def read_pdf(path: Path) -> tuple[str, str | None]:
    """The text of the pages, and what was left out.

    Raises:
        UnreadableError: it needs a password, or holds no text.
        Exception: it is damaged; whatever the parser raises.
    """
    from pypdf import PdfReader  # noqa: PLC0415  (0.1 s, in the child process alone)
    from pypdf.errors import DependencyError  # noqa: PLC0415

    ends_at = time.monotonic() + DEADLINE_S
    reader = PdfReader(path)
    if reader.is_encrypted:
        try:
            is_open = bool(reader.decrypt(""))
        except (DependencyError, NotImplementedError):
            is_open = False
        if not is_open:
            raise UnreadableError("The PDF is protected by a password. Save a copy without one.")
    texts: list[str] = []
    length, count = 0, len(reader.pages)
    for number, page in enumerate(reader.pages):
        if number >= MAX_PAGES or length > MAX_TEXT_LENGTH or time.monotonic() > ends_at:
            return "\n\n".join(texts), f"It is long: only {number:,} of its {count:,} pages were read."
        texts.append(page.extract_text().strip())
        length += len(texts[-1])
    text = "\n\n".join(texts).strip()
    if not text:
        raise UnreadableError("The PDF holds no text, only pictures of it; it may be a scan.")
    return text, None
