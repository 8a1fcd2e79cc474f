"""`stagent export`, `stagent import` and the export of the API, on a real daemon."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from storage.database import Database
from storage.statements import Statement
from tests import sample_files
from tests.api import CONVERSATIONS
from tests.conftest import StartDaemon
from tests.daemon.commands.running import stagent

FORMS = ["jsonl", "md", "html"]
HOSTILE = "<script>alert(1)</script> ```` & <img src=x onerror=alert(1)>"


def titles(root: Path) -> set[str]:
    lines = stagent(root, "export").stdout.splitlines()
    return {one["title"] for one in map(json.loads, lines) if one["kind"] == "conversation"}


def test_a_conversation_goes_from_one_daemon_to_another(start_daemon: StartDaemon, tmp_path: Path) -> None:
    daemon = start_daemon()
    api = daemon.client
    conversation = api.new(title="Taken along")
    document = api.request("POST", "/api/documents", files={"file": ("a.txt", b"a document")}).json()[0]
    api.ask(conversation, "help", attachments=[document["id"]])
    api.new(title="left behind")
    shown = api.messages(conversation)
    root = daemon.data_dir.root
    path = tmp_path / "one.jsonl"
    done = stagent(root, "export", "--conversation", conversation, "--documents", "-o", str(path))
    assert done.returncode == 0, done.stderr
    answer = api.request("GET", f"{CONVERSATIONS}/{conversation}/export", params={"documents": "true"})
    assert answer.content.splitlines()[1:] == path.read_bytes().splitlines()[1:]
    daemon.stop()

    there = tmp_path / "there"
    done = stagent(there, "import", str(path))
    assert done.returncode == 0, done.stderr
    assert "1 conversations, 2 messages, 1 turns" in done.stdout
    assert stagent(there, "import", str(path)).stdout == "Nothing is new.\n"
    other = start_daemon(data_dir=there).client
    assert [one["title"] for one in other.get(CONVERSATIONS)] == ["Taken along"]
    assert other.messages(conversation) == shown
    assert other.request("GET", document["originalUrl"]).content == b"a document"
    other.ask(conversation, "help")
    assert len(other.messages(conversation)) == 4


def test_forms_for_people_show_all_and_run_nothing(start_daemon: StartDaemon, work_dir: Path) -> None:
    daemon = start_daemon()
    api = daemon.client
    conversation = api.new(title=HOSTILE, workingDirectory=str(work_dir))
    api.ask(conversation, "read notes.txt")
    api.ask(conversation, HOSTILE)
    root = daemon.data_dir.root
    files = {"file": ("shot.png", sample_files.image())}
    picture = api.request("POST", "/api/documents", files=files).json()[0]["originalUrl"]
    database = Database(daemon.data_dir.database)
    content = f"![shot]({picture}) [ours](/tasks/1) {HOSTILE}"
    answer_id = api.messages(conversation)[-1]["id"]
    database.write(Statement("UPDATE messages SET content = ? WHERE id = ?", (content, answer_id)))
    database.close()
    for form in FORMS[1:]:
        answer = api.request("GET", f"{CONVERSATIONS}/{conversation}/export", params={"format": form})
        assert answer.status_code == 200
        printed = stagent(root, "export", "--conversation", conversation, "--format", form)
        assert printed.returncode == 0, printed.stderr
        assert printed.stdout == answer.text
        assert "second line" in answer.text
        assert "attachment" in answer.headers["Content-Disposition"]
    assert "<script" not in answer.text.lower()
    assert "<img src=x" not in answer.text
    assert 'src="data:image/png;base64,' in answer.text
    assert "Content-Security-Policy" in answer.text
    assert not re.search(r'(?:src|href)="(?!data:|https?:|mailto:|#)', answer.text)


def test_unknown_forms_and_conversations_are_refused(start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    conversation = daemon.client.new()
    path = f"{CONVERSATIONS}/{conversation}/export"
    assert daemon.client.request("GET", path, params={"format": "pdf"}).status_code == 400
    assert daemon.client.request("GET", f"{CONVERSATIONS}/nothing/export").status_code == 404
    assert "no conversation" in stagent(daemon.data_dir.root, "export", "--conversation", "nothing").stderr
    assert "no project" in stagent(daemon.data_dir.root, "export", "--project", "nothing").stderr


def test_without_a_daemon_a_wrong_file_changes_nothing(start_daemon: StartDaemon, tmp_path: Path) -> None:
    daemon = start_daemon()
    daemon.client.new(title="kept")
    path = tmp_path / "all.jsonl"
    assert stagent(daemon.data_dir.root, "export", "-o", str(path)).returncode == 0
    path.write_text(path.read_text().replace('"active"', '"gone"'))
    wrong = stagent(tmp_path / "there", "import", str(path))
    assert wrong.returncode == 1
    assert re.search(
        r"Line 2: status of the conversation must be one of active, archived\. Nothing was imported\.",
        wrong.stderr,
    )
    assert titles(tmp_path / "there") == set()


def test_an_import_goes_through_the_daemon_that_runs(start_daemon: StartDaemon, tmp_path: Path) -> None:
    daemon = start_daemon()
    daemon.client.ask(daemon.client.new(title="kept"), "help")
    path = tmp_path / "all.jsonl"
    assert stagent(daemon.data_dir.root, "export", "-o", str(path)).returncode == 0
    assert stagent(daemon.data_dir.root, "import", str(path)).stdout == "Nothing is new.\n"
    other = start_daemon(tmp_path / "there")
    done = stagent(tmp_path / "there", "import", path.name)  # a relative path is this program's
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Added: 1 conversations, 2 messages, 1 turns, 2 steps, 1 usages.\n"
    assert other.process.poll() is None
    assert [one["title"] for one in other.client.get(CONVERSATIONS)] == ["kept"]
    path.write_text("nonsense\n")
    wrong = stagent(tmp_path / "there", "import", str(path))
    assert (wrong.returncode, wrong.stdout) == (1, "Nothing was imported.\n")
    assert wrong.stderr.startswith("Error: Line 1: it is not JSON")


@pytest.mark.parametrize(
    ("source", "usual"), [("claude-code", ".claude/projects/x"), ("codex", ".codex/sessions/2026")]
)
def test_sessions_are_taken_from_their_usual_place(tmp_path: Path, source: str, usual: str) -> None:
    at = "2026-03-01T10:00:00.000Z"
    claude = {
        "type": "user",
        "uuid": "u",
        "timestamp": at,
        "message": {"role": "user", "content": "Hello there"},
    }
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello there"}]}
    codex = {"type": "response_item", "timestamp": at, "payload": item}
    folder = tmp_path / usual
    folder.mkdir(parents=True)
    line = json.dumps(claude if source == "claude-code" else codex)
    (folder / "session.jsonl").write_text(line + '\n{"type": "news"}\n')
    root = tmp_path / "data"
    done = stagent(root, "import", "--from", source)
    assert done.returncode == 0, done.stderr
    assert (
        done.stdout
        == "Added: 1 conversations, 2 messages, 1 turns.\n1 lines of unknown kinds were left out.\n"
    )
    assert titles(root) == {"Hello there"}
    assert stagent(root, "import", "--from", source).stdout.startswith("Nothing is new.\n")
