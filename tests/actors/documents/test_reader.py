"""What is found in files of all kinds, by the real child process; a bad one names what is wrong with it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import psutil
import pytest
from PIL import Image

from actors.documents.reader import DocumentReader
from actors.documents.reading import Reading
from tests import sample_files
from tests.sample_files import docx, pdf

POLISH = "Zażółć gęślą jaźń. Pchnąć w tę łódź jeża lub ośm skrzyń fig. Źdźbło."
JAPANESE = "これは日本語の文章です。文字コードを判定してください。"
FRENCH = (
    "Le garçon était très fâché à Noël. Déjà là-bas, où l’été paraît plus âpre, il forçait la même côte. "
)

TEXTS = [
    ("żółw 漢字 🙂".encode(), "a.txt", "text/plain", "żółw 漢字 🙂"),
    (b"\xef\xbb\xbfmarked", "a", "text/plain", "marked"),
    ("żółw".encode("utf-16"), "a.txt", "text/plain", "żółw"),
    (b"\x00\x00\xfe\xff" + "żółw".encode("utf-32-be"), "a.txt", "text/plain", "żółw"),
    (FRENCH.encode("cp1252"), "a.txt", "text/plain", FRENCH),
    (POLISH.encode("cp1250"), "a.txt", "text/plain", POLISH),
    (JAPANESE.encode("cp932"), "a.txt", "text/plain", JAPANESE),
    (b"# Title", "notes.MD", "text/markdown", "# Title"),
    (b"<svg onload='x()'/>", "a.svg", "image/svg+xml", "<svg onload='x()'/>"),
    (b"<script>x()</script>", "a.html", "text/html", "<script>x()</script>"),
    (b'{"a": 1}', "a.json", "application/json", '{"a": 1}'),
    (pdf("First page", "Second page"), "a.pdf", "application/pdf", "First page\n\nSecond page"),
    (pdf("Called a text"), "a.txt", "application/pdf", "Called a text"),
    (
        docx("One", "Two"),
        "a.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "One\nTwo",
    ),
]
BAD_FILES = [
    (pdf("secret", password="x"), "a.pdf", "protected by a password"),
    (pdf("", ""), "a.pdf", "holds no text"),
    (pdf("text")[:200], "a.pdf", "PDF is damaged"),
    (b"%PDF-1.7 nothing", "a.pdf", "PDF is damaged"),
    (docx("text")[:100], "a.docx", "DOCX is damaged"),
    (sample_files.archive({"a.txt": b"x"}), "a.zip", "ZIP archive"),
    (sample_files.archive({"word/document.xml": b"<unclosed"}), "a.docx", "DOCX is damaged"),
    (docx(""), "a.docx", "holds no text"),
    (sample_files.LAUGHS, "a.docx", "DOCX is damaged or not well-formed (DTDForbidden)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 999, "a.doc", "old Office document"),
    (b"\x7fELF" + b"\0" * 999, "a.txt", "binary file"),
    (sample_files.image()[:60], "a.png", "image is damaged"),
    (sample_files.image("JPEG")[:-300], "a.jpg", "image is damaged"),
    (b"GIF89a", "a.gif", "image is damaged"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "document"
    made.mkdir()
    return made


def read(folder: Path, content: bytes, name: str = "file") -> Reading:
    (folder / "file").write_bytes(content)
    found = DocumentReader().read(folder, name)
    assert not (folder / "reading").exists()
    return found


@pytest.mark.parametrize(
    ("content", "name", "media_type", "text"), TEXTS, ids=[f"{case[1]} {n}" for n, case in enumerate(TEXTS)]
)
def test_text_is_read(folder: Path, content: bytes, name: str, media_type: str, text: str) -> None:
    assert read(folder, content, name) == Reading(media_type=media_type, text=text)


def test_a_table_and_its_tabs_keep_their_shape(folder: Path) -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    row = "<w:tr>" + cell.format("a") + cell.format("b") + "</w:tr>"
    body = "<w:p><w:r><w:t>x</w:t><w:tab/><w:t>y</w:t><w:br/><w:delText>gone</w:delText></w:r></w:p>"
    found = read(folder, docx(body=f"{body}<w:tbl>{row}{row}</w:tbl>"), "a.docx")
    assert found.text == "x\ty\n\na\tb\t\na\tb"


@pytest.mark.parametrize(
    ("content", "name", "problem"), BAD_FILES, ids=[f"{name} {problem}" for _, name, problem in BAD_FILES]
)
def test_what_cannot_be_read_names_what_is_wrong(
    folder: Path, content: bytes, name: str, problem: str
) -> None:
    found = read(folder, content, name)
    assert not found.is_readable
    assert found.text is None
    assert problem in str(found.problem)
    assert str(found.problem).endswith(".")


def test_a_docx_that_unpacks_to_too_much_is_given_up(folder: Path) -> None:
    assert "unpacks to more" in str(read(folder, docx("x" * (65 * 1024 * 1024)), "a.docx").problem)


def test_an_image_that_unpacks_to_too_much_is_refused_by_its_size_alone(folder: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    found = read(folder, b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)), "a.png")
    assert "60,000 × 60,000 pixels" in str(found.problem)


def test_a_long_text_is_cut_and_says_so(folder: Path) -> None:
    found = read(folder, "é".encode() * 2_100_000, "a.txt")
    assert found.is_readable
    assert found.text == "é" * 2_000_000
    assert "only its first 2,000,000 characters" in str(found.problem)


def test_a_nul_does_not_hide_what_follows(folder: Path) -> None:
    assert read(folder, "\ufeffa\0b".encode("utf-16-le"), "a.txt").text == "a\ufffdb"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_an_image_that_models_take_needs_no_view(folder: Path, kind: str) -> None:
    found = read(folder, sample_files.image(kind), "a")
    assert found == Reading(media_type=f"image/{kind.lower()}", width=40, height=20)
    with Image.open(folder / "thumbnail") as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (40, 20))
    assert not (folder / "view").exists()


def shown(path: Path, at: tuple[int, int]) -> str:
    """The colour of a pixel, in words."""
    with Image.open(path) as image:
        red, _green, blue = image.convert("RGB").getpixel(at)  # type: ignore[misc]
    return "red" if red > 200 and blue < 90 else "blue" if blue > 200 and red < 90 else f"{red}, {blue}"


def test_a_turned_photo_is_shown_upright(folder: Path) -> None:
    found = read(folder, sample_files.turned(), "a.jpg")
    assert (found.width, found.height) == (20, 60)
    for name in ("thumbnail", "view"):
        with Image.open(folder / name) as image:
            assert image.size == (20, 60)
            assert not image.getexif().get(0x0112)
        assert (shown(folder / name, (10, 5)), shown(folder / name, (10, 55))) == ("red", "blue")


def test_of_an_animation_the_first_frame_is_shown(folder: Path) -> None:
    found = read(folder, sample_files.animation(), "a.gif")
    assert found.media_type == "image/gif"
    assert [shown(folder / name, (5, 5)) for name in ("thumbnail", "view")] == ["red", "red"]


def test_a_large_image_is_scaled_down_and_stays_see_through(folder: Path) -> None:
    found = read(folder, sample_files.see_through(), "a.png")
    assert (found.width, found.height) == (3000, 100)
    with Image.open(folder / "view") as view:
        assert (view.format, view.size, view.getpixel((5, 5))[3]) == ("PNG", (2000, 67), 0)  # type: ignore[index]
    with Image.open(folder / "thumbnail") as thumbnail:
        assert thumbnail.size == (480, 16)


def test_sixteen_bits_of_grey_stay_grey(folder: Path) -> None:
    Image.new("I;16", (10, 10), 32_768).save(folder / "grey.png")
    read(folder, (folder / "grey.png").read_bytes(), "a.png")
    with Image.open(folder / "thumbnail") as thumbnail:
        assert 120 < thumbnail.convert("L").getpixel((5, 5)) < 136  # type: ignore[operator]


def test_an_image_that_no_model_takes_gets_a_view(folder: Path) -> None:
    found = read(folder, sample_files.image("TIFF"), "a.tif")
    assert found.media_type == "image/tiff"
    with Image.open(folder / "view") as view:
        assert view.format == "JPEG"


def test_reading_that_takes_too_long_is_given_up(folder: Path) -> None:
    (folder / "file").write_bytes(pdf("text"))
    found = DocumentReader(timeout_s=0.001).read(folder, "a.pdf")
    assert (found.media_type, found.is_readable) == ("application/pdf", False)
    assert "longer than" in str(found.problem)
    assert not [one for one in psutil.Process().children() if "actors.documents" in one.cmdline()]


def test_a_child_that_dies_is_told_as_a_problem(folder: Path) -> None:
    (folder / "file").write_bytes(b"text")
    (folder / "reading").mkdir()  # its result cannot be written
    found = DocumentReader().read(folder.parent / "nowhere", "a.txt")
    assert not found.is_readable
    assert "more time, memory or disk" in str(found.problem)


def test_a_reader_that_is_closed_reads_nothing_more(folder: Path) -> None:
    (folder / "file").write_bytes(b"text")
    reader = DocumentReader()
    reader.close()
    assert not reader.read(folder, "a.txt").is_readable
