"""A scan as a whole: what people have written for agents, what would run by itself, and that nothing does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from actors.environment.facts import Hook, InstructionFile, Skill, decode, encode
from actors.environment.scan import ScanError, scan
from actors.environment.summary import MAX_LENGTH, summarize
from tests.actors.environment.conftest import Folder
from tests.actors.environment.test_git_state import git

SKILL = "---\nname: review\ndescription: >\n  Reviews a\n  change.\n---\nDo it.\n"


def test_instruction_files_of_the_project_of_folders_above_and_of_the_person(project: Folder) -> None:
    project.write("AGENTS.md", "12345")
    (project.root / "CLAUDE.md").symlink_to("AGENTS.md")
    project.write("../CLAUDE.md", "above")
    project.write("../../CLAUDE.md", "the home's own folder is not above")
    project.write(project.home / ".claude/CLAUDE.md", "person")
    above, own = str(project.root.parent / "CLAUDE.md"), str(project.home / ".claude/CLAUDE.md")
    assert project.scan().instruction_files == (
        InstructionFile(path="CLAUDE.md", scope="project", bytes=5),
        InstructionFile(path="AGENTS.md", scope="project", bytes=5),
        InstructionFile(path=above, scope="parent", bytes=5),
        InstructionFile(path=own, scope="user", bytes=6),
    )


def test_skills_tell_their_name_and_purpose(project: Folder) -> None:
    project.write(".claude/skills/review/SKILL.md", SKILL)
    project.write(".agents/skills/plain/SKILL.md", "no head")
    project.write(".agents/skills/broken/SKILL.md", "---\nname: [\n---\n")
    project.write(".agents/skills/empty/README.md", "no skill")
    (project.root / ".claude/skills/far").symlink_to(project.outside)
    (project.outside / "SKILL.md").write_text("---\nname: far\n---\n")
    path = project.write(project.home / ".claude/skills/own/SKILL.md", "---\nname: mine\n---")
    found = project.scan()
    assert found.skills == (
        Skill(
            name="review",
            description="Reviews a change.",
            path=".claude/skills/review/SKILL.md",
            scope="project",
        ),
        Skill(name="broken", description=None, path=".agents/skills/broken/SKILL.md", scope="project"),
        Skill(name="plain", description=None, path=".agents/skills/plain/SKILL.md", scope="project"),
        Skill(name="mine", description=None, path=str(path), scope="user"),
    )
    assert len(found.problems) == 2


def test_mcp_servers_are_named_without_their_secrets(project: Folder) -> None:
    secret = "hunter2"
    project.write(
        ".mcp.json",
        {
            "mcpServers": {
                "files": {"command": "files", "args": [secret], "env": {"TOKEN": secret}},
                "web": {"type": "http", "url": f"https://example.com/{secret}"},
                "old": {"type": "sse", "url": "https://example.com"},
                "nonsense": 5,
                "nothing": {},
            }
        },
    )
    project.write(".vscode/mcp.json", {"servers": {"code": {"command": "x"}}})
    own = {
        "mcpServers": {"mine": {"command": "x"}},
        "projects": {str(project.root): {"mcpServers": {"here": {"url": "u"}}}},
    }
    claude = project.write(project.home / ".claude.json", own)
    codex = project.write(project.home / ".codex/config.toml", '[mcp_servers.codex]\ncommand = "x"\n')
    found = project.scan()
    assert [(one.name, one.transport, one.source, one.scope) for one in found.mcp_servers] == [
        ("files", "stdio", ".mcp.json", "project"),
        ("web", "http", ".mcp.json", "project"),
        ("old", "sse", ".mcp.json", "project"),
        ("code", "stdio", ".vscode/mcp.json", "project"),
        ("mine", "stdio", str(claude), "user"),
        ("here", "http", str(claude), "user"),
        ("codex", "stdio", str(codex), "user"),
    ]
    assert secret not in encode(found)


def test_hooks_are_found_and_never_run(project: Folder) -> None:
    ran = project.root / "ran"
    script = f"#!/bin/sh\ntouch {ran}\n"
    git(project.root, "init", "-q")
    for name in ("pre-commit", "post-checkout", "fsmonitor", "pre-push.sample", "not-executable"):
        path = project.write(f".git/hooks/{name}", script)
        path.chmod(0o644 if name == "not-executable" else 0o755)
    git(project.root, "config", "core.fsmonitor", str(project.root / ".git/hooks/fsmonitor"))
    git(project.root, "config", "filter.evil.clean", str(project.root / ".git/hooks/fsmonitor"))
    project.write(".gitattributes", "* filter=evil\n")
    project.write("setup.py", f"open({str(ran)!r}, 'w')")
    project.write(".husky/pre-push", script)
    project.write(".husky/_/husky.sh", script)
    project.write(".pre-commit-config.yaml", "repos: []")
    project.write(".claude/settings.json", {"hooks": {"PreToolUse": [{"x": 1}], "Stop": []}})
    assert project.scan().hooks == (
        Hook(kind="git", name="fsmonitor", path=".git/hooks/fsmonitor"),
        Hook(kind="git", name="post-checkout", path=".git/hooks/post-checkout"),
        Hook(kind="git", name="pre-commit", path=".git/hooks/pre-commit"),
        Hook(kind="husky", name="pre-push", path=".husky/pre-push"),
        Hook(kind="pre-commit", name="all", path=".pre-commit-config.yaml"),
        Hook(kind="claude", name="PreToolUse", path=".claude/settings.json"),
    )
    assert not ran.exists()


def test_hooks_in_another_folder_are_found_where_git_is_told_to_look(project: Folder) -> None:
    git(project.root, "init", "-q")
    git(project.root, "config", "core.hooksPath", "tools/hooks")
    project.write("tools/hooks/pre-commit", "#!/bin/sh\n").chmod(0o755)
    assert project.scan().hooks == (Hook(kind="git", name="pre-commit", path="tools/hooks/pre-commit"),)
    git(project.root, "config", "core.hooksPath", str(project.outside))
    (project.outside / "post-merge").touch(mode=0o755)
    assert project.scan().hooks == (Hook(kind="git", name="all", path=str(project.outside)),)


def test_all_facts_can_be_kept_and_read_again(project: Folder) -> None:
    git(project.root, "init", "-q", "-b", "main")
    project.write("pyproject.toml", '[project]\nname = "shop"\n[tool.pytest]\n')
    project.write("shop/a.py")
    project.write(".claude/skills/review/SKILL.md", SKILL)
    project.write("package.json", "{")
    found = project.scan()
    assert (found.files, found.is_complete) == (4, True)
    assert found.problems == ("package.json is no valid JSON",)
    assert decode(encode(found)) == found
    assert decode('{"files": 1}') is None
    assert decode("nonsense") is None


def test_names_that_are_no_text_do_no_harm(project: Folder) -> None:
    for folder in (b"caf\xe9", b"new\nline"):
        project.write(f"{os.fsdecode(folder)}/package.json", '{"name": "\\ud800x"}')
    found = project.scan()
    assert [(one.path, one.name) for one in found.manifests] == [
        ("caf /package.json", "x"), ("new line/package.json", "x"),
    ]  # fmt: skip
    assert decode(encode(found)) == found


def test_an_empty_folder_is_a_project_too(project: Folder) -> None:
    found = scan(project.root, None)
    assert (found.files, found.is_complete, found.git, found.problems) == (0, True, None, ())
    assert summarize(found) == ""


@pytest.mark.parametrize("name", ["missing", "notes.txt", "round"])
def test_what_is_no_folder_cannot_be_scanned(project: Folder, name: str) -> None:
    project.write("notes.txt")
    (project.root / "round").symlink_to("round")
    with pytest.raises(ScanError, match=r"cannot be read: .* give the project another one"):
        scan(project.root / name, None)


def test_a_scan_that_is_stopped_ends_at_once(project: Folder) -> None:
    project.write("a.py")
    stopped = scan(project.root, None, lambda: True)
    assert (stopped.files, stopped.is_complete) == (0, False)


def test_the_summary_tells_what_an_agent_needs(project: Folder) -> None:
    git(project.root, "init", "-q", "-b", "main")
    project.write("Cargo.toml", '[package]\nname = "shop"')
    project.write("src/main.rs")
    project.write("AGENTS.md", "x")
    project.write(".claude/skills/review/SKILL.md", SKILL)
    project.write(".mcp.json", {"mcpServers": {"files": {"command": "x"}}})
    project.write(".pre-commit-config.yaml")
    _, *lines = summarize(project.scan()).splitlines()
    assert lines == [
        "- Languages: Rust 100%",
        "- Commands: test `cargo test`, build `cargo build`",
        "- Packages: Cargo.toml (cargo, shop)",
        "- Instruction files: AGENTS.md",
        "- Skills (read the file before using one): review in .claude/skills/review/SKILL.md: Reviews a change.",
        "- MCP servers configured: files (.mcp.json)",
        "- Hooks that run by themselves: pre-commit all",
    ]


def test_the_summary_stays_short(project: Folder) -> None:
    for number in range(40):
        project.write(f"packages/{number}/package.json", {"name": "x" * 190})
        project.write(f".claude/skills/{number}/SKILL.md", f"---\ndescription: {'y' * 190}\n---\n")
    text = summarize(project.scan())
    assert len(text) <= MAX_LENGTH
    assert "and 28 more" in text


def test_no_path_of_the_home_is_needed(project: Folder, tmp_path: Path) -> None:
    assert scan(project.root, tmp_path / "nowhere").instruction_files == ()
