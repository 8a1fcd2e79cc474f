"""Edit changes what it was asked to change and not one byte more."""

from __future__ import annotations

import codecs
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.tools.edit import Edit
from actors.tools.files import Read, Write
from actors.tools.regular_files import MAX_WHOLE_SIZE
from tests.actors.tools.context import RealContext


@pytest.fixture
def context(tmp_path):
    return RealContext(tmp_path)


@pytest.fixture
def root(tmp_path):
    return tmp_path.resolve()


def edit(context, old, new, *, path="a.txt", **fields):
    context.run(Read(), file_path=path)
    return context.run(Edit(), file_path=path, old_string=old, new_string=new, **fields)


def refusal(context, old, new, *, path="a.txt", **fields):
    context.run(Read(), file_path=path)
    return context.refused(Edit(), file_path=path, old_string=old, new_string=new, **fields)


def test_the_text_is_replaced_and_the_lines_around_are_shown(context, root):
    (root / "a.txt").write_text("".join(f"line {n}\n" for n in range(1, 21)))
    result = edit(context, "line 10\nline 11\n", "ten\n")
    expected = [f"line {n}" for n in range(1, 10)] + ["ten"] + [f"line {n}" for n in range(12, 21)]
    data = "".join(f"{line}\n" for line in expected).encode()
    assert (root / "a.txt").read_bytes() == data
    assert result.digests == {str(root / "a.txt"): hashlib.sha256(data).hexdigest()}
    lines = result.text.split("\n")
    assert lines[0] == "Changed a.txt:"
    assert lines[1] == "     6\tline 6"
    assert lines[5] == "    10\tten"
    assert lines[-1] == "    15\tline 16"


@pytest.mark.parametrize(
    ("before", "old", "new", "snippet"),
    [
        ("a\nb\nc\n", "a", "A", "     1\tA\n     2\tb\n     3\tc"),
        ("a\nb\nc", "c", "C", "     1\ta\n     2\tb\n     3\tC"),
        ("a\nb\nc\n", "a\nb\nc\n", "", "     1\t"),
        ("1\n2\n3\n4\n5\n6\n7", "7", "x", "     3\t3\n     4\t4\n     5\t5\n     6\t6\n     7\tx"),
    ],
)
def test_the_snippet_ends_where_the_file_ends(context, root, before, old, new, snippet):
    (root / "a.txt").write_text(before)
    assert edit(context, old, new).text == f"Changed a.txt:\n{snippet}"


def test_a_long_new_text_is_not_repeated_whole(context, root):
    (root / "a.txt").write_text("x\n")
    text = edit(context, "x", "\n".join(map(str, range(500)))).text
    assert len(text.split("\n")) == 62
    assert text.endswith("[… 440 more lines]")


def test_one_edit_may_follow_another(context, root):
    (root / "a.txt").write_text("one two")
    edit(context, "one", "1")
    context.run(Edit(), file_path="a.txt", old_string="two", new_string="2")
    assert (root / "a.txt").read_text() == "1 2"


def test_a_text_that_occurs_twice_is_refused_with_the_lines(context, root):
    (root / "a.txt").write_text("x\ny x\n" + "z\n" * 20 + "x x\n")
    message = refusal(context, "x", "y")
    assert "found 4 times in a.txt, on lines 1, 2, 23, 23." in message
    assert "replace_all" in message
    (root / "a.txt").write_text("x\n" * 30)
    assert "found 30 times in a.txt, on lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …." in refusal(context, "x", "y")


def test_replace_all_replaces_every_occurrence(context, root):
    (root / "a.txt").write_text("x\ny x\nxx\n")
    result = edit(context, "x", "ab", replace_all=True)
    assert (root / "a.txt").read_text() == "ab\ny ab\nabab\n"
    assert result.text.startswith("Changed a.txt in 4 places; the first:\n     1\tab\n")


def test_special_characters_are_taken_literally(context, root):
    (root / "a.txt").write_text("f(x) + [a]*\\1 $ ^ \\d\r\nnext\r\n", newline="")
    edit(context, "f(x) + [a]*\\1 $ ^ \\d\nnext", "\\g<0> \\1\nnext")
    assert (root / "a.txt").read_bytes() == b"\\g<0> \\1\r\nnext\r\n"


def test_a_text_that_is_missing_is_refused_with_the_nearest_line(context, root):
    (root / "a.txt").write_text("def load(path):\n    return open(path)\n")
    message = refusal(context, "def laod(path):\n", "x")
    assert message == "old_string was not found in a.txt. The nearest is line 1: `def load(path):`."
    assert refusal(context, "@@@@", "x") == "old_string was not found in a.txt."
    assert (root / "a.txt").read_text() == "def load(path):\n    return open(path)\n"


