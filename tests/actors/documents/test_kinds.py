"""What a file is, and what it is called."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.documents.kinds import clean_name, kind_of


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"BM and other letters", "a.txt", ("text", "text/plain")),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0", "a.txt", ("image", "image/bmp")),
        (b"II*\0\x08\0", "a", ("image", "image/tiff")),
        (b"\0\0\0\x20ftypavif\0\0", "a", ("image", "image/avif")),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.png", ("image", "image/webp")),
        (b"\n\n%PDF-1.4", "a", ("pdf", "application/pdf")),
        (b"PK\x03\x04", "a.docx", ("zip", "application/zip")),
        (b"\0\x01\x02", "a.txt", ("binary", "application/octet-stream")),
        (b"", "a.svg", ("text", "image/svg+xml")),
        (b"text", "a.PNG", ("text", "text/plain")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_is_what_its_first_bytes_say(head: bytes, name: str, kind: tuple[str, str]) -> None:
    assert kind_of(head, name) == kind


@pytest.mark.parametrize("given", [None, "", ".", "..", "...", "/", "a/", "\\", "\x00", "\u202e", " "])
def test_what_is_no_name_gets_one(given: str | None) -> None:
    assert clean_name(given) == "document"


@given(st.text(max_size=400))
def test_a_name_is_short_visible_and_no_path(text: str) -> None:
    name = clean_name(text)
    assert 0 < len(name) <= 200
    assert "/" not in name
    assert "\\" not in name
    assert not {unicodedata.category(char) for char in name} & {"Cc", "Cs"}
    assert name.strip(".")
    name.encode()
