"""Streams: a subscriber of the turn, never its owner; no gap, no repeat, whatever happens to the connection."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Streams, Thinks, Waits

DEADLINE_S = 20.0


def raw_frames(daemon: DaemonProcess, conversation: str, after: int) -> list[bytes]:
    """The frames of a conversation from a place on, up to the end of its turn, byte for byte."""
    frames: list[bytes] = []
    headers = {"Last-Event-ID": str(after)}
    with daemon.client.stream("GET", f"{CONVERSATIONS}/{conversation}/stream", headers=headers) as stream:
        buffer = b""
        for chunk in stream.response.iter_raw():
            buffer += chunk
            while b"\n\n" in buffer:
                frame, buffer = buffer.split(b"\n\n", 1)
                frames.append(frame)
                if b'"type":"done"' in frame:
                    return frames
    return frames


def test_a_stream_that_is_cut_at_any_event_goes_on_without_gap_or_repeat(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = connected.client
    model.script(
        Answer(Thinks("Which file?"), Says("Reading. ", chunks=3), Calls("Read", {"file_path": "notes.txt"})),
        Answer(Says("Three lines: “first”, “second”, “third” — done.", chunks=12)),
    )
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    whole = api.ask(conversation, "what is in notes.txt?").seen
    assert [event["seq"] for event in whole] == list(range(1, len(whole) + 1))
    expected = raw_frames(connected, conversation, 0)
    assert [json.loads(frame.partition(b"data: ")[2]) for frame in expected] == whole
    for cut in range(len(whole)):
        assert raw_frames(connected, conversation, cut) == expected[cut:]


def test_those_who_follow_a_conversation_that_is_deleted_are_told(shared: Api) -> None:
    conversation = shared.new()
    with shared.follow(conversation) as stream:
        shared.delete(f"{CONVERSATIONS}/{conversation}")
        assert [event["code"] for event in stream.rest()] == ["conversation_deleted"]


def test_a_client_that_comes_back_in_mid_turn_misses_nothing(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    gates = [threading.Event() for _ in range(3)]
    model.script(
        Answer(
            *(part for n, gate in enumerate(gates) for part in (Says(f"part {n} ", chunks=4), Waits(gate)))
        )
    )
    api = connected.client
    conversation = api.new("claude-code")
    seen: list[dict[str, Any]] = []
    with api.send(conversation, "go") as stream:
        stream.until("delta")
        seen += stream.seen
    for gate in gates:
        with api.follow(conversation, after=seen[-1]["seq"]) as stream:
            gate.set()
            for _ in range(3):
                seen.append(stream.next())
    with api.follow(conversation, after=seen[-1]["seq"]) as stream:
        stream.end()
        seen += stream.seen
    assert [event["seq"] for event in seen] == list(range(1, len(seen) + 1))
    assert "".join(event["content"] for event in seen if event["type"] == "delta") == "part 0 part 1 part 2 "


def test_everybody_who_follows_sees_the_same(connected: DaemonProcess, model: FakeAnthropic) -> None:
    gate = threading.Event()
    model.script(Answer(Says("first ", chunks=3), Waits(gate), Says("second", chunks=3)))
    api = connected.client
    conversation = api.new("claude-code")
    with api.send(conversation, "go") as sender:
        sender.until("delta")
        with api.follow(conversation) as late, api.follow(conversation, after=0) as early:
            gate.set()
            late.end()
            early.end()
        sender.rest()
    assert late.seen == early.seen == sender.seen
    assert sender.text == "first second"


def test_the_turn_goes_on_when_its_client_goes_away(connected: DaemonProcess, model: FakeAnthropic) -> None:
    gate = threading.Event()
    model.script(Answer(Says("before "), Waits(gate), Says("after")))
    api = connected.client
    conversation = api.new("claude-code")
    with api.send(conversation, "go") as stream:
        stream.until("delta")
    with api.follow(conversation) as watcher:
        gate.set()
        assert watcher.end()["type"] == "done"
    assert api.messages(conversation)[-1]["content"] == "before after"


def test_replay_survives_passivation_and_restart(
    start_daemon: StartDaemon, anthropic_api: FakeAnthropic, tmp_path: Path
) -> None:
    environment = {
        "ANTHROPIC_API_KEY": "test",
        "ANTHROPIC_BASE_URL": anthropic_api.base_url,
        "STAGENT_IDLE_TIMEOUT_SECONDS": "0.05",
    }
    anthropic_api.always(Answer(Says("some words in some pieces", chunks=6)))
    daemon = start_daemon(**environment)
    conversation = daemon.client.new("claude-code")
    first = daemon.client.ask(conversation, "one").seen
    before = raw_frames(daemon, conversation, 0)
    assert daemon.stop() == 0
    daemon = start_daemon(**environment)
    assert raw_frames(daemon, conversation, 0) == before
    second = daemon.client.ask(conversation, "two").seen
    assert second[0]["seq"] == first[-1]["seq"] + 1
    both = [event["seq"] for event in first + second]
    assert both == list(range(1, len(both) + 1))


def test_a_write_holds_whole_frames_and_at_most_16_kb_of_deltas(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    model.script(Answer(Streams(count=3000, size=30)))
    conversation = connected.client.new("claude-code")
    chunks = list(http_chunks(connected, conversation))
    assert len(chunks) > 10
    for chunk in chunks:
        assert not chunk or chunk.endswith(b"\n\n")
        assert len(chunk) <= 16_384 or chunk.count(b"\n\n") == 1
    text = "".join(
        json.loads(line[6:])["content"]
        for chunk in chunks
        for line in chunk.decode().split("\n")
        if line.startswith("data: ") and '"type":"delta"' in line
    )
    assert len(text) == 3000 * 30


def test_one_who_does_not_read_holds_nobody_up(connected: DaemonProcess, model: FakeAnthropic) -> None:
    model.script(Answer(Streams(count=20_000, size=40)))
    api = connected.client
    conversation = api.new("claude-code")
    idle = open_stream(connected, f"{CONVERSATIONS}/{conversation}/stream", "GET", b"")
    try:
        stream = api.ask(conversation, "go")
    finally:
        idle.close()
    assert len(stream.text) == 800_000
    assert stream.seen[-1]["type"] == "done"


def test_the_stream_has_the_headers_that_keep_it_alive(shared: Api) -> None:
    with shared.send(shared.new(), "help") as stream:
        headers = stream.response.headers
        stream.rest()
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-cache"
    assert headers["x-accel-buffering"] == "no"


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "9" * 30, "٣"])
def test_a_cursor_that_is_no_number_is_refused(shared: Api, cursor: str) -> None:
    path = f"{CONVERSATIONS}/{shared.new()}/stream"
    answer = shared.request("GET", path, headers={"Last-Event-ID": cursor.encode()})
    assert answer.status_code == 400
    assert shared.request("GET", path, params={"after": cursor}).status_code == 400


def open_stream(
    daemon: DaemonProcess, path: str, method: str, body: bytes, version: str = "1.1"
) -> socket.socket:
    """A raw connection that has sent a request."""
    parts = urlsplit(daemon.url)
    token = daemon.data_dir.token.read_text().strip()
    connection = socket.create_connection((parts.hostname, parts.port), timeout=DEADLINE_S)
    connection.sendall(
        f"{method} {path} HTTP/{version}\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    return connection


def test_a_client_that_knows_no_chunks_gets_the_frames_as_they_are(shared_daemon: DaemonProcess) -> None:
    conversation = shared_daemon.client.new()
    body = json.dumps({"content": "go"}).encode()
    path = f"{CONVERSATIONS}/{conversation}/messages"
    connection = open_stream(shared_daemon, path, "POST", body, version="1.0")
    with connection, connection.makefile("rb") as file:
        head, _, said = file.read().partition(b"\r\n\r\n")
    assert b"200" in head
    assert said.split(b"\n\n")[:-1] == raw_frames(shared_daemon, conversation, 0)


def http_chunks(daemon: DaemonProcess, conversation: str) -> Iterator[bytes]:
    """The chunks of a message's stream as they were written."""
    body = json.dumps({"content": "go"}).encode()
    connection = open_stream(daemon, f"{CONVERSATIONS}/{conversation}/messages", "POST", body)
    with connection, connection.makefile("rb") as file:
        assert b"200" in file.readline()
        while file.readline() != b"\r\n":
            pass
        while size := int(file.readline(), 16):
            yield file.read(size)
            assert file.read(2) == b"\r\n"
