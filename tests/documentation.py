"""Runs the shell examples of a page as a reader would: one after the other, in one shell, against a real daemon."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

from tests.shell import DEADLINE_S, Shell

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """Commands, and what the page says that they print; None where it says nothing."""

    line: int
    code: str
    output: str | None


def examples(page: Path) -> list[Example]:
    """The `sh` blocks of a page; a block of another language right behind one is its output."""
    text = page.read_text()
    found: list[Example] = []
    end = -1
    for block in FENCE.finditer(text):
        language, content = block.groups()
        if language == "sh":
            found.append(Example(text.count("\n", 0, block.start()) + 1, content, None))
        elif found and found[-1].output is None and not text[end : block.start()].strip():
            found[-1] = Example(found[-1].line, found[-1].code, content)
        end = block.end()
    return found


def follow(page: Path, shell: Shell, port: int) -> int:
    """Runs all examples of a page; fails at the first that prints something else. How many there were."""
    steps = examples(page)
    for step in steps:
        deadline = time.monotonic() + DEADLINE_S
        printed = shell.run(step.code)
        # What runs in the background may need a moment: a reader would look again.
        while step.output is not None and not fits(step.output, printed) and time.monotonic() < deadline:
            printed = shell.run(step.code)
        assert step.output is None or fits(step.output, printed), (
            f"{page.name}:{step.line} says\n{step.output}\nbut it printed\n{printed}"
        )
        while step.code.rstrip().endswith("&") and not shell.has_connection(port):
            assert time.monotonic() < deadline, f"{page.name}:{step.line} does not reach the daemon"
    return len(steps)


def fits(expected: str, printed: str) -> bool:
    """Whether an output is the expected one; `…` stands for what follows, and every number for any other."""
    pattern = re.sub(r"\w*…", ".*?", re.escape(expected.rstrip()))
    pattern = re.sub(r"\d+", r"\\d+", pattern)
    return re.fullmatch(pattern, printed.rstrip(), re.DOTALL) is not None
