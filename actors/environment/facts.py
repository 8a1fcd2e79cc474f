"""What a scan finds, as values that can be stored and shown."""

from __future__ import annotations

from typing import Literal

import msgspec

Scope = Literal["project", "parent", "user"]
Purpose = Literal["test", "build", "lint", "format"]


class Fact(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of all findings."""


class GitState(Fact, frozen=True, kw_only=True):
    """Where the repository stands.

    Attributes:
        branch: None where the head is detached.
        commit: the full hash; None before the first commit.
        is_linked: the folder is a linked worktree or a submodule: its repository lies elsewhere.
    """

    branch: str | None
    commit: str | None
    is_linked: bool


class Language(Fact, frozen=True, kw_only=True):
    """A programming language.

    Attributes:
        share: of all source files, from 0 to 1.
    """

    name: str
    files: int
    share: float


class Manifest(Fact, frozen=True, kw_only=True):
    """A file that describes a package.

    Attributes:
        path: relative to the project.
        kind: the system it belongs to, such as `npm`, `python`, `cargo`.
        name: of the package, if the file says so.
    """

    path: str
    kind: str
    name: str | None


class Command(Fact, frozen=True, kw_only=True):
    """A command that the project is tested or built with.

    Attributes:
        source: the file that names or implies it.
    """

    purpose: Purpose
    command: str
    source: str


class InstructionFile(Fact, frozen=True, kw_only=True):
    """A file with instructions for agents, such as CLAUDE.md or AGENTS.md.

    Attributes:
        path: relative to the project, or absolute where it lies above it or in the home folder.
    """

    path: str
    scope: Scope
    bytes: int


class Skill(Fact, frozen=True, kw_only=True):
    """A skill: a folder with a SKILL.md.

    Attributes:
        path: of the SKILL.md, as with `InstructionFile`.
    """

    name: str
    description: str | None
    path: str
    scope: Scope


class FoundServer(Fact, frozen=True, kw_only=True):
    """An MCP server that a configuration file names. A scan starts none.

    Attributes:
        transport: `stdio`, `http` or `sse`.
        source: the file, as with `InstructionFile`.
    """

    name: str
    transport: str
    source: str
    scope: Scope


class Hook(Fact, frozen=True, kw_only=True):
    """Something that another program would run by itself. A scan runs none.

    Attributes:
        kind: the program, such as `git` or `claude`.
        name: the occasion, such as `pre-commit`.
        path: where it stands, as with `InstructionFile`.
    """

    kind: str
    name: str
    path: str


class Facts(Fact, frozen=True, kw_only=True):
    """All that a scan found.

    Attributes:
        files: how many files were seen.
        is_complete: False where the folder holds more than a scan looks at.
        git: None where the folder is in no repository.
        problems: what could not be read, in words.
    """

    duration_ms: int
    files: int
    is_complete: bool
    git: GitState | None
    languages: tuple[Language, ...]
    manifests: tuple[Manifest, ...]
    commands: tuple[Command, ...]
    instruction_files: tuple[InstructionFile, ...]
    skills: tuple[Skill, ...]
    mcp_servers: tuple[FoundServer, ...]
    hooks: tuple[Hook, ...]
    problems: tuple[str, ...]


def encode(facts: Facts) -> str:
    """The JSON text that is stored."""
    return msgspec.json.encode(facts).decode()


def decode(text: str) -> Facts | None:
    """The facts of a stored text; None where another version of the program has written it."""
    try:
        return msgspec.json.decode(text, type=Facts)
    except msgspec.DecodeError:
        return None
