"""Real files of the kinds that people upload, made on the spot."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def image(kind: str = "PNG", size: tuple[int, int] = (40, 20), colour: str = "red", **saved: Any) -> bytes:
    """An image in one colour."""
    made = Image.new("RGB", size, colour)
    buffer = io.BytesIO()
    made.save(buffer, kind, **saved)
    return buffer.getvalue()


def see_through() -> bytes:
    """A PNG whose left half is see-through."""
    made = Image.new("RGBA", (3000, 100), (0, 0, 255, 255))
    made.paste((0, 0, 0, 0), (0, 0, 1500, 100))
    buffer = io.BytesIO()
    made.save(buffer, "PNG")
    return buffer.getvalue()


def animation() -> bytes:
    """A GIF whose first frame is red and whose second is blue."""
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def turned() -> bytes:
    """A JPEG of 60 × 20 pixels, red on its left, that is to be shown turned: 20 × 60, red on top."""
    made = Image.new("RGB", (60, 20), "blue")
    made.paste((255, 0, 0), (0, 0, 30, 20))
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    made.save(buffer, "JPEG", exif=exif, quality=95)
    return buffer.getvalue()


def pdf(*pages: str, password: str | None = None) -> bytes:
    """A PDF with a line of text on each page."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(300, 200)
        if text:
            stream = DecodedStreamObject()
            stream.set_data(f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode())
            page[NameObject("/Contents")] = writer._add_object(stream)
            page[NameObject("/Resources")] = DictionaryObject(
                {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
            )
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def docx(*paragraphs: str, body: str | None = None, prologue: str = "") -> bytes:
    """A DOCX of paragraphs, or with this XML as its body."""
    inner = body or "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    xml = f'<?xml version="1.0"?>{prologue}<w:document {WORD}><w:body>{inner}</w:body></w:document>'
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": xml.encode()})


def archive(files: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


LAUGHS = docx(
    body="<w:p><w:r><w:t>&g;</w:t></w:r></w:p>",
    prologue="<!DOCTYPE x ["
    '<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 50}">' for n in range(6))
    + "]>",
)
"""A DOCX whose few entities stand for billions of characters."""