def test_a_difference_in_white_space_only_is_shown(context, root):
    (root / "a.txt").write_text("class A:\n\tdef f(self):\n\t\treturn 1\n")
    message = refusal(context, "class A:\n    def f(self):\n        return 1", "x")
    assert "The text at line 1 differs from it only in white space: line 2 is `\\tdef f(self):`" in message
    assert "old_string has `    def f(self):`" in message
    message = refusal(context, "class A:\n\n\n", "x")
    assert "The text at line 1 differs from it only in the line breaks around." in message


def test_looking_for_the_nearest_line_takes_bounded_time(context, root):
    (root / "a.txt").write_text("".join(f"value_{n} = compute({n % 7})\n" for n in range(60_000)))
    assert "The nearest is line" in refusal(context, "valeu_77 = comptue(3)", "x")


def test_nothing_to_change_is_refused(context, root):
    (root / "a.txt").write_text("x")
    assert "are the same" in refusal(context, "x", "x")


def test_a_file_that_was_not_read_or_has_changed_is_refused(context, root):
    (root / "a.txt").write_text("x y")
    fields = {"file_path": "a.txt", "old_string": "x", "new_string": "z"}
    assert context.refused(Edit(), **fields) == (
        "a.txt has not been read in this conversation. Read it first."
    )
    context.run(Read(), file_path="a.txt")
    (root / "a.txt").write_text("x y!")
    assert "has changed on disk since it was read. Read it again." in context.refused(Edit(), **fields)
    assert (root / "a.txt").read_text() == "x y!"
    context.run(Read(), file_path="a.txt")
    context.run(Edit(), **fields)
    assert (root / "a.txt").read_text() == "z y!"


def test_a_file_that_was_written_counts_as_read(context, root):
    context.run(Write(), file_path="a.txt", content="x")
    context.run(Edit(), file_path="a.txt", old_string="x", new_string="y")
    assert (root / "a.txt").read_text() == "y"


def test_a_missing_file_is_refused_with_the_nearest_name(context, root):
    (root / "main.py").touch()
    message = context.refused(Edit(), file_path="mian.py", old_string="x", new_string="y")
    assert message == f"mian.py does not exist. Did you mean {root}/main.py?"


def test_an_empty_old_string_creates_a_file_and_only_that(context, root):
    result = context.run(Edit(), file_path="new/a.txt", old_string="", new_string="x\n")
    assert (root / "new/a.txt").read_text() == "x\n"
    assert result.text == "Created new/a.txt."
    (root / "empty.txt").touch()
    assert "empty.txt exists already" in refusal(context, "", "x", path="empty.txt")
    assert (root / "empty.txt").read_text() == ""


def test_a_file_over_fifty_megabytes_is_refused(context, root):
    with (root / "a.txt").open("wb") as file:
        file.write(b"text\n" * 4000)
        file.truncate(MAX_WHOLE_SIZE + 1)
    assert "a.txt is larger than 50 MB" in refusal(context, "text", "x")


@pytest.mark.parametrize(
    ("before", "old", "new", "after"),
    [
        (b"a\r\nb\r\nc\r\n", "a\nb", "1\n2\n3", b"1\r\n2\r\n3\r\nc\r\n"),
        (b"a\r\nb\r\nc\r\n", "a\r\nb", "1\r\n2", b"1\r\n2\r\nc\r\n"),
        (b"a\r\nb\r\nc", "b", "x\ny", b"a\r\nx\r\ny\r\nc"),
        (b"a\nb\r\nc\nd\n", "c", "x\ny", b"a\nb\r\nx\ny\nd\n"),
        (b"a\nb\r\nc\nd\n", "a\nb\n", "x\n", b"x\r\nc\nd\n"),
        (b"a\nb\n", "a\n", "x\r\n", b"x\r\nb\n"),
        (b"a\r\nb\nc\n", "a\nb\nc", "x", b"x\n"),
        (b"a\r\nb\nc\r\nd\r\n", "\nd", "\ne", b"a\r\nb\nc\r\ne\r\n"),
        (b"a\r\nb\nc\r\nd\r\n", "c", "x", b"a\r\nb\nx\r\nd\r\n"),
        (b"a\r\r\n\r\nb", "\n\nb", "\nb", b"a\r\r\nb"),
        (b"no end", "end", "END", b"no END"),
        (codecs.BOM_UTF8 + b"a b", "a", "\u00e9", codecs.BOM_UTF8 + "\u00e9 b".encode()),
        (
            codecs.BOM_UTF16_LE + "a\r\nb".encode("utf-16-le"),
            "a\n",
            "\u20ac\n",
            codecs.BOM_UTF16_LE + "\u20ac\r\nb".encode("utf-16-le"),
        ),
        (codecs.BOM_UTF16_BE + "a b".encode("utf-16-be"), "b", "c", codecs.BOM_UTF16_BE + b"\0a\0 \0c"),
        (b"caf\xe9 \x93\r\nx", "caf\u00e9", "t\u00e9", b"t\xe9 \x93\r\nx"),
        ("a\u2028b\x0cc\n".encode(), "b", "x", "a\u2028x\x0cc\n".encode()),
    ],
)
def test_encoding_and_line_ends_are_kept(context, root, before, old, new, after):
    (root / "a.txt").write_bytes(before)
    edit(context, old, new)
    assert (root / "a.txt").read_bytes() == after


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_hostile_text_takes_linear_time(context, root, end):
    (root / "a.txt").write_bytes((end * 1_000_000).encode())
    assert "was not found" in refusal(context, "\n" * 2000 + "x", "y")


