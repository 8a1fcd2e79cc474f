"""Imports while the daemon runs: conversations come in whole, beside those in which agents work."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon.commands.running import stagent
from tests.daemon.importing import finished, titles
from tests.daemon_process import DaemonProcess

Lines = list[dict[str, Any]]


@pytest.fixture
def export(tmp_path: Path, start_daemon: StartDaemon) -> Path:
    """An export of two conversations, one of them with a document."""
    daemon = start_daemon(tmp_path / "elsewhere")
    api = daemon.client
    document = api.request("POST", "/api/documents", files={"file": ("a.txt", b"a document")}).json()[0]
    api.ask(api.new(title="first"), "help")
    api.ask(api.new(title="second"), "help", attachments=[document["id"]])
    path = tmp_path / "export.jsonl"
    done = stagent(daemon.data_dir.root, "export", "--documents", "-o", str(path))
    assert done.returncode == 0, done.stderr
    daemon.stop()
    return path


def read(path: Path) -> Lines:
    return [json.loads(line) for line in path.read_text().splitlines()]


def write(path: Path, lines: Lines) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_conversations_come_in_and_go_on_while_an_agent_works(api: Api, export: Path) -> None:
    mine = api.new(title="mine")
    with api.send(mine, "run true") as stream, api.stream("GET", "/api/events") as feed:
        request = stream.until("permission_request")
        state = finished(api, export)
        assert (state["state"], state["error"], state["busy"]) == ("done", None, 0)
        assert state["added"]["conversation"] == 2
        assert state["done"] == state["total"] > 0
        feed.until("conversation_changed")
        assert titles(api) == {"mine", "first", "second"}
        assert api.respond(mine, request["requestId"], "allow")["stale"] is False
        assert stream.end()["type"] == "done"
    [first] = [one for one in api.get(CONVERSATIONS) if one["title"] == "first"]
    assert api.ask(first["id"], "help").seen[-1]["type"] == "done"
    assert len(api.messages(first["id"])) == 4
    [document] = api.get("/api/documents")
    assert api.request("GET", document["originalUrl"]).content == b"a document"
    again = finished(api, export)
    assert (again["added"], again["renewed"]) == ({}, {})


def test_a_conversation_that_is_open_here_shows_what_came_in(
    start_daemon: StartDaemon, tmp_path: Path
) -> None:
    daemon = start_daemon()
    api = daemon.client
    conversation = api.new(title="on the way")
    api.ask(conversation, "help")
    path = tmp_path / "export.jsonl"
    assert stagent(daemon.data_dir.root, "export", "-o", str(path)).returncode == 0
    other = start_daemon(tmp_path / "there").client
    assert finished(other, path)["state"] == "done"
    other.ask(conversation, "help")
    assert stagent(tmp_path / "there", "export", "-o", str(path)).returncode == 0
    # Its actor is open here, and believes that its own answer is the last one.
    state = finished(api, path)
    assert (state["added"]["message"], state["renewed"]["conversation"]) == (2, 1)
    last = api.messages(conversation)[-1]
    api.ask(conversation, "help")
    assert [row["parentId"] for row in api.messages(conversation)][-2] == last["id"]


def test_a_conversation_in_which_an_agent_works_is_left_out(
    start_daemon: StartDaemon, tmp_path: Path
) -> None:
    daemon = start_daemon()
    api = daemon.client
    busy = api.new(title="busy")
    path = tmp_path / "export.jsonl"
    assert stagent(daemon.data_dir.root, "export", "-o", str(path)).returncode == 0
    lines = read(path)
    lines[1] = {**lines[1], "title": "from the file", "updatedAt": lines[1]["updatedAt"] + 10**9}
    write(path, lines)
    with api.send(busy, "run true") as stream:
        request = stream.until("permission_request")
        assert finished(api, path)["busy"] == 1
        assert titles(api) == {"busy"}
        api.respond(busy, request["requestId"], "deny")
        stream.end()
    assert finished(api, path)["renewed"] == {"conversation": 1}
    assert titles(api) == {"from the file"}


def no_end(lines: Lines) -> None:
    del lines[-1]


def wrong_hash(lines: Lines) -> None:
    [document] = [line for line in lines if line["kind"] == "document"]
    document["sha256"] = "0" * 64


def id_that_climbs(lines: Lines) -> None:
    [document] = [line for line in lines if line["kind"] == "document"]
    document["id"] = "../../../escaped"


def wrong_status(lines: Lines) -> None:
    [*_, message] = [line for line in lines if line["kind"] == "message"]
    message["status"] = "great"


def too_large(lines: Lines) -> None:
    [document] = [line for line in lines if line["kind"] == "document"]
    document["content"]["file"] = "QUFB" * (18 * 1024 * 1024)


@pytest.mark.parametrize("damage", [no_end, wrong_hash, id_that_climbs, wrong_status, too_large])
def test_a_file_that_is_wrong_anywhere_changes_nothing(
    daemon: DaemonProcess, export: Path, damage: Callable[[Lines], None], tmp_path: Path
) -> None:
    lines = read(export)
    damage(lines)
    write(export, lines)
    state = finished(daemon.client, export)
    assert (state["state"], state["code"]) == ("failed", "transfer_error")
    assert state["error"].startswith("Line ")
    assert daemon.client.get(CONVERSATIONS) == []
    assert daemon.client.get("/api/documents") == []
    assert not list(tmp_path.rglob("*escaped*"))
    assert not [path for path in daemon.data_dir.documents.rglob("*") if path.is_file()]


def test_a_conversation_that_does_not_fit_together_keeps_no_other_half(api: Api, export: Path) -> None:
    lines = read(export)
    owners = [line["id"] for line in lines if line["kind"] == "conversation"]
    steps = [line for line in lines if line["kind"] == "step" and line["conversationId"] == owners[1]]
    steps[0]["number"] = 7  # can be told only when the steps before it are known
    write(export, lines)
    state = finished(api, export)
    assert (state["state"], state["code"]) == ("failed", "transfer_error")
    assert "number of the step is not its place in its turn" in state["error"]
    assert all(len(api.messages(one["id"])) == 2 for one in api.get(CONVERSATIONS))
    assert owners[1] not in {one["id"] for one in api.get(CONVERSATIONS)}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "Name the file"),
        ({"path": "export.jsonl"}, "must be absolute"),
        ({"path": "/nowhere/export.jsonl"}, "There is no file"),
        ({"path": "/etc"}, "There is no file"),
        ({"path": "/dev/zero"}, "There is no file"),
        ({"path": "/etc/\0"}, "NUL"),
        ({"source": "emacs", "path": "/etc/passwd"}, "source"),
    ],
)
def test_what_names_no_file_is_refused(shared: Api, body: dict[str, Any], words: str) -> None:
    answer = shared.request("POST", "/api/imports", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_an_unknown_import_is_not_found(shared: Api) -> None:
    for method in ("GET", "DELETE"):
        answer = shared.request(method, "/api/imports/nothing")
        assert (answer.status_code, answer.json()["code"]) == (404, "import_not_found")


def many(export: Path, count: int) -> None:
    """Writes the first conversation of an export down many times, each with ids of its own."""
    lines = read(export)
    [first, *_] = [line["id"] for line in lines if line["kind"] == "conversation"]
    own = [line for line in lines if first in {line.get("id"), line.get("conversationId")}]
    text = "".join(json.dumps(line) + "\n" for line in own)
    ids = {line[key] for line in own for key in ("id", "turnId") if line.get(key)}
    copies = []
    for number in range(count):
        copy = text
        for one in ids:
            copy = copy.replace(one, f"{one}-{number}")
        copies.append(copy)
    end = {"kind": "end", "records": len(own) * count}
    export.write_text(json.dumps(lines[0]) + "\n" + "".join(copies) + json.dumps(end) + "\n")


def test_only_one_at_a_time_and_it_can_be_stopped(api: Api, export: Path) -> None:
    many(export, 1500)
    running = api.post("/api/imports", {"path": str(export)})
    refused = api.request("POST", "/api/imports", json={"path": str(export)})
    assert (refused.status_code, refused.json()["code"]) == (409, "import_running")
    while api.get(f"/api/imports/{running['id']}")["done"] == 0:
        pass
    stopped = api.request("DELETE", f"/api/imports/{running['id']}").json()
    assert (stopped["state"], stopped["code"]) == ("failed", "import_stopped")
    assert 0 < stopped["done"] < stopped["total"]
    assert api.request("DELETE", f"/api/imports/{running['id']}").json() == stopped


def test_a_stop_of_the_daemon_leaves_each_conversation_whole_or_absent(
    start_daemon: StartDaemon, export: Path
) -> None:
    many(export, 1500)
    daemon = start_daemon()
    api = daemon.client
    running = api.post("/api/imports", {"path": str(export)})
    while api.get(f"/api/imports/{running['id']}")["done"] == 0:
        pass
    os.kill(daemon.pid, signal.SIGTERM)
    assert daemon.wait() == 0
    assert "Traceback" not in daemon.errors
    api = start_daemon().client
    found = api.get(CONVERSATIONS, limit=10_000)
    assert 0 < len(found) < 1500
    for one in (found[0], found[-1]):
        assert len(api.messages(one["id"])) == 2
    assert finished(api, export)["added"]["conversation"] == 1500 - len(found)


def test_a_page_cannot_name_a_file(shared_daemon: DaemonProcess, tmp_path: Path) -> None:
    answer = shared_daemon.client.request(
        "POST",
        "/api/imports",
        json={"source": "codex", "path": str(tmp_path)},
        headers={"Origin": shared_daemon.url},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "path_refused")
