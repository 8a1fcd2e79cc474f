"""Reads small files that somebody else has written: regular ones only, a bounded part, and not outside a folder."""

from __future__ import annotations

import json
import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from actors.tools.base import ToolError
from actors.tools.regular_files import open_regular

MAX_BYTES = 262_144
MAX_YAML_BYTES = 32_768
MAX_NAMES = 1_000
MAX_PROBLEMS = 20
MAX_TEXT = 200
MAX_PATH = 1_000


class Files:
    """A folder, as far as one may look.

    Args:
        root: the folder.
        problems: where it is noted what could not be read.
        may_leave: whether links that lead out of the folder are followed: in a home, not in a project.
    """

    def __init__(self, root: Path, problems: Problems, *, may_leave: bool = False) -> None:
        self.root = root.resolve()
        self.problems = problems
        self._may_leave = may_leave

    def shown(self, path: Path) -> str:
        """A path for people: relative to a project, absolute elsewhere."""
        if self._may_leave or not path.is_relative_to(self.root):
            return one_line(str(path), MAX_PATH)
        return one_line(path.relative_to(self.root).as_posix(), MAX_PATH)

    def find(self, path: Path) -> Path | None:
        """Where a path leads to, links resolved; None where nothing is or where one may not look."""
        try:
            found = path.resolve(strict=True)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, RuntimeError) as error:
            self.problems.add(f"{self.shown(path)} cannot be read: {_reason(error)}")
            return None
        if not self._may_leave and not found.is_relative_to(self.root):
            self.problems.add(f"{self.shown(path)} is a link out of the project and was not followed")
            return None
        return found

    def size(self, path: Path) -> int | None:
        """The size of a regular file, in bytes; None where there is none."""
        found = self.find(path)
        try:
            status = found.stat() if found is not None else None
        except OSError as error:  # it has just gone
            self.problems.add(f"{self.shown(path)} cannot be read: {_reason(error)}")
            return None
        return status.st_size if status is not None and stat.S_ISREG(status.st_mode) else None

    def text(self, path: Path, limit: int = MAX_BYTES) -> str | None:
        """The text of a regular file, at most `limit` bytes of it; None where there is none to read."""
        found = self.find(path)
        if found is None or is_folder(found):
            return None
        try:
            with open_regular(found, self.shown(path)) as file:
                return file.read(limit).decode("utf-8-sig", "replace")
        except ToolError as error:
            self.problems.add(str(error))
            return None

    def names(self, folder: Path) -> list[str]:
        """The names in a folder, in order; none where there is no folder."""
        found = self.find(folder)
        if found is None or not is_folder(found):
            return []
        names: list[str] = []
        try:
            with os.scandir(found) as entries:
                for entry in entries:
                    names.append(entry.name)
                    if len(names) >= MAX_NAMES:
                        break
        except OSError as error:
            self.problems.add(f"{self.shown(folder)} cannot be read: {_reason(error)}")
        return sorted(names)

    def json(self, path: Path, limit: int = MAX_BYTES) -> Mapping[str, Any]:
        """The object in a JSON file; an empty one where there is none."""
        return self._parsed(path, limit, json.loads, "JSON")

    def toml(self, path: Path) -> Mapping[str, Any]:
        """The table in a TOML file; an empty one where there is none."""
        return self._parsed(path, MAX_BYTES, tomllib.loads, "TOML")

    def yaml(self, path: Path) -> Mapping[str, Any]:
        """The mapping in a YAML file; an empty one where there is none."""
        return self._parsed(path, MAX_YAML_BYTES, parse_yaml, "YAML")

    def _parsed(self, path: Path, limit: int, parse: Any, form: str) -> Mapping[str, Any]:
        text = self.text(path, limit)
        if text is None:
            return {}
        try:
            value = parse(text)
        except (ValueError, RecursionError):
            self.problems.add(f"{self.shown(path)} is no valid {form}")
            return {}
        return value if isinstance(value, dict) else {}


def is_folder(path: Path) -> bool:
    """Whether a path leads to a folder, as far as one may know."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_regular(path: Path) -> bool:
    """Whether a path leads to a regular file, as far as one may know."""
    try:
        return path.is_file()
    except OSError:
        return False


class Problems:
    """What could not be read, in words: the first ones, and how many more there are."""

    def __init__(self) -> None:
        self._words: dict[str, None] = {}
        self._more = 0

    def add(self, words: str) -> None:
        """Notes a problem, once."""
        line = one_line(words, MAX_PATH)
        if len(self._words) < MAX_PROBLEMS:
            self._words[line] = None
        elif line not in self._words:
            self._more += 1

    @property
    def words(self) -> tuple[str, ...]:
        """All of them."""
        more = (f"and {self._more} more",) if self._more else ()
        return (*self._words, *more)


def parse_yaml(text: str) -> Any:
    """The value of a YAML text, its scalars as texts. Raises ValueError."""
    import yaml  # noqa: PLC0415  (few projects need it)

    try:
        # The loader that makes texts and nothing else; merge keys, which can grow without bound, are none to it.
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def one_line(text: str, limit: int = MAX_TEXT) -> str:
    """A text that somebody else has written, on one line, without control characters, and not too long."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text[: limit * 4]).split())
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def text_of(value: object) -> str | None:
    """A value from a file, if it is a text with something in it, on one line."""
    return one_line(value) or None if isinstance(value, str) else None


def table_of(value: object) -> Mapping[str, Any]:
    """A value from a file, if it is a table; else an empty one."""
    return value if isinstance(value, dict) else {}


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "its links go round in a circle"
