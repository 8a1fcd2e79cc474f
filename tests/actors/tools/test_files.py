"""Read on real files, whatever their size, encoding or kind."""

from __future__ import annotations

import codecs
import hashlib
import os
import socket
import tempfile
import tracemalloc
from pathlib import Path

import pytest

from actors.tools.base import Image
from actors.tools.files import Read, Write
from actors.tools.read_text import read_text
from actors.tools.regular_files import CHUNK_SIZE, open_regular
from tests.actors.tools.context import RealContext

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def context(tmp_path):
    return RealContext(tmp_path)


@pytest.fixture
def root(tmp_path):
    return tmp_path.resolve()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_lines_are_numbered_and_the_file_counts_as_read(context, root):
    (root / "a.txt").write_bytes(b"alpha\n\tbeta\n\nlast")
    result = context.run(Read(), file_path="a.txt")
    assert result.text == "     1\talpha\n     2\t\tbeta\n     3\t\n     4\tlast"
    assert result.digests == {str(root / "a.txt"): sha256(b"alpha\n\tbeta\n\nlast")}


def test_two_thousand_lines_by_default_and_a_note_how_to_read_on(context, root):
    data = "".join(f"line {n}\n" for n in range(1, 2502)).encode()
    (root / "long.txt").write_bytes(data)
    result = context.run(Read(), file_path="long.txt")
    lines = result.text.split("\n")
    assert lines[1999] == "  2000\tline 2000"
    assert lines[2000:] == ["[Lines 1 to 2,000 of 2,501. Read on with offset=2001.]"]
    assert result.digests == {str(root / "long.txt"): sha256(data)}
    rest = context.run(Read(), file_path="long.txt", offset=2001)
    assert rest.text.startswith("  2001\tline 2001\n")
    assert rest.text.endswith("  2501\tline 2501")


def test_offset_and_limit_choose_the_lines_and_the_digest_is_of_the_whole_file(context, root):
    (root / "a.txt").write_bytes(b"1\n2\n3\n4\n")
    result = context.run(Read(), file_path="a.txt", offset=2, limit=2)
    assert result.text == "     2\t2\n     3\t3\n[Lines 2 to 3 of 4. Read on with offset=4.]"
    assert result.digests == {str(root / "a.txt"): sha256(b"1\n2\n3\n4\n")}
    assert context.run(Read(), file_path="a.txt", offset=0, limit=1).text.startswith("     1\t1\n")


def test_a_line_after_the_last_is_an_error_that_says_how_many_there_are(context, root):
    (root / "a.txt").write_bytes(b"1\n2\n")
    assert context.refused(Read(), file_path="a.txt", offset=9) == "a.txt has 2 lines; there is no line 9."


def test_long_lines_are_cut_at_two_thousand_characters(context, root):
    (root / "wide.txt").write_text("a" * 2000 + "\n" + "é" * 2001 + "\n" + "b" * (CHUNK_SIZE * 2) + "\nend\n")
    lines = context.run(Read(), file_path="wide.txt").text.split("\n")
    assert lines[0] == "     1\t" + "a" * 2000
    assert lines[1] == "     2\t" + "é" * 2000 + "… [1 more characters]"
    assert lines[2] == "     3\t" + "b" * 2000 + f"… [{CHUNK_SIZE * 2 - 2000} more characters]"
    assert lines[3] == "     4\tend"
    assert lines[4] == "[2 lines were cut. The whole line: `sed -n 2p FILE | cut -c 2001-` in Bash.]"


def test_at_most_256_kb_at_a_time(context, root):
    (root / "wide.txt").write_text(("x" * 1500 + "\n") * 400)
    result = context.run(Read(), file_path="wide.txt")
    shown = 256 * 1024 // 1501
    assert f"[Lines 1 to {shown} of 400 (at most 256 KB at a time)." in result.text
    assert len(result.text) < 256 * 1024 + 5000
    rest = context.run(Read(), file_path="wide.txt", offset=shown + 1)
    assert rest.text.startswith(f"{shown + 1:>6}\tx")


