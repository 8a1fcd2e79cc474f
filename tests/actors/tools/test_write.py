"""Write replaces a file as a whole or not at all, and only where it was meant to."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from actors.tools.atomic_write import write_atomically
from actors.tools.base import ToolError
from actors.tools.files import Read, Write
from actors.tools.regular_files import open_regular, place
from tests.actors.tools.context import RealContext, without_privileges


@pytest.fixture
def context(tmp_path):
    return RealContext(tmp_path)


@pytest.fixture
def root(tmp_path):
    return tmp_path.resolve()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_missing_permission_is_said_with_the_path():
    # Folders of pytest are closed to other users, and this test becomes one.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        context = RealContext(folder)
        (folder / "closed.txt").write_text("x")
        (folder / "closed.txt").chmod(0o000)
        (folder / "kept.txt").write_text("x")
        (folder / "kept.txt").chmod(0o444)
        context.run(Read(), file_path="kept.txt")
        with without_privileges(folder):
            assert context.refused(Read(), file_path="closed.txt") == (
                "closed.txt may not be used: there is no permission."
            )
            assert "kept.txt is read-only" in context.refused(Write(), file_path="kept.txt", content="y")
        assert (folder / "kept.txt").read_text() == "x"
        folder.chmod(0o555)
        with without_privileges(folder):
            assert "new.txt may not be used" in context.refused(Write(), file_path="new.txt", content="y")
        folder.chmod(0o755)
        assert sorted(path.name for path in folder.iterdir()) == ["closed.txt", "kept.txt"]


def test_no_symlink_is_followed_that_was_not_there_when_the_path_was_resolved(root):
    (root / "outside").mkdir()
    (root / "outside/secret.txt").write_text("secret")
    (root / "inside").mkdir()
    (root / "inside/file.txt").symlink_to(root / "outside/secret.txt")
    (root / "swapped").symlink_to(root / "outside")
    with (
        pytest.raises(ToolError, match="has just become a symlink"),
        open_regular(root / "inside/file.txt", "f"),
    ):
        pass
    with pytest.raises(ToolError, match="symlink"), open_regular(root / "swapped/secret.txt", "s"):
        pass
    with pytest.raises(ToolError, match="symlink"):
        write_atomically(root / "inside/file.txt", "f", b"new")
    with pytest.raises(ToolError, match="symlink"):
        write_atomically(root / "swapped/secret.txt", "s", b"new")
    assert (root / "outside/secret.txt").read_text() == "secret"
    assert [path.name for path in (root / "outside").iterdir()] == ["secret.txt"]


def test_no_symlink_is_followed_that_appears_in_the_last_moment(root):
    (root / "secret.txt").write_text("secret")
    (root / "file.txt").symlink_to("secret.txt")
    with pytest.raises(ToolError, match="symlink"), place(root / "file.txt", "file.txt") as at:
        at.open(os.O_RDONLY)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
def test_no_descriptor_stays_open(context, root):
    (root / "folder").mkdir()
    (root / "a.txt").write_text("x")
    context.run(Read(), file_path="a.txt")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in ("a.txt", "folder", "missing/deep/down", "a.txt/below"):
        with suppress(ToolError), open_regular(root / path, path):
            pass
        with suppress(ToolError):
            write_atomically(root / path, path, b"x")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_link_is_read_and_written_at_its_target(context, root):
    (root / "target.txt").write_text("old\n")
    (root / "link.txt").symlink_to("target.txt")
    assert list(context.run(Read(), file_path="link.txt").digests) == [str(root / "target.txt")]
    context.run(Write(), file_path="link.txt", content="new\n")
    assert (root / "link.txt").is_symlink()
    assert (root / "target.txt").read_text() == "new\n"
    (root / "dangling").symlink_to("made.txt")
    context.run(Write(), file_path="dangling", content="x")
    assert (root / "made.txt").read_text() == "x"
    assert (root / "dangling").is_symlink()


def test_a_new_file_is_created_with_its_folders(context, root):
    result = context.run(Write(), file_path="a/b/c.txt", content="eins\nzwei é\n")
    data = "eins\nzwei é\n".encode()
    assert (root / "a/b/c.txt").read_bytes() == data
    assert result.text == "Created a/b/c.txt (13 bytes)."
    assert result.digests == {str(root / "a/b/c.txt"): sha256(data)}
    assert [path.name for path in (root / "a/b").iterdir()] == ["c.txt"]
    mask = os.umask(0o022)
    os.umask(mask)
    assert stat.S_IMODE((root / "a/b/c.txt").stat().st_mode) == 0o666 & ~mask


def test_a_file_that_was_not_read_is_not_overwritten(context, root):
    (root / "a.txt").write_text("old")
    message = context.refused(Write(), file_path="a.txt", content="new")
    assert message == "a.txt has not been read in this conversation. Read it first."
    assert (root / "a.txt").read_text() == "old"


def test_a_file_that_changed_since_it_was_read_is_not_overwritten(context, root):
    (root / "a.txt").write_text("old\n" * 10)
    context.run(Read(), file_path="a.txt", limit=1)
    (root / "a.txt").write_text("other\n")
    message = context.refused(Write(), file_path="a.txt", content="new")
    assert message == "a.txt has changed on disk since it was read. Read it again."
    assert (root / "a.txt").read_text() == "other\n"
    context.run(Read(), file_path="a.txt")
    assert context.run(Write(), file_path="a.txt", content="new").text == "Wrote a.txt (3 bytes)."
    context.run(Write(), file_path="a.txt", content="newer")
    assert (root / "a.txt").read_text() == "newer"


def test_a_file_is_replaced_not_rewritten_and_keeps_mode_and_owner(context, root):
    path = root / "run.sh"
    path.write_text("old")
    path.chmod(0o750)
    if os.geteuid() == 0:
        os.chown(path, 65534, 65534)
    before = path.stat()
    with path.open() as reader:
        context.run(Read(), file_path="run.sh")
        context.run(Write(), file_path="run.sh", content="new")
        assert reader.read() == "old"
    after = path.stat()
    assert path.read_text() == "new"
    assert after.st_ino != before.st_ino
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_nothing_is_left_half_written_when_the_system_refuses_more(context, root):
    (root / "a.txt").write_text("old")
    context.run(Read(), file_path="a.txt")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        message = context.refused(Write(), file_path="a.txt", content="n" * 200_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert message.startswith("a.txt was not written")
    assert "untouched" in message
    assert (root / "a.txt").read_text() == "old"
    assert [path.name for path in root.iterdir()] == ["a.txt"]


FULL_DISK = """
import sys
from pathlib import Path
from actors.tools.base import ToolError
from actors.tools.atomic_write import write_atomically
path = Path(sys.argv[1]) / "a.txt"
write_atomically(path, "a.txt", b"old")
try:
    write_atomically(path, "a.txt", b"n" * 200_000)
