"""Reading what others have written: inside the folder, regular files alone, bounded, with words for what fails."""

from __future__ import annotations

import os

import pytest

from actors.environment.files import MAX_PROBLEMS, Problems, one_line, parse_yaml
from tests.actors.environment.conftest import Folder


def test_a_link_out_of_the_project_is_named_and_not_followed(project: Folder) -> None:
    (project.outside / "secret.json").write_text('{"name": "secret"}')
    (project.root / "package.json").symlink_to(project.outside / "secret.json")
    (project.root / "folder").symlink_to(project.outside)
    assert project.files.json(project.root / "package.json") == {}
    assert project.files.text(project.root / "folder" / "secret.json") is None
    assert project.files.names(project.root / "folder") == []
    assert project.files.size(project.root / "package.json") is None
    assert [problem.split(" is a link")[0] for problem in project.problems.words] == [
        "package.json", "folder/secret.json", "folder",
    ]  # fmt: skip


def test_a_link_within_the_project_is_followed(project: Folder) -> None:
    project.write("AGENTS.md", "Be brief.")
    (project.root / "CLAUDE.md").symlink_to("AGENTS.md")
    assert project.files.text(project.root / "CLAUDE.md") == "Be brief."
    assert project.problems.words == ()


def test_what_is_no_regular_file_is_not_opened(project: Folder) -> None:
    os.mkfifo(project.root / "Makefile")
    (project.root / "a").symlink_to("b")
    (project.root / "b").symlink_to("a")
    assert project.files.text(project.root / "Makefile") is None
    assert project.files.text(project.root / "a") is None
    assert project.files.text(project.root / "missing") is None
    assert project.files.text(project.root) is None
    first, second = project.problems.words
    assert "Makefile is a named pipe" in first
    assert second.startswith("a cannot be read: ")


def test_only_a_part_of_a_large_file_is_read(project: Folder) -> None:
    path = project.write("big", "x" * 1000)
    assert project.files.text(path, limit=10) == "x" * 10


@pytest.mark.parametrize("content", ["{", "[1", '"text"', "[" * 30_000, "\ufffe", "1" * 10_000])
def test_what_makes_no_sense_is_an_empty_table(project: Folder, content: str) -> None:
    for read, name in (
        (project.files.json, "a.json"),
        (project.files.toml, "a.toml"),
        (project.files.yaml, "a.yaml"),
    ):
        assert read(project.write(name, content)) == {}


def test_what_makes_no_sense_is_named(project: Folder) -> None:
    assert project.files.json(project.write("package.json", "{")) == {}
    assert project.problems.words == ("package.json is no valid JSON",)


def test_yaml_makes_nothing_but_texts() -> None:
    assert parse_yaml("name: yes\ncount: 3\nwhen: 2020-01-01") == {
        "name": "yes", "count": "3", "when": "2020-01-01",
    }  # fmt: skip
    bomb = "a: &a {k: v}\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} {{<<: [{', '.join([f'*{chr(97 + n)}'] * 9)}]}}\n" for n in range(9)
    )
    assert len(parse_yaml(bomb)) == 10
    assert parse_yaml("!!python/object/apply:os.system ['true']") == ["true"]
    with pytest.raises(ValueError, match="expected"):
        parse_yaml("a: [")


def test_problems_are_bounded_and_told_once() -> None:
    problems = Problems()
    for number in range(MAX_PROBLEMS + 5):
        problems.add(f"problem {number}")
        problems.add("problem 0")
    assert len(problems.words) == MAX_PROBLEMS + 1
    assert problems.words[-1] == "and 5 more"


def test_a_strange_text_becomes_one_short_line() -> None:
    assert one_line("a\x1b[31m\n\tb\u202e c\0") == "a [31m b c"
    assert len(one_line("x" * 10_000)) == 200