def test_a_log_of_two_gigabytes_is_read_in_part_in_little_memory(context, root):
    with (root / "huge.log").open("wb") as file:
        file.write(b"".join(b"entry %d\n" % n for n in range(3000)))
        file.truncate(2 * 1024**3)
    tracemalloc.start()
    try:
        result = context.run(Read(), file_path="huge.log", limit=100)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * 1024**2
    assert result.text.startswith("     1\tentry 0\n")
    assert "[Lines 1 to 100 of a file of 2.0 GB. Read on with offset=101.]" in result.text
    assert "too large to be changed" in result.text
    assert result.digests == {}


def test_a_file_over_the_limit_is_still_searched_for_a_late_line(root):
    (root / "a.log").write_bytes(b"".join(b"%d\n" % n for n in range(200_000)))
    with open_regular(root / "a.log", "a.log") as file:
        text, digest = read_text(file, b"0\n", "a.log", 150_000, 1, max_whole_size=100_000)
    assert text.startswith("150000\t149999\n")
    assert digest is None


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="needs a file that is longer than it says")
def test_a_file_that_grows_past_the_limit_while_it_is_read_has_no_digest():
    with open_regular(Path(f"/proc/{os.getpid()}/smaps"), "smaps") as file:
        text, digest = read_text(file, b"", "smaps", 1, 3, max_whole_size=1000)
    assert "[Lines 1 to 3 of " in text
    assert digest is None


def test_a_line_without_end_never_fills_the_memory(context, root):
    with (root / "line.log").open("wb") as file:
        file.write(b"x" * 10_000)
        file.truncate(60 * 1024**2)
    tracemalloc.start()
    try:
        result = context.run(Read(), file_path="line.log")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * 1024**2
    assert result.text.startswith("     1\t" + "x" * 2000 + "… [")


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (codecs.BOM_UTF8 + "é\nz\n".encode(), "     1\té\n     2\tz"),
        (codecs.BOM_UTF16_LE + "é\n€\n".encode("utf-16-le"), "     1\té\n     2\t€"),
        (codecs.BOM_UTF16_BE + "é\n€\n".encode("utf-16-be"), "     1\té\n     2\t€"),
        (b"one\r\ntwo\r\n", "     1\tone\n     2\ttwo"),
        ("日本語\n".encode(), "     1\t日本語"),
    ],
)
def test_encodings_are_recognized(context, root, data, lines):
    (root / "a.txt").write_bytes(data)
    result = context.run(Read(), file_path="a.txt")
    assert result.text == lines
    assert result.digests == {str(root / "a.txt"): sha256(data)}


def test_latin_1_is_the_fallback_and_a_note_says_so(context, root):
    data = b"plain\n" * 60_000 + b"caf\xe9\n"
    (root / "a.txt").write_bytes(data)
    result = context.run(Read(), file_path="a.txt", offset=60_001)
    assert result.text.startswith(" 60001\tcafé\n[It is not UTF-8, so it was read as Latin-1")
    assert result.digests == {str(root / "a.txt"): sha256(data)}


def test_a_character_that_two_chunks_share_is_whole(context, root):
    count = (CHUNK_SIZE - 1) // 3
    data = b"aa\n" * count + "é\n".encode()
    assert data[CHUNK_SIZE - 1 : CHUNK_SIZE + 1] == "é".encode()
    (root / "a.txt").write_bytes(data)
    assert context.run(Read(), file_path="a.txt", offset=count + 1).text == f"{count + 1:>6}\té"


def test_only_the_first_bytes_are_a_byte_order_mark(context, root):
    (root / "a.txt").write_bytes(codecs.BOM_UTF8 + b"abcdefg\n" * (CHUNK_SIZE // 4))
    lines = context.run(Read(), file_path="a.txt", offset=CHUNK_SIZE // 8 - 5).text.split("\n")
    assert {line.split("\t")[1] for line in lines[:20]} == {"abcdefg"}


def test_an_empty_file_is_said_to_be_empty(context, root):
    (root / "a.txt").touch()
    result = context.run(Read(), file_path="a.txt")
    assert result.text == "[a.txt is empty.]"
    assert result.digests == {str(root / "a.txt"): sha256(b"")}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%plain", "a PDF document"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 50, "an ELF program"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (b"\x1f\x8b\x08\x03\xff", "gzip-compressed"),
        (b"text\0text", "binary data"),
        (bytes(range(1, 256)), "binary data"),
        (codecs.BOM_UTF32_LE + "a".encode("utf-32-le"), "UTF-32 text"),
    ],
)
def test_binary_files_are_refused_with_kind_and_size(context, root, data, kind):
    (root / "a.txt").write_bytes(data)
    message = context.refused(Read(), file_path="a.txt")
    assert message.startswith(f"a.txt is {kind}")
    assert f"({len(data)} bytes)" in message


def test_a_text_may_begin_like_a_binary_file(context, root):
    (root / "a.txt").write_bytes(b"MZ is a magic number\n")
    assert context.run(Read(), file_path="a.txt").text == "     1\tMZ is a magic number"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "image/jpeg"),
        (b"GIF89a" + b"\0" * 40, "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 40, "image/webp"),
    ],
)
def test_images_are_recognized_by_their_bytes_not_their_name(context, root, data, media_type):
    (root / "notes.txt").write_bytes(data)
    result = context.run(Read(), file_path="notes.txt")
    assert Image(media_type, data) in result.content
    assert result.digests == {str(root / "notes.txt"): sha256(data)}


