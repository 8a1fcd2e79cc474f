"""The command line as a person or a script uses it: real processes, a real terminal where one is needed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon.cli import COMMANDS
from daemon.credential import read_token
from storage.paths import DataDir
from tests import sample_files
from tests.api import CONVERSATIONS, Api
from tests.daemon.commands.terminal import Terminal
from tests.daemon_process import REPOSITORY, clean_environment

DEADLINE_S = 30.0


class Shell:
    """Runs `stagent` on one data folder."""

    def __init__(self, folder: Path, work_dir: Path) -> None:
        self.data_dir = DataDir(folder / "the data")
        self.work_dir = work_dir
        home = folder / "home"
        home.mkdir()
        self.environment = clean_environment(home, STAGENT_PORT="0", TERM="xterm")

    def run(self, *args: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "daemon", "--data-dir", str(self.data_dir.root), *args],
            input=given if given is not None else "",
            env=self.environment,
            cwd=self.work_dir,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )

    def json(self, *args: str) -> Any:
        done = self.run(*args)
        return json.loads(done.stdout)

    def api(self) -> Api:
        return Api(self.json("status", "--json")["url"], read_token(self.data_dir))


def in_terminal(shell: Shell, *args: str) -> Terminal:
    """The same in a terminal."""
    return Terminal(shell.data_dir.root, shell.environment, shell.work_dir, *args)


@pytest.fixture
def shell(tmp_path: Path, work_dir: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path, work_dir)
    yield shell
    shell.run("stop")


def test_help_names_every_command(shell: Shell) -> None:
    said = shell.run("--help").stdout
    for command in COMMANDS:
        assert re.search(rf"^  {command}\s+\S", said, re.MULTILINE)
        assert "--data-dir" in shell.run(command, "--help").stdout


def test_without_a_daemon_status_and_stop_say_so(shell: Shell) -> None:
    assert shell.run("status").returncode == 3
    assert shell.json("status", "--json")["running"] is False
    stopped = shell.run("stop")
    assert (stopped.returncode, stopped.stdout.startswith("No daemon runs")) == (0, True)
    assert shell.run("ps").stdout == "No agent is at work.\n"


def test_a_prompt_starts_the_daemon_and_is_answered(shell: Shell) -> None:
    done = shell.run("chat", "read notes.txt")
    assert done.returncode == 0, done.stderr
    assert "second line" in done.stdout
    status = shell.json("status", "--json")
    assert status["running"]
    assert status["answers"]
    assert status["dataDir"] == str(shell.data_dir.root)
    assert set(status) >= {"pid", "url", "socket", "version", "startedAt"}
    found = json.loads(shell.data_dir.discovery.read_text())
    assert (found["pid"], found["url"]) == (status["pid"], status["url"])
    assert shell.run("stop").stdout == "Stopped.\n"
    assert shell.run("status").returncode == 3
    assert not shell.data_dir.discovery.exists()


def test_a_piped_prompt_and_json_events(shell: Shell) -> None:
    done = shell.run("chat", "--json", given="read notes.txt\n")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[0]["type"] == "message"
    assert events[-1]["type"] == "done"
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert shell.run("chat", given="").returncode == 1


def test_an_image_of_a_tool_is_named_with_its_address(shell: Shell, work_dir: Path) -> None:
    (work_dir / "shot.png").write_bytes(sample_files.image(size=(8, 6)))
    assert "image, 8 × 6 /api/documents/" in " ".join(shell.run("chat", "read shot.png").stdout.split())


def test_where_nobody_can_be_asked_the_answer_is_no(shell: Shell, work_dir: Path) -> None:
    done = shell.run("chat", "run touch made")
    assert done.returncode == 0
    assert "Nobody is at the terminal" in done.stderr
    assert not (work_dir / "made").exists()


def test_a_conversation_goes_on(shell: Shell) -> None:
    events = [json.loads(line) for line in shell.run("chat", "--json", "help").stdout.splitlines()]
    assert events
    api = shell.api()
    [conversation] = api.get(CONVERSATIONS)
    assert conversation["workingDirectory"] == str(shell.work_dir.resolve())
    shell.run("chat", "-c", conversation["id"], "help")
    assert len(api.messages(conversation["id"])) == 4
    api.close()
    missing = shell.run("chat", "-c", "nowhere", "help")
    assert missing.returncode == 1
    assert missing.stderr == "stagent: There is no such conversation.\n"


def test_what_was_shown_is_read(shell: Shell) -> None:
    assert shell.run("chat", "--json", "help").returncode == 0
    api = shell.api()
    [conversation] = api.get(CONVERSATIONS)
    assert conversation["unread"]
    shell.run("chat", "-c", conversation["id"], "run true")
    [conversation] = api.get(CONVERSATIONS)
    assert not conversation["unread"]
    [request] = [row for row in api.messages(conversation["id"]) if row["role"] == "system"]
    assert request["metadata"]["answeredBy"] == {"id": "terminal", "name": "the terminal"}
    api.close()


def test_a_failed_turn_gives_a_failing_status(shell: Shell) -> None:
    done = shell.run("chat", "--runtime", "claude-code", "hello")
    assert done.returncode == 1
    assert "ANTHROPIC_API_KEY" in done.stdout
    assert shell.run("chat", "-m", "gpt-5.4", "hello").returncode == 1
    unknown = shell.run("chat", "--runtime", "emacs", "hello")
    assert (unknown.returncode, "claude-code" in unknown.stderr) == (1, True)


def test_open_prints_a_link_that_works_once(shell: Shell) -> None:
    import httpx2

    url = shell.run("open", "--print").stdout.strip()
    assert httpx2.get(url, trust_env=False).status_code == 200
    assert httpx2.get(url, trust_env=False).status_code == 403


def test_token_prints_what_opens_the_api(shell: Shell) -> None:
    token = shell.run("token").stdout.strip()
    shell.run("chat", "help")
    assert token == read_token(shell.data_dir)
    api = Api(shell.json("status", "--json")["url"], token)
    assert api.get("/api/runtimes")
    api.close()


def test_the_environment_moves_everything(shell: Shell, tmp_path: Path) -> None:
    shell.environment["STAGENT_DATA_DIR"] = str(tmp_path / "moved")
    done = subprocess.run(
        [sys.executable, "-m", "daemon", "status", "--json"],
        env=shell.environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert json.loads(done.stdout)["dataDir"] == str(tmp_path / "moved")
    after = subprocess.run(
        [sys.executable, "-m", "daemon", "status", "--data-dir", str(tmp_path / "other"), "--json"],
        env=shell.environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert json.loads(after.stdout)["dataDir"] == str(tmp_path / "other")


def test_connect_without_a_keyring_says_what_to_do_instead(shell: Shell) -> None:
    shell.environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    done = shell.run("connect", "anthropic", given="sk-secret\n")
    assert done.returncode == 1
    assert "ANTHROPIC_API_KEY" in done.stderr
    assert "sk-secret" not in done.stderr + done.stdout
    assert shell.run("connect", "openai", given="\n").returncode == 1


def test_a_chat_in_a_terminal(shell: Shell, work_dir: Path) -> None:
    terminal = in_terminal(shell, "chat")
    terminal.wait_for("Offline tools, not a language model")
    terminal.wait_for("› ")
    terminal.type("edit notes.txt: replace second with 2nd\r")
    terminal.wait_for("[y] allow once")
    assert "-second line" in terminal.screen
    assert "+2nd line" in terminal.screen
    terminal.type("y\r")
    terminal.wait_for("Edited notes.txt")
    assert "2nd line" in (work_dir / "notes.txt").read_text()
    terminal.type("ask Which colour: red | blue\r")
    terminal.wait_for("2. blue")
    terminal.type("2\r")
    terminal.wait_for("Answer: blue")
    terminal.type("run sleep 600\r")
    terminal.wait_for("[y] allow once")
    terminal.type("y\r")
    terminal.wait_for("y")
    [busy] = shell.json("ps", "--json")
    while busy["turn"] != "running":
        [busy] = shell.json("ps", "--json")
    os.kill(terminal.pid, signal.SIGINT)
    terminal.wait_for("Stopped.")
    terminal.type("run touch made\r")
    terminal.wait_for("[n] deny")
    terminal.type("n\r")
    terminal.wait_for("Tell the agent why")
    terminal.type("not now\r")
    terminal.wait_for("not now")
    terminal.wait_for("› ")
    terminal.type("\x04")
    assert terminal.end() == 0
    assert not (work_dir / "made").exists()


def test_stagent_alone_prints_the_link_and_opens_the_chat(shell: Shell) -> None:
    terminal = in_terminal(shell)
    terminal.wait_for("Open in a browser: http://127.0.0.1:")
    terminal.wait_for("› ")
    terminal.type("\x04")
    assert terminal.end() == 0


def test_control_characters_are_shown_not_obeyed(shell: Shell) -> None:
    terminal = in_terminal(shell, "chat", "run echo \x1b]0;title\x07 \u202egnirts")
    terminal.wait_for("[y] allow once")
    assert "\\x1b]0;title\\x07" in terminal.screen
    assert "\\u202e" in terminal.screen
    terminal.type("n\r\r")
    terminal.end()


def test_a_title_is_shown_as_it_is_by_ps(shell: Shell) -> None:
    shell.run("chat", "help")
    api = shell.api()
    conversation = api.new(title="[/path] [bold]x[/] \x1b]0;title\x07")
    with api.send(conversation, "run true") as stream:
        stream.until("permission_request")
        shell.environment["COLUMNS"] = "200"
        assert "[/path] [bold]x[/] \\x1b]0;title\\x07" in shell.run("ps").stdout
        api.cancel(conversation)
        stream.rest()
    api.close()


def test_all_of_a_long_command_is_shown_before_it_is_allowed(shell: Shell) -> None:
    terminal = in_terminal(shell, "chat", f"run echo {'a ' * 9000}; echo the end")
    terminal.wait_for("[y] allow once")
    assert "echo the end" in terminal.screen.partition("Bash ")[2]
    terminal.type("n\r\r")
    terminal.end()


def test_the_daemon_outlives_the_terminal_that_started_it(shell: Shell) -> None:
    terminal = in_terminal(shell, "chat")
    terminal.wait_for("› ")
    os.kill(terminal.pid, signal.SIGHUP)
    terminal.end()
    assert shell.run("status").returncode == 0
