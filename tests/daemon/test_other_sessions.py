"""Conversations of other programs are found in their usual places, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import StartDaemon
from tests.daemon.importing import finished, titles
from tests.daemon_process import DaemonProcess
from tests.sessions import CLAUDE_FOLDER, CODEX_FOLDER, write_claude_session, write_codex_session


def test_sessions_come_from_their_usual_place(daemon: DaemonProcess) -> None:
    api = daemon.client
    assert finished(api, None, "codex")["error"].startswith("There are no sessions.")
    folder = Path(daemon.environment["HOME"], ".claude/projects/x")
    folder.mkdir(parents=True)
    said = {"type": "user", "uuid": "u", "timestamp": "2026-03-01T10:00:00.000Z"}
    said["message"] = {"role": "user", "content": "Hello there"}  # type: ignore[assignment]
    (folder / "session.jsonl").write_text(json.dumps(said) + '\n{"type": "news"}\n')
    state = finished(api, None, "claude-code")
    assert (state["state"], state["unknown"], state["done"], state["total"]) == ("done", 1, 1, 1)
    assert titles(api) == {"Hello there"}


def test_other_agents_are_found_by_their_folder_or_their_program(
    start_daemon: StartDaemon, tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    daemon = start_daemon(PATH=str(programs))
    api = daemon.client
    home = Path(daemon.environment["HOME"])
    assert api.get("/api/imports/sources") == []
    program = programs / "codex"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    write_claude_session(home, "one", "Mend the till", "It is mended.")
    assert api.get("/api/imports/sources") == [
        {
            "source": "claude-code", "label": "Claude Code", "folder": str(home / CLAUDE_FOLDER), "sessions": 1,
            "runtimeId": "claude-code",
        },
        {
            "source": "codex", "label": "Codex", "folder": str(home / CODEX_FOLDER), "sessions": 0,
            "runtimeId": "openai-codex-app-server",
        },
    ]  # fmt: skip


def test_no_link_leads_out_of_the_usual_place(daemon: DaemonProcess, tmp_path: Path) -> None:
    api, home = daemon.client, Path(daemon.environment["HOME"])
    write_codex_session(home, "mine", "Count the stock", "There are nine.")
    write_codex_session(tmp_path / "outside", "theirs", "Not yours", "No.")
    [outside] = (tmp_path / "outside").rglob("*.jsonl")
    (home / CODEX_FOLDER / "link.jsonl").symlink_to(outside)
    (home / CODEX_FOLDER / "linked").symlink_to(outside.parent, target_is_directory=True)
    assert finished(api, None, "codex")["total"] == 1
    assert titles(api) == {"Count the stock"}
