"""The reference's own examples, run by Node as they stand against a real daemon."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storage import conversations, messages, projects
from storage.database import Database
from storage.migrations import migrate
from storage.paths import DataDir
from storage.records import Conversation, Message, Project
from tests.conftest import StartDaemon, needs_program
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says

HERE = Path(__file__).parent
PROJECT = "proj-8f3a-4b2c"
CONVERSATION = "conv-d4e2-7b1a"
AT = 1_775_210_400_000
DEADLINE_S = 30


@dataclass
class Run:
    """What an example printed, and what it was answered."""

    output: str
    answers: list[dict[str, Any]]


@pytest.fixture
def daemon(start_daemon: StartDaemon, anthropic_api: FakeAnthropic, tmp_path: Path) -> DaemonProcess:
    """A daemon that holds the project and the conversation that the examples name."""
    data_dir = DataDir(tmp_path / "data")
    data_dir.prepare()
    (tmp_path / "project").mkdir()
    database = Database(data_dir.database)
    migrate(database, data_dir.backups)
    database.write(
        projects.insert(Project(PROJECT, "webshop", None, str(tmp_path / "project"), "active", AT, AT)),
        conversations.insert(
            Conversation(
                CONVERSATION,
                PROJECT,
                "Debug auth flow",
                True,
                "claude-code",
                "sonnet",
                "active",
                None,
                None,
                None,
                0,
                0,
                0.0,
                0,
                AT,
                AT,
            )
        ),
        *(
            messages.insert(
                Message(f"msg-{n}", CONVERSATION, None, "user", f"message {n}", "complete", None, AT, AT)
            )
            for n in range(60)
        ),
    )
    database.close()
    return start_daemon(
        ANTHROPIC_API_KEY="test",
        ANTHROPIC_BASE_URL=anthropic_api.base_url,
        STAGENT_PERMISSION_TIMEOUT_SECONDS="0.3",
    )


def run(daemon: DaemonProcess, example: str, tmp_path: Path) -> Run:
    log = tmp_path / "answers.json"
    token = daemon.data_dir.token.read_text().strip()
    done = subprocess.run(
        [needs_program("node", "nodejs"), str(HERE / "run.mjs"), example],
        env={
            "PATH": "/usr/bin:/bin",
            "STAGENT_URL": daemon.url,
            "STAGENT_TOKEN": token,
            "STAGENT_LOG": str(log),
        },
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return Run(done.stdout, json.loads(log.read_text()))


def test_quick_start_ends_though_it_answers_after_the_stream(
    daemon: DaemonProcess, anthropic_api: FakeAnthropic, tmp_path: Path
) -> None:
    anthropic_api.script(
        Answer(Says("Let me look."), Calls("Read", {"file_path": "/etc/hostname"})),
        Answer(Says("The token check runs before the role check.", chunks=4)),
    )
    got = run(daemon, "quick_start", tmp_path)
    lines = got.output.splitlines()
    assert lines[0] == "Let me look."
    assert lines[1] == 'Permission: Read({"file_path":"/etc/hostname"})'
    assert "The token check runs before the role check." in got.output
    message_id = got.output.partition("Message ID: ")[2].split()[0]
    assert "Haiku (anthropic) — $" in lines
    created, _sent, answered, _models = got.answers
    assert created["status"] == 201
    assert created["body"]["status"] == "active"
    assert answered["body"] == {"ok": True, "stale": True}
    rows = daemon.client.messages(created["body"]["id"])
    assert rows[-2]["id"] == message_id or rows[-1]["id"] == message_id
    request = next(row for row in rows if row["role"] == "system")
    assert request["status"] == "error"
    assert request["metadata"]["decision"] == "timeout"
    rules = daemon.client.get("/api/permissions")
    assert [rule["pattern"] for rule in rules] == []  # outside of the project there is no safe pattern


def test_list_conversations(daemon: DaemonProcess, tmp_path: Path) -> None:
    got = run(daemon, "list_conversations", tmp_path)
    assert got.output.startswith("Debug auth flow (claude-code) — ")
    assert got.answers[0]["body"][0]["createdAt"] == "2026-04-03T10:00:00.000Z"


def test_create_conversation(daemon: DaemonProcess, tmp_path: Path) -> None:
    got = run(daemon, "create_conversation", tmp_path)
    identifier, status = got.output.splitlines()
    assert status == "active"
    assert daemon.client.get(f"/api/chat/conversations/{identifier}")["projectId"] == PROJECT


def test_get_conversation(daemon: DaemonProcess, tmp_path: Path) -> None:
    assert run(daemon, "get_conversation", tmp_path).output == "Debug auth flow: 60 messages\n"


def test_update_conversation(daemon: DaemonProcess, tmp_path: Path) -> None:
    got = run(daemon, "update_conversation", tmp_path)
    assert got.answers[0]["status"] == 200
    assert daemon.client.get(f"/api/chat/conversations/{CONVERSATION}")["modelId"] == "haiku"


def test_delete_conversation(daemon: DaemonProcess, tmp_path: Path) -> None:
    got = run(daemon, "delete_conversation", tmp_path)
    assert got.answers[0]["status"] == 204
    assert daemon.client.request("GET", f"/api/chat/conversations/{CONVERSATION}").status_code == 404


def test_get_messages_reaches_all_with_the_cursor(daemon: DaemonProcess, tmp_path: Path) -> None:
    first, second = run(daemon, "get_messages", tmp_path).answers
    ids = [row["id"] for row in first["body"] + second["body"]]
    assert ids == [f"msg-{n}" for n in range(60)]


def test_send_message(daemon: DaemonProcess, anthropic_api: FakeAnthropic, tmp_path: Path) -> None:
    anthropic_api.script(Answer(Says("There are **3 tasks**.", chunks=5)))
    got = run(daemon, "send_message", tmp_path)
    assert "There are **3 tasks**." in got.output
    assert "[status] generating: Writing" in got.output
    assert "Complete: " in got.output


def test_respond(daemon: DaemonProcess, tmp_path: Path) -> None:
    allowed, denied = run(daemon, "respond", tmp_path).answers
    assert allowed["body"] == {"ok": True, "stale": True}
    assert denied["body"] == {"ok": True, "stale": True}


def test_list_models(daemon: DaemonProcess, tmp_path: Path) -> None:
    lines = run(daemon, "list_models", tmp_path).output.splitlines()
    assert lines[:4] == ["anthropic:", "  Haiku [Fast] $", "  Sonnet [Balanced] $$", "  Opus [Best] $$$"]
    assert "  GPT-5.4 Mini [Fast] $" in lines
    assert "  Codex 5.3 [Balanced] $$" in lines
    assert "  GPT-5.4 [Best] $$$" in lines


def test_suggested_prompts(daemon: DaemonProcess, tmp_path: Path) -> None:
    lines = run(daemon, "suggested_prompts", tmp_path).output.splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == [
        "Explore (compass):", "Create (sparkles):", "Debug (bug):", "Automate (workflow):", "Smart (brain):",
    ]  # fmt: skip
    assert "  Give me a tour of webshop" in lines
