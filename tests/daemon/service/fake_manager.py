"""A service manager's command line that is recorded: each call, and what it answers."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """\
import json, sys
from pathlib import Path
folder = Path({folder!r})
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
answers = json.loads((folder / "answers").read_text())
for start, (status, text) in answers.items():
    if " ".join(sys.argv[1:]).startswith(start):
        print(text)
        sys.exit(status)
"""


class FakeManager:
    """The program `name`, first on PATH."""

    def __init__(self, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder / "recorded"
        programs = folder / "programs"
        for one in (self._folder, programs):
            one.mkdir()
        script = self._folder / "script.py"
        script.write_text(SCRIPT.format(folder=str(self._folder)))
        program = programs / name
        # Not named behind `#!` itself: the path of the interpreter may hold a space.
        program.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, str(script)])} "$@"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
        self.answer()

    def answer(self, **answers: tuple[int, str]) -> None:
        """What it prints, and its status, by the start of the arguments (`_` for a space)."""
        named = {start.replace("_", " "): answer for start, answer in answers.items()}
        (self._folder / "answers").write_text(json.dumps(named))

    @property
    def calls(self) -> list[list[str]]:
        """The arguments of each call since the last time."""
        path = self._folder / "calls"
        if not path.exists():
            return []
        found: list[list[str]] = [json.loads(line) for line in path.read_text().splitlines()]
        path.unlink()
        return found

    def changing(self, *reads: str) -> list[Any]:
        """The calls, without those that only look."""
        return [call for call in self.calls if call[0] not in reads]
