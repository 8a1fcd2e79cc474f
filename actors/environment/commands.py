"""The commands that a project is tested and built with: what its files name, then what they imply. None is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from actors.environment.facts import Command, Purpose
from actors.environment.files import Files, table_of, text_of
from actors.environment.manifests import sections

PURPOSES: Mapping[Purpose, tuple[str, ...]] = {
    "test": ("test", "tests", "check"),
    "build": ("build", "compile"),
    "lint": ("lint",),
    "format": ("format", "fmt"),
}
NO_TEST = "no test specified"
"""What npm writes into a new package."""

_TARGET = re.compile(r"^([A-Za-z][\w-]*)[^\n:=]*:(?!=)", re.MULTILINE)

Named = tuple[Purpose, str]
Finder = Callable[[Path, Files], Iterable[Named]]


def commands(files: Files) -> tuple[Command, ...]:
    """The commands of the files that lie directly in the project, those that people named first."""
    found: dict[Named, Command] = {}
    for name, find in _FINDERS:
        path = files.root / name
        if files.find(path) is not None:
            for purpose, command in find(path, files):
                known = Command(purpose=purpose, command=command, source=name)
                found.setdefault((purpose, command), known)
    return tuple(found.values())


def _chosen(names: Iterable[str], form: str) -> Iterator[Named]:
    """For each purpose the name that fits it best, if there is one, in a command of this form."""
    known = set(names)
    for purpose, wanted in PURPOSES.items():
        for name in wanted:
            if name in known:
                yield purpose, form.format(name)
                break


def _make(path: Path, files: Files) -> Iterator[Named]:
    return _chosen(_TARGET.findall(files.text(path) or ""), "make {}")


def _just(path: Path, files: Files) -> Iterator[Named]:
    return _chosen(_TARGET.findall(files.text(path) or ""), "just {}")


def _task(path: Path, files: Files) -> Iterator[Named]:
    return _chosen(map(str, table_of(files.yaml(path).get("tasks"))), "task {}")


def _npm(path: Path, files: Files) -> Iterator[Named]:
    read = files.json(path)
    scripts = {name for name, script in table_of(read.get("scripts")).items() if NO_TEST not in str(script)}
    return _chosen(scripts, f"{_package_manager(read, files)} run {{}}")


def _package_manager(package: Mapping[str, object], files: Files) -> str:
    named = (text_of(package.get("packageManager")) or "").partition("@")[0]
    if named in {"npm", "pnpm", "yarn", "bun"}:
        return named
    locks = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lock": "bun", "bun.lockb": "bun"}
    return next((name for lock, name in locks.items() if files.size(files.root / lock) is not None), "npm")


def _deno(path: Path, files: Files) -> Iterator[Named]:
    tasks = table_of(files.json(path).get("tasks"))
    yield from _chosen(tasks, "deno task {}")
    if not {"test", "tests"} & set(tasks):
        yield "test", "deno test"


def _composer(path: Path, files: Files) -> Iterator[Named]:
    return _chosen(table_of(files.json(path).get("scripts")), "composer run {}")


def _pyproject(path: Path, files: Files) -> Iterator[Named]:
    tools = table_of(files.toml(path).get("tool"))
    if "pytest" in tools:
        yield "test", _in_python(files, "pytest")
    if "ruff" in tools:
        yield "lint", _in_python(files, "ruff check")


def _setup_cfg(path: Path, files: Files) -> Iterator[Named]:
    if sections(path, files).has_section("tool:pytest"):
        yield "test", _in_python(files, "pytest")


def _pytest(path: Path, files: Files) -> Iterator[Named]:
    del path
    yield "test", _in_python(files, "pytest")


def _in_python(files: Files, command: str) -> str:
    runners = {"uv.lock": "uv run ", "poetry.lock": "poetry run ", "pdm.lock": "pdm run "}
    found = (runner for lock, runner in runners.items() if files.size(files.root / lock) is not None)
    return next(found, "") + command


def _always(*named: Named) -> Finder:
    """What a file of this name implies, whatever is in it."""

    def find(path: Path, files: Files) -> Iterable[Named]:
        del path, files
        return named

    return find


_FINDERS: tuple[tuple[str, Finder], ...] = (
    ("Makefile", _make),
    ("justfile", _just),
    ("Taskfile.yml", _task),
    ("package.json", _npm),
    ("deno.json", _deno),
    ("composer.json", _composer),
    ("tox.ini", _always(("test", "tox"))),
    ("noxfile.py", _always(("test", "nox"))),
    ("pyproject.toml", _pyproject),
    ("setup.cfg", _setup_cfg),
    ("pytest.ini", _pytest),
    ("Cargo.toml", _always(("test", "cargo test"), ("build", "cargo build"))),
    ("go.mod", _always(("test", "go test ./..."), ("build", "go build ./..."))),
    ("pom.xml", _always(("test", "mvn test"), ("build", "mvn package"))),
    ("gradlew", _always(("test", "./gradlew test"), ("build", "./gradlew build"))),
    ("mix.exs", _always(("test", "mix test"), ("build", "mix compile"))),
    ("Package.swift", _always(("test", "swift test"), ("build", "swift build"))),
    (
        "pubspec.yaml",
        _always(
            ("test", "dart test"),
        ),
    ),
    (
        "Rakefile",
        _always(
            ("test", "rake test"),
        ),
    ),
)