except ToolError as error:
    print(error)
print(path.read_text(), len(list(path.parent.iterdir())))
"""


def test_a_full_disk_is_named_and_the_file_stays_as_it_was(root):
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("needs unshare to mount a small disk")
    disk = root / "disk"
    disk.mkdir()
    options = ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]
    mount = 'mount -t tmpfs -o size=64k none "$0" || exit 77; exec "$@"'
    command = [unshare, *options, "sh", "-c", mount, str(disk), sys.executable, "-c", FULL_DISK, str(disk)]
    source = Path(__file__).parents[3]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False, timeout=60)
    if "unshare" in done.stderr or done.returncode == 77:
        pytest.skip("may not mount here")
    assert done.stdout.splitlines() == [
        "a.txt was not written: the disk is full. What was there before is untouched.",
        "old 1",
    ], done.stderr


def test_a_lone_surrogate_is_refused(context, root):
    assert "U+D800" in context.refused(Write(), file_path="a.txt", content="x\ud800")
    assert not (root / "a.txt").exists()


def test_the_diff_of_a_write_is_against_the_disk(context, root):
    def diff(path, content):
        return Write().diff(Write().parse({"file_path": path, "content": content}), context.workspace)

    assert diff("new.txt", "a\nb\n") == "--- a/new.txt\n+++ b/new.txt\n@@ -0,0 +1,2 @@\n+a\n+b\n"
    (root / "a.txt").write_text("1\n2\n3\n4\n5\n6\n7\n8\n9")
    assert diff("a.txt", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n") == (
        "--- a/a.txt\n+++ b/a.txt\n@@ -2,8 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        "-9\n\\ No newline at end of file\n+9\n"
    )
    assert diff("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9") == ""
    (root / "bin").write_bytes(b"\0\1\2")
    assert diff("bin", "x") is None
    os.mkfifo(root / "pipe")
    assert diff("pipe", "x") is None
    assert diff("a\0", "x") is None
