"""The project's part of the context: what it is, where it lies, and its instruction files. Changes seldom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from actors import tokens
from actors.context import instructions
from actors.context.instructions import Instructions
from storage.records import Project

FACTS_SHARE = 0.4
"""Of the part, what name, description and environment may take, so that instructions have the rest."""

INTRODUCTION = "Instructions of the person and of the project. Where they differ, a later one goes before an earlier one."


class ProjectPart(msgspec.Struct, frozen=True):
    """The text, and what could not be used, in sentences for people."""

    text: str
    problems: tuple[str, ...]


def project_part(
    project: Project | None, root: Path, environment: str | None, home: Path, budget: int
) -> ProjectPart:
    """The part, in at most so many tokens. Reads instruction files: run it in a thread.

    Args:
        project: the conversation's project, or None.
        root: the working directory.
        environment: what a scan of the folder has found, in a few lines; None where there was none.
        home: the person's home folder.
        budget: how many tokens it may take.
    """
    facts = tokens.head(_facts(project, root, environment), int(budget * FACTS_SHARE))
    found, problems = instructions.find(root, home)
    headings = sum(tokens.estimate(_heading(one)) + 1 for one in found)
    left = budget - tokens.estimate(facts) - tokens.estimate(INTRODUCTION) - headings
    kept, left_out = instructions.fitted(found, max(0, left))
    return ProjectPart("\n\n".join((facts, *_sections(kept))), (*problems, *left_out))


def _facts(project: Project | None, root: Path, environment: str | None) -> str:
    lines = [f"Working directory: {root}"]
    if project is not None:
        lines.append(f"Project: {project.name}")
        if project.description:
            lines.append(project.description.strip())
    if environment:
        lines.append(environment.strip())
    return "\n".join(lines)


def _sections(kept: Sequence[Instructions]) -> list[str]:
    if not kept:
        return []
    return [INTRODUCTION, *(f"{_heading(one)}\n{one.text.strip()}" for one in kept)]


def _heading(one: Instructions) -> str:
    return f"# {one.path}"
