"""Runs the shell examples of a page as a reader would: one after the other, in one shell, against a real daemon."""

from __future__ import annotations

import os
import re
import selectors
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

DEADLINE_S = 20.0
END = b"\0end\0"
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


class Shell:
    """A shell that a reader types into.

    Args:
        environment: all of its variables.
        folder: where it starts.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._process = subprocess.Popen(
            ["bash", "--norc"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._output = self._process.stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._output, selectors.EVENT_READ)

    def run(self, code: str) -> str:
        """Runs commands; what they print."""
        assert self._process.stdin is not None
        self._process.stdin.write(code.encode() + b"\nprintf '\\0end\\0'\n")
        self._process.stdin.flush()
        printed = b""
        deadline = time.monotonic() + DEADLINE_S
        while not printed.endswith(END):
            assert self._selector.select(deadline - time.monotonic()), (
                f"no end of: {code}\n{printed.decode()}"
            )
            printed += os.read(self._output.fileno(), 65_536)
        return printed.removesuffix(END).decode()

    def has_connection(self, port: int) -> bool:
        """Whether something that was left running in the background has reached the daemon."""
        for child in psutil.Process(self._process.pid).children(recursive=True):
            try:
                connections = child.net_connections("tcp")
            except psutil.Error:
                continue
            if any(one.raddr[1:] == (port,) for one in connections):
                return True
        return False

    def close(self) -> None:
        """Ends it and what it has left running."""
        for child in psutil.Process(self._process.pid).children(recursive=True):
            child.kill()
        self._process.kill()
        self._process.wait(DEADLINE_S)
        self._selector.close()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


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