@pytest.mark.parametrize("last", ["", "\r\n"])
def test_a_long_text_that_is_nearly_there_takes_linear_time(context, root, last):
    (root / "a.txt").write_bytes(("a\n" * 200_000 + last).encode())
    assert "was not found" in refusal(context, "a\n" * 100_000 + "z", "y")


def test_a_character_that_the_encoding_lacks_is_refused(context, root):
    (root / "a.txt").write_bytes(b"caf\xe9")
    assert "a.txt is Latin-1, which has no '\\u20ac' (U+20AC)" in refusal(context, "caf", "\u20ac")
    assert (root / "a.txt").read_bytes() == b"caf\xe9"


def test_a_damaged_utf_16_file_is_refused(context, root):
    (root / "a.txt").write_bytes(codecs.BOM_UTF16_LE + b"a\0\x00\xd8b")
    assert "damaged at byte 2" in refusal(context, "a", "x")


def test_a_binary_file_is_refused(context, root):
    data = b"\x7fELF\0\0"
    (root / "a.txt").write_bytes(data)
    context.digests = {str(root / "a.txt"): hashlib.sha256(data).hexdigest()}
    message = context.refused(Edit(), file_path="a.txt", old_string="E", new_string="x")
    assert message == "a.txt is an ELF program or library, not text."


PART = st.text(alphabet="ab \t\n\u2028", max_size=12)


@settings(max_examples=60, deadline=None)
@given(before=PART, start=PART, end=PART, after=PART, new=PART)
def test_only_the_match_changes(tmp_path_factory, before, start, end, after, new):
    root = tmp_path_factory.mktemp("edit").resolve()
    old = f"{start}\u20ac{end}"
    (root / "a.txt").write_bytes((before + old + after).encode())
    edit(RealContext(root), old, new)
    assert (root / "a.txt").read_bytes() == (before + new + after).encode()


def diff_of(context, old, new, *, path="a.txt", **fields):
    raw = {"file_path": path, "old_string": old, "new_string": new, **fields}
    return Edit().diff(Edit().parse(raw), context.workspace)


def test_the_diff_is_what_run_would_do(context, root):
    (root / "a.txt").write_bytes(b"1\r\n2\r\n3\r\n")
    assert diff_of(context, "2\n", "zwei\n") == (
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n 1\r\n-2\r\n+zwei\r\n 3\r\n"
    )
    assert (root / "a.txt").read_bytes() == b"1\r\n2\r\n3\r\n"
    assert diff_of(context, "", "x\n", path="new.txt") == "--- a/new.txt\n+++ b/new.txt\n@@ -0,0 +1 @@\n+x\n"


def test_there_is_no_diff_where_run_would_refuse(context, root):
    (root / "a.txt").write_text("x x")
    assert diff_of(context, "x", "y") is None
    assert diff_of(context, "z", "y") is None
    assert diff_of(context, "z", "y", path="missing") is None
    assert diff_of(context, "", "y") is None
    assert diff_of(context, "x", "y", path=".") is None
    assert diff_of(context, "x", "y", replace_all=True) is not None


def test_the_labels_of_a_file_outside_have_no_double_slash(context, tmp_path_factory):
    other = tmp_path_factory.mktemp("other").resolve() / "b.txt"
    other.write_text("x\n")
    diff = diff_of(context, "x", "y", path=str(other))
    assert diff is not None
    assert diff.startswith(f"--- a{other}\n+++ b{other}\n@@ ")
