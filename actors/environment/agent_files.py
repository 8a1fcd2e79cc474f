"""What people have written for agents: instruction files and skills, in the project, above it and in the home."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from actors.environment.facts import InstructionFile, Scope, Skill
from actors.environment.files import Files, one_line, parse_yaml, text_of

IN_PROJECT = (
    "CLAUDE.md",
    "CLAUDE.local.md",
    ".claude/CLAUDE.md",
    "AGENTS.md",
    "GEMINI.md",
    ".github/copilot-instructions.md",
    ".cursorrules",
)
ABOVE = ("CLAUDE.md", "AGENTS.md")
IN_HOME = (".claude/CLAUDE.md", ".codex/AGENTS.md", ".agents/AGENTS.md")
SKILL_FOLDERS = (".claude/skills", ".agents/skills")
MAX_SKILLS = 50
MAX_HEAD_BYTES = 4_096
MAX_PARENTS = 20


def instruction_files(project: Files, home: Files | None) -> tuple[InstructionFile, ...]:
    """The instruction files, the project's own first, then the nearest."""
    found = list(_sized(project, IN_PROJECT, "project"))
    for folder in _above(project.root, home.root if home else None):
        found += _sized(Files(folder, project.problems, may_leave=True), ABOVE, "parent")
    if home is not None:
        found += _sized(home, IN_HOME, "user")
    return tuple(found)


def skills(project: Files, home: Files | None) -> tuple[Skill, ...]:
    """The skills, the project's own first."""
    places: list[tuple[Files, Scope]] = [(project, "project")]
    if home is not None and home.root != project.root:
        places.append((home, "user"))
    found = chain.from_iterable(_skills(files, scope) for files, scope in places)
    return tuple(islice(found, MAX_SKILLS))


def _above(root: Path, home: Path | None) -> list[Path]:
    """The folders above one: below the home, if it lies there."""
    above = list(root.parents)[:MAX_PARENTS]
    return above[: above.index(home)] if home in above else above


def _sized(files: Files, names: tuple[str, ...], scope: Scope) -> Iterator[InstructionFile]:
    for name in names:
        size = files.size(files.root / name)
        if size is not None:
            yield InstructionFile(path=files.shown(files.root / name), scope=scope, bytes=size)


def _skills(files: Files, scope: Scope) -> Iterator[Skill]:
    for folder in SKILL_FOLDERS:
        for name in files.names(files.root / folder):
            path = files.root / folder / name / "SKILL.md"
            text = files.text(path, MAX_HEAD_BYTES)
            if text is not None:
                yield _skill(files, path, text, scope)


def _skill(files: Files, path: Path, text: str, scope: Scope) -> Skill:
    """A skill, as its head describes it."""
    head: object = {}
    if text.startswith("---\n"):
        try:
            head = parse_yaml(text[4:].partition("\n---")[0])
        except (ValueError, RecursionError):
            files.problems.add(f"The head of {files.shown(path)} is no valid YAML")
    said = head if isinstance(head, dict) else {}
    return Skill(
        name=text_of(said.get("name")) or one_line(path.parent.name),
        description=text_of(said.get("description")),
        path=files.shown(path),
        scope=scope,
    )