def test_an_image_may_have_five_megabytes_and_no_more(context, root):
    (root / "a.png").write_bytes(PNG.ljust(5 * 1024**2, b"x"))
    assert any(isinstance(block, Image) for block in context.run(Read(), file_path="a.png").content)
    (root / "b.png").write_bytes(PNG.ljust(5 * 1024**2 + 1, b"x"))
    assert "b.png is an image larger than 5.0 MB" in context.refused(Read(), file_path="b.png")


def test_a_named_image_that_is_text_is_read_as_text(context, root):
    (root / "a.png").write_bytes(b"not an image\n")
    assert context.run(Read(), file_path="a.png").text == "     1\tnot an image"


def test_a_missing_file_brings_the_nearest_names(context, root):
    (root / "src").mkdir()
    (root / "src/settings.py").touch()
    message = context.refused(Read(), file_path="src/setings.py")
    assert message == f"src/setings.py does not exist. Did you mean {root}/src/settings.py?"
    message = context.refused(Read(), file_path="scr/settings.py")
    assert f"there is no {root}/scr. Did you mean {root}/src?" in message
    (root / "README.md").touch()
    assert "README.md?" in context.refused(Read(), file_path="readme.txt")
    assert context.refused(Read(), file_path="zzzz") == "zzzz does not exist."


def test_folders_pipes_devices_and_sockets_are_refused_at_once(context, root):
    (root / "folder").mkdir()
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as server, tempfile.TemporaryDirectory() as short:
        # The path of a socket may have about a hundred characters only.
        server.bind(f"{short}/sock")
        Path(short, "sock").rename(root / "sock")
        assert context.refused(Read(), file_path="folder").startswith(
            "folder is a folder, not a regular file."
        )
        assert context.refused(Read(), file_path="pipe") == "pipe is a named pipe, not a regular file."
        assert context.refused(Read(), file_path="sock") == "sock is a socket, not a regular file."
        assert context.refused(Read(), file_path="/dev/zero") == "/dev/zero is a device, not a regular file."
        assert context.refused(Read(), file_path="/").startswith("/ is a folder")
        assert "pipe is a named pipe" in context.refused(Write(), file_path="pipe", content="x")
        assert "folder is a folder" in context.refused(Write(), file_path="folder", content="x")


def test_paths_that_cannot_be_are_refused_in_words(context, root):
    (root / "file").touch()
    (root / "loop").symlink_to("loop")
    assert "empty or holds a NUL" in context.refused(Read(), file_path="a\0b")
    assert "too long" in context.refused(Read(), file_path="n" * 300)
    assert "file/x" in context.refused(Read(), file_path="file/x")
    assert "is not a folder" in context.refused(Write(), file_path="file/x", content="")
    assert "loop" in context.refused(Read(), file_path="loop")


def test_the_subject_is_the_resolved_path(context, root):
    (root / "real").mkdir()
    (root / "link").symlink_to("real")
    read = Read().subject(Read().parse({"file_path": "link/../link/a.txt"}), context.workspace)
    assert read.paths == (root / "real/a.txt",)
    assert read.only_reads
    written = Write().subject(Write().parse({"file_path": "/etc/x", "content": ""}), context.workspace)
    assert written.paths == (Path("/etc/x"),)
    assert not written.only_reads
    assert Read().summary(Read().parse({"file_path": f"{root}/link/a.txt"}), context.workspace) == (
        "real/a.txt"
    )
