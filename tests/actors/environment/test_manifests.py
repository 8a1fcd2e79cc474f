"""Manifests, languages and commands: what the files name and imply."""

from __future__ import annotations

from typing import Any

import pytest

from actors.environment.commands import commands
from actors.environment.facts import Manifest
from actors.environment.languages import MAX_LANGUAGES, languages
from actors.environment.manifests import KINDS, manifest
from tests.actors.environment.conftest import Folder


def found(project: Folder) -> list[tuple[str, str]]:
    return [(one.purpose, one.command) for one in commands(project.files)]


@pytest.mark.parametrize(
    ("name", "content", "kind", "package"),
    [
        ("package.json", {"name": "@shop/page"}, "npm", "@shop/page"),
        ("package.json", {"name": 5}, "npm", None),
        ("package.json", "{", "npm", None),
        ("pyproject.toml", '[project]\nname = "shop"', "python", "shop"),
        ("pyproject.toml", '[tool.poetry]\nname = "shop"', "python", "shop"),
        ("pyproject.toml", "project = 1", "python", None),
        ("setup.cfg", "[metadata]\nname = shop", "python", "shop"),
        ("setup.cfg", "name = shop", "python", None),
        ("Cargo.toml", '[package]\nname = "shop"', "cargo", "shop"),
        ("Cargo.toml", '[workspace]\nmembers = ["a"]', "cargo", None),
        ("go.mod", "module example.com/shop\n\ngo 1.22", "go", "example.com/shop"),
        ("pubspec.yaml", "name: shop", "dart", "shop"),
        ("composer.json", {"name": "a/shop"}, "composer", "a/shop"),
        ("Makefile", "test:", "make", None),
        ("package.json", {"name": "two\nlines\x1b[0m" + "x" * 500}, "npm", "two lines [0m" + "x" * 186 + "…"),
    ],
)
def test_a_manifest_tells_its_kind_and_name(
    project: Folder, name: str, content: Any, kind: str, package: str | None
) -> None:
    path = project.write(f"inner/{name}", content)
    assert manifest(path, project.files) == Manifest(path=f"inner/{name}", kind=kind, name=package)


def test_every_manifest_can_be_empty(project: Folder) -> None:
    for name in KINDS:
        assert manifest(project.write(name), project.files).name is None


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {
                "Makefile": "CC := cc\nall: build\ntest: all\n\tcc\nbuild lint:\n\ttrue\nfmt = x\n.PHONY: format\n"
            },
            [("test", "make test"), ("build", "make build")],
        ),
        ({"Makefile": "check:\n\ttrue\n"}, [("test", "make check")]),
        (
            {"justfile": "test *args:\n  cargo test\nfmt:\n  x"},
            [("test", "just test"), ("format", "just fmt")],
        ),
        ({"Taskfile.yml": "version: 3\ntasks:\n  test:\n    cmds: [x]\n"}, [("test", "task test")]),
        (
            {"package.json": {"scripts": {"test": "vitest", "build": "vite", "start": "x"}}},
            [("test", "npm run test"), ("build", "npm run build")],
        ),
        ({"package.json": {"scripts": {"test": 'echo "Error: no test specified" && exit 1'}}}, []),
        ({"package.json": {"scripts": {"test": "x"}}, "pnpm-lock.yaml": ""}, [("test", "pnpm run test")]),
        (
            {"package.json": {"scripts": {"test": "x"}, "packageManager": "yarn@4.1"}},
            [("test", "yarn run test")],
        ),
        (
            {"package.json": {"scripts": {"test": "x"}, "packageManager": "rm -rf"}},
            [("test", "npm run test")],
        ),
        ({"package.json": {"scripts": ["test"]}}, []),
        ({"deno.json": {}}, [("test", "deno test")]),
        ({"deno.json": {"tasks": {"test": "x"}}}, [("test", "deno task test")]),
        ({"composer.json": {"scripts": {"lint": "x"}}}, [("lint", "composer run lint")]),
        (
            {"pyproject.toml": "[tool.pytest.ini_options]\n[tool.ruff]"},
            [("test", "pytest"), ("lint", "ruff check")],
        ),
        ({"pyproject.toml": "[tool.pytest]", "uv.lock": ""}, [("test", "uv run pytest")]),
        ({"setup.cfg": "[tool:pytest]\ntestpaths = a", "poetry.lock": ""}, [("test", "poetry run pytest")]),
        ({"pytest.ini": ""}, [("test", "pytest")]),
        ({"tox.ini": ""}, [("test", "tox")]),
        ({"Cargo.toml": ""}, [("test", "cargo test"), ("build", "cargo build")]),
        ({"go.mod": ""}, [("test", "go test ./..."), ("build", "go build ./...")]),
        ({"inner/Cargo.toml": ""}, []),
    ],
)
def test_commands_are_found(project: Folder, files: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    for name, content in files.items():
        project.write(name, content)
    assert found(project) == expected
    assert project.problems.words == ()


def test_what_people_named_comes_first_and_each_command_once(project: Folder) -> None:
    project.write("Cargo.toml")
    project.write("pytest.ini")
    project.write("pyproject.toml", "[tool.pytest]")
    project.write("Makefile", "test:\n")
    tests = [one for one in commands(project.files) if one.purpose == "test"]
    assert [(one.command, one.source) for one in tests] == [
        ("make test", "Makefile"), ("pytest", "pyproject.toml"), ("cargo test", "Cargo.toml"),
    ]  # fmt: skip


def test_languages_are_ranked_by_their_files() -> None:
    ranked = languages({".py": 6, ".pyi": 1, ".ts": 2, ".tsx": 1, ".md": 90, ".lock": 5})
    assert [(one.name, one.files, one.share) for one in ranked] == [
        ("Python", 7, 0.7), ("TypeScript", 3, 0.3),
    ]  # fmt: skip
    assert languages({".md": 3}) == ()
    many = {".py": 1, ".go": 1, ".rs": 1, ".rb": 1, ".js": 1, ".ts": 1, ".c": 1, ".java": 1, ".lua": 1}
    assert len(languages(many)) == MAX_LANGUAGES
