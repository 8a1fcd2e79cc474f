"""The files that describe packages: which there are, and what the packages are called."""

from __future__ import annotations

import configparser
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from actors.environment.facts import Manifest
from actors.environment.files import Files, table_of, text_of

KINDS: Mapping[str, str] = {
    "CMakeLists.txt": "cmake",
    "Cargo.toml": "cargo",
    "Dockerfile": "docker",
    "Gemfile": "ruby",
    "Makefile": "make",
    "Package.swift": "swift",
    "Taskfile.yml": "task",
    "build.gradle": "gradle",
    "build.gradle.kts": "gradle",
    "composer.json": "composer",
    "deno.json": "deno",
    "go.mod": "go",
    "justfile": "just",
    "mix.exs": "elixir",
    "noxfile.py": "python",
    "package.json": "npm",
    "pom.xml": "maven",
    "pubspec.yaml": "dart",
    "pyproject.toml": "python",
    "requirements.txt": "python",
    "setup.cfg": "python",
    "setup.py": "python",
    "tox.ini": "python",
}
_GO_MODULE = re.compile(r"^module\s+(\S+)", re.MULTILINE)


def manifest(path: Path, files: Files) -> Manifest:
    """What a manifest says."""
    read = _NAMES.get(path.name)
    name = read(path, files) if read is not None else None
    return Manifest(path=files.shown(path), kind=KINDS[path.name], name=name)


def sections(path: Path, files: Files) -> configparser.RawConfigParser:
    """The sections of an INI file; none where it cannot be read."""
    parser = configparser.RawConfigParser(strict=False)
    text = files.text(path)
    if text is not None:
        try:
            parser.read_string(text)
        except configparser.Error:
            files.problems.add(f"{files.shown(path)} is no valid INI file")
            parser.clear()
    return parser


def _json_name(path: Path, files: Files) -> str | None:
    return text_of(files.json(path).get("name"))


def _yaml_name(path: Path, files: Files) -> str | None:
    return text_of(files.yaml(path).get("name"))


def _cargo_name(path: Path, files: Files) -> str | None:
    return text_of(table_of(files.toml(path).get("package")).get("name"))


def _python_name(path: Path, files: Files) -> str | None:
    read = files.toml(path)
    poetry = table_of(table_of(read.get("tool")).get("poetry"))
    return text_of(table_of(read.get("project")).get("name")) or text_of(poetry.get("name"))


def _setup_name(path: Path, files: Files) -> str | None:
    return text_of(sections(path, files).get("metadata", "name", fallback=None))


def _go_name(path: Path, files: Files) -> str | None:
    match = _GO_MODULE.search(files.text(path) or "")
    return text_of(match[1]) if match else None


_NAMES: Mapping[str, Callable[[Path, Files], str | None]] = {
    "Cargo.toml": _cargo_name,
    "composer.json": _json_name,
    "deno.json": _json_name,
    "go.mod": _go_name,
    "package.json": _json_name,
    "pubspec.yaml": _yaml_name,
    "pyproject.toml": _python_name,
    "setup.cfg": _setup_name,
}
