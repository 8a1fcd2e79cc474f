"""A project in a folder of its own, beside a home and something that is none of its business."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from actors.environment.facts import Facts
from actors.environment.files import Files, Problems
from actors.environment.scan import scan


class Folder:
    """A project that a test fills."""

    def __init__(self, outer: Path) -> None:
        self.home = outer / "home"
        self.root = self.home / "code" / "shop"
        self.outside = outer / "outside"
        for folder in (self.root, self.outside):
            folder.mkdir(parents=True)
        self.problems = Problems()

    def write(self, path: str | Path, content: str | Mapping[str, Any] = "") -> Path:
        """Writes a file; a path that is relative lies in the project."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content))
        return target

    @property
    def files(self) -> Files:
        return Files(self.root, self.problems)

    def scan(self) -> Facts:
        return scan(self.root, self.home)


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
