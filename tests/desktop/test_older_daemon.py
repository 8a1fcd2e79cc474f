"""The window of a newer program and the daemon of an older one: a question, and a restart between turns."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon import discovery
from daemon.client import Client
from daemon.credential import read_token
from daemon.door import Door
from desktop.older_daemon import offer_restart
from storage.paths import DataDir
from tests.api import CONVERSATIONS, Api
from tests.daemon_process import OLDER, DaemonProcess, clean_environment
from tests.desktop.driving import OpenWindow, composer
from tests.desktop.virtual_screen import until

DEADLINE_S = 30.0


class Answering:
    """A window whose person has answers ready."""

    def __init__(self, *answers: bool) -> None:
        self.asked: list[str] = []
        self.is_asked = threading.Event()
        self._answers = list(answers)

    def confirm(self, title: str, question: str) -> bool:
        self.asked.append(f"{title}: {question}")
        self.is_asked.set()
        return self._answers.pop(0)


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "home").mkdir(exist_ok=True)
    for name, value in clean_environment(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    process = subprocess.Popen(
        [sys.executable, "-c", OLDER, "--data-dir", tmp_path / "data", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        text=True,
    )
    assert process.stdout is not None
    assert "0.0.1 is ready" in process.stdout.readline()
    yield process
    process.terminate()
    process.wait(DEADLINE_S)
    process.stdout.close()


def waiter(name: str) -> threading.Thread:
    [found] = [thread for thread in threading.enumerate() if thread.name == name]
    return found


def test_a_yes_restarts_it_when_the_turn_is_over(older: subprocess.Popen[str], tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path / "data")
    before = discovery.find(data_dir)
    assert before is not None
    api = Api(before.url, read_token(data_dir))
    conversation = api.new()
    window = Answering(True)
    with api.send(conversation, "run true") as stream:
        request = stream.until("permission_request")
        offer_restart(Door(data_dir), window)
        restarting = waiter("older daemon")
        assert window.is_asked.wait(DEADLINE_S)
        assert api.respond(conversation, request["requestId"], "allow")["stale"] is False
        assert stream.end()["type"] == "done"
    api.close()
    restarting.join(DEADLINE_S)
    assert not restarting.is_alive()
    assert older.wait(DEADLINE_S) == 0
    after = discovery.find(data_dir)
    assert after is not None
    assert "version 0.0.1" in window.asked[0]
    assert after.version != before.version
    again = Api(after.url, read_token(data_dir))
    try:
        assert again.get(f"{CONVERSATIONS}/{conversation}/messages")[-1]["status"] == "complete"
    finally:
        again.post("/api/shutdown", {})
        again.close()


def test_a_no_leaves_it_as_it_is(older: subprocess.Popen[str], tmp_path: Path) -> None:
    window = Answering(False)
    offer_restart(Door(DataDir(tmp_path / "data")), window)
    assert window.is_asked.wait(DEADLINE_S)
    assert older.poll() is None


def test_a_restart_that_fails_is_told_in_the_window(
    older: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGENT_PORT", "none")  # so that none can be started
    window = Answering(True, False)
    offer_restart(Door(DataDir(tmp_path / "data")), window)
    restarting = waiter("older daemon")
    restarting.join(DEADLINE_S)
    assert not restarting.is_alive()
    assert older.wait(DEADLINE_S) == 0
    assert len(window.asked) == 2
    assert window.asked[1].startswith("stagent could not be restarted: ")
    assert "port" in window.asked[1]


def test_the_window_asks_and_shows_the_new_one_after_a_yes(
    older: subprocess.Popen[str], tmp_path: Path, open_window: OpenWindow
) -> None:
    data_dir = DataDir(tmp_path / "data")
    before = discovery.find(data_dir)
    assert before is not None
    window = open_window()
    composer(window)
    question = until(lambda: window.do("accept"), "the question")
    assert "version 0.0.1" in question
    assert older.wait(DEADLINE_S) == 0
    after = until(lambda: discovery.find(data_dir), "the new daemon")
    assert after is not None
    try:
        assert after.version != before.version
        until(lambda: window.js("location.origin") == after.url, "its page")
        composer(window)
    finally:
        Client(data_dir, after).post("/api/shutdown", {})


def test_about_a_daemon_of_the_same_age_and_about_none_nothing_is_asked(
    daemon: DaemonProcess, tmp_path: Path
) -> None:
    assert Door(daemon.data_dir).restart_question() is None
    assert Door(DataDir(tmp_path / "nobody")).restart_question() is None
