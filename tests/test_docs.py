"""What README and docs say can be typed, and does what they say."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from tests.conftest import needs_program
from tests.daemon_process import REPOSITORY, DaemonProcess, clean_environment
from tests.documentation import Example, examples, fits, follow
from tests.shell import Shell

PAGES = ("README.md", "docs/api.md", "docs/operations.md", "docs/permissions.md")


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[tuple[Shell, int]]:
    """A shell of somebody whose daemon runs in the usual place, and the daemon's port."""
    needs_program("curl", "curl")
    # Not below pytest's folder: the path of a Unix socket has at most 107 bytes.
    with TemporaryDirectory() as home:
        data_dir = Path(home) / ".local/share/stagent"
        data_dir.parent.mkdir(parents=True)
        daemon = DaemonProcess(data_dir, clean_environment(Path(home)))
        path = f"{Path(sys.executable).parent}:{daemon.environment['PATH']}"
        opened = Shell({**daemon.environment, "PATH": path}, tmp_path)
        yield opened, urlsplit(daemon.url).port or 0
        opened.close()
        daemon.stop()


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_print_what_it_says(page: str, shell: tuple[Shell, int]) -> None:
    assert follow(REPOSITORY / page, *shell)


def test_every_page_with_examples_is_tried() -> None:
    pages = [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")]
    with_examples = {str(page.relative_to(REPOSITORY)) for page in pages if examples(page)}
    assert with_examples == set(PAGES)


def test_outputs_are_compared_but_for_numbers_and_what_is_left_out() -> None:
    assert fits('{"id":"01a2…","seq":5}\n', '{"id":"0199-ab","seq":71}')
    assert not fits('{"id":"01a2…","seq":5}', '{"id":"0199-ab","sequence":71}')


def test_a_block_behind_another_is_its_output(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```sh\necho a\n```\n\n```text\na\n```\n\nWords.\n\n```sh\necho b\n```\nWords\n```text\nb\n```\n"
    )
    assert examples(page) == [Example(1, "echo a\n", "a\n"), Example(11, "echo b\n", None)]
