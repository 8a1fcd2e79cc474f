"""The daemon is told to stop in the middle of anything: it ends soon, and no child process outlives it."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx2
import psutil
import pytest

from storage.database import Database
from storage.statements import Statement
from tests.api import CONVERSATIONS, EventStream
from tests.conftest import StartDaemon
from tests.daemon_process import REPOSITORY, DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.listener import Listener
from tests.fakes.script import Answer, Calls, Says, Waits

DEADLINE_S = 30.0
QUESTION = {"id": "colour", "question": "Which colour?", "header": "Colour"}
FAKE_MCP = {
    "command": sys.executable,
    "args": ["-m", "tests.fakes.mcp_server"],
    "env": {"PYTHONPATH": str(REPOSITORY)},
}


class Scene:
    """A daemon, its model, and what is open until the end of the test."""

    def __init__(self, daemon: DaemonProcess, model: FakeAnthropic, folder: Path, stack: ExitStack) -> None:
        self.daemon = daemon
        self.api = daemon.client
        self.model = model
        self.folder = folder
        self.stack = stack
        self.conversation = ""

    def go(self, *answers: Answer) -> EventStream:
        """A turn in which the model answers so."""
        self.model.script(*answers)
        self.conversation = self.api.new("claude-code", workingDirectory=str(self.folder))
        return self.stack.enter_context(self.api.send(self.conversation, "go"))

    def beside(self, method: str, path: str, **fields: object) -> None:
        """A request whose answer nobody waits for; the daemon may end before it comes."""

        def ask() -> None:
            with suppress(httpx2.HTTPError):
                self.api.request(method, path, **fields)

        thread = threading.Thread(target=ask)
        thread.start()
        self.stack.callback(thread.join, DEADLINE_S)

    def child(self, words: str, cpu_s: float = 0.0) -> None:
        """Waits until there is a child process with these words in its command line, and it has worked so long."""
        deadline = time.monotonic() + DEADLINE_S
        while True:
            for process in psutil.Process(self.daemon.pid).children(recursive=True):
                with suppress(psutil.Error):
                    if words in " ".join(process.cmdline()) and process.cpu_times().user >= cpu_s:
                        return
            assert time.monotonic() < deadline


def streaming(scene: Scene) -> None:
    gate = threading.Event()
    scene.stack.callback(gate.set)
    scene.go(Answer(Says("Half an answer"), Waits(gate))).until("delta")


def waiting_for_the_model(scene: Scene) -> None:
    gate = threading.Event()
    scene.stack.callback(gate.set)
    scene.go(Answer(Waits(gate))).until("status")


def permission_open(scene: Scene) -> None:
    scene.go(Answer(Calls("Bash", {"command": "true"}))).until("permission_request")


def question_open(scene: Scene) -> None:
    scene.go(Answer(Calls("AskUserQuestion", {"questions": [QUESTION]}))).until("question")


def mcp_call(scene: Scene) -> None:
    listener = scene.stack.enter_context(Listener())
    scene.api.patch("/api/settings", {"mcpServers": {"fake": FAKE_MCP}})
    scene.api.post("/api/permissions", {"pattern": "mcp__fake__*"})
    stream = scene.go(Answer(Calls("mcp__fake__wait", {"port": listener.port})))
    stream.until("tool_call")  # the server has started by then, however long that takes
    assert listener.line() == "waiting"


def mcp_server_that_starts_slowly(scene: Scene) -> None:
    sleeper = {"command": "sh", "args": ["-c", "trap '' TERM; while :; do sleep 600; done"]}
    scene.api.patch("/api/settings", {"mcpServers": {"slow": sleeper}})
    scene.go(Answer(Says("never")))
    scene.child("trap")


def searching_files(scene: Scene) -> None:
    os.mkfifo(scene.folder / "pipe")
    scene.go(Answer(Calls("Bash", {"command": "cat pipe"})))
    stream = scene.api.get("/api/permissions/pending")
    while not stream:
        stream = scene.api.get("/api/permissions/pending")
    scene.api.respond(scene.conversation, stream[0]["metadata"]["requestId"])
    scene.child("cat pipe")


def rendering(scene: Scene) -> None:
    conversation = scene.api.new()
    scene.api.ask(conversation, "help")
    answer_id = scene.api.messages(conversation)[-1]["id"]
    database = Database(scene.daemon.data_dir.database)
    database.write(
        Statement("UPDATE messages SET content = ? WHERE id = ?", ("*a **b " * 150_000, answer_id))
    )
    database.close()
    scene.beside("GET", f"{CONVERSATIONS}/{conversation}/messages", params={"render": "html"})
    scene.child("daemon.rendering.worker", cpu_s=1.5)


def reading_a_document(scene: Scene) -> None:
    content = b"%PDF-1.4\n" + b"1 0 obj << /Length 5 >> stream\nabcde\nendstream endobj\n" * 400_000
    scene.beside("POST", "/api/documents", files={"file": ("a.pdf", content)})
    scene.child("actors.documents", cpu_s=0.3)


def asking_a_provider(scene: Scene) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    scene.stack.callback(silent.close)
    url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
    scene.api.patch("/api/settings", {"openaiCompatibleUrl": url})
    scene.beside("GET", "/api/runtimes/probes")
    silent.settimeout(DEADLINE_S)
    connection, _ = silent.accept()
    scene.stack.callback(connection.close)


def followed_by_one_who_does_not_read(scene: Scene) -> None:
    gate = threading.Event()
    scene.stack.callback(gate.set)
    stream = scene.go(Answer(Says("x" * 2_000_000, chunks=200), Waits(gate)))
    stream.until("delta")


SCENES: tuple[Callable[[Scene], None], ...] = (
    streaming, waiting_for_the_model, permission_open, question_open, mcp_call, mcp_server_that_starts_slowly,
    searching_files, rendering, reading_a_document, asking_a_provider, followed_by_one_who_does_not_read,
)  # fmt: skip


@pytest.fixture
def scene(start_daemon: StartDaemon, model: FakeAnthropic, work_dir: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        daemon = start_daemon(
            ANTHROPIC_API_KEY="test",
            ANTHROPIC_BASE_URL=model.base_url,
            STAGENT_MCP_START_TIMEOUT_SECONDS="60",  # a busy machine is slow
        )
        yield Scene(daemon, model, work_dir, stack)


@pytest.mark.parametrize("begin", SCENES, ids=lambda begin: begin.__name__)
def test_a_stop_in_the_middle_of_it_waits_for_nobody_and_leaves_no_process(
    scene: Scene, begin: Callable[[Scene], None], start_daemon: StartDaemon
) -> None:
    begin(scene)
    daemon = scene.daemon
    children = psutil.Process(daemon.pid).children(recursive=True)
    os.kill(daemon.pid, signal.SIGTERM)
    daemon.process.wait(DEADLINE_S)
    _, alive = psutil.wait_procs(children, timeout=5)
    assert daemon.wait() == 0, daemon.errors
    assert "did not stop in time" not in daemon.errors
    assert not alive
    assert "Traceback" not in daemon.errors
    if scene.conversation:
        again = start_daemon(daemon.data_dir.root).client
        rows = again.messages(scene.conversation)
        assert rows[0]["content"] == "go"
        assert not [row for row in rows if row["status"] in {"streaming", "pending"}]
        assert again.ask(again.new(), "help").seen[-1]["type"] == "done"
