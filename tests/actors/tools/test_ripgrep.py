"""ripgrep is found where it was installed, and never outlives the search."""

from __future__ import annotations

import asyncio
import os

import psutil  # type: ignore[import-untyped, unused-ignore]
import pytest

from actors.tools.base import ToolError
from actors.tools.ripgrep import find_ripgrep, run_ripgrep, without_paths


@pytest.fixture
def root(tmp_path):
    return tmp_path.resolve()


def searching() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [child for child in children if child.status() != psutil.STATUS_ZOMBIE and child.name() == "rg"]


def test_a_search_that_takes_too_long_is_stopped(root):
    os.mkfifo(root / "pipe")
    arguments = ("needle", "pipe")
    with pytest.raises(ToolError, match=r"took longer than 0\.2 s"):
        asyncio.run(run_ripgrep(arguments, root, {}, lambda data: True, timeout_s=0.2))
    assert not searching()


def test_a_search_that_is_cancelled_leaves_nothing(root):
    os.mkfifo(root / "pipe")

    async def cancelled():
        search = asyncio.ensure_future(run_ripgrep(("needle", "pipe"), root, {}, lambda data: True))
        # Opening the other end waits until ripgrep has opened its own.
        pipe = await asyncio.wait_for(asyncio.to_thread(os.open, root / "pipe", os.O_WRONLY), 10)
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search
        os.close(pipe)

    asyncio.run(cancelled())
    assert not searching()


def test_a_search_is_stopped_when_nobody_wants_more(root):
    with (root / "big.txt").open("w") as file:
        file.writelines(f"needle {n}\n" for n in range(500_000))
    pieces = []

    def take(data: bytes) -> bool:
        pieces.append(data)
        return len(pieces) < 3

    ended = asyncio.run(run_ripgrep(("needle",), root, {}, take))
    assert (ended.exit_code, len(pieces)) == (None, 3)
    assert not searching()


def test_an_error_while_taking_stops_the_search(root):
    (root / "a.txt").write_text("needle\n")

    def take(data: bytes) -> bool:
        raise ToolError("too many")

    with pytest.raises(ToolError, match="too many"):
        asyncio.run(run_ripgrep(("needle",), root, {}, take))
    assert not searching()


def test_the_exit_code_and_the_message_come_back(root):
    (root / "a.txt").write_text("needle\n")
    found = bytearray()

    def take(data: bytes) -> bool:
        found.extend(data)
        return True

    ended = asyncio.run(run_ripgrep(("needle",), root, {}, take))
    assert (ended.exit_code, ended.message, bytes(found)) == (0, "", b"a.txt:needle\n")
    assert asyncio.run(run_ripgrep(("hay",), root, {}, lambda data: True)).exit_code == 1
    ended = asyncio.run(run_ripgrep(("--no-such-option",), root, {}, lambda data: True))
    assert ended.exit_code == 2
    assert "--no-such-option" in ended.message


def test_ripgrep_is_found_beside_python_in_the_package_or_on_the_path(root):
    name = find_ripgrep().name
    (root / "bin").mkdir()
    (root / "bin" / name).touch(mode=0o755)
    assert find_ripgrep(str(root / "bin/python"), "no-such-package", "") == root / "bin" / name
    assert find_ripgrep(str(root / "python"), "ripgrep", "").is_file()
    assert find_ripgrep(str(root / "python"), "no-such-package", str(root / "bin")) == root / "bin" / name
    with pytest.raises(ToolError, match="needs ripgrep, which is missing"):
        find_ripgrep(str(root / "python"), "no-such-package", str(root))


def test_a_complaint_tells_no_path_where_it_is_about_a_file(root):
    (root / "gone.txt").symlink_to("nowhere")
    ended = asyncio.run(run_ripgrep(("needle", "gone.txt"), root, {}, lambda data: True))
    assert "gone.txt" in ended.message
    assert without_paths(ended.message) == "Some files could not be read."
    assert without_paths("regex parse error") == "regex parse error"
