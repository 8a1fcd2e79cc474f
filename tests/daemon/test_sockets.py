"""The streams over WebSockets: the same frames, behind the same gate."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.api import CONVERSATIONS, Api
from tests.daemon_process import DaemonProcess

DEADLINE_S = 20.0
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
NOBODY = "01a20000-0000-7000-8000-000000000000"


async def connected_to(daemon: DaemonProcess, path: str) -> WebSocketClientConnection:
    headers = {"Authorization": f"Bearer {daemon.token}"}
    return await websocket_connect(HTTPRequest(daemon.url.replace("http:", "ws:") + path, headers=headers))


async def ended(connection: WebSocketClientConnection) -> None:
    """Waits for the end of a connection."""
    while await connection.read_message() is not None:
        pass


def heard(daemon: DaemonProcess, path: str, last: str) -> str:
    """All frames up to the one that holds these words."""

    async def listen() -> str:
        connection = await connected_to(daemon, path)
        try:
            text = ""
            while last not in text:
                message = await connection.read_message()
                assert isinstance(message, str), f"it ended after {text}"
                text += message
            return text
        finally:
            connection.close()
            await ended(connection)

    return asyncio.run(asyncio.wait_for(listen(), DEADLINE_S))


@pytest.fixture
def conversation(shared: Api) -> Iterator[str]:
    """One with a turn."""
    one = shared.new()
    shared.ask(one, "help")
    yield one
    shared.delete(f"{CONVERSATIONS}/{one}")


def test_a_socket_carries_the_frames_of_the_stream(
    shared: Api, shared_daemon: DaemonProcess, conversation: str
) -> None:
    with shared.follow(conversation, after=0) as stream:
        end = stream.end()
    text = heard(shared_daemon, f"{CONVERSATIONS}/{conversation}/socket?after=0", '"type":"done"')
    frames = [frame for frame in text.split("\n\n") if frame and not frame.startswith(":")]
    assert [frame.partition("\n")[0] for frame in frames] == [
        f"id: {seq}" for seq in range(1, end["seq"] + 1)
    ]


def test_the_feed_tells_of_a_new_conversation(shared: Api, shared_daemon: DaemonProcess) -> None:
    shared.new(title="for the feed")
    assert "conversation_changed" in heard(shared_daemon, "/api/events/socket?after=0", "for the feed")


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/api/events/socket", {"Authorization": ""}, 401),
        ("/api/events/socket", {"Origin": "http://evil.example"}, 403),
        (f"{CONVERSATIONS}/{NOBODY}/socket", {}, 404),
        ("/api/events/socket?after=x", {}, 400),
    ],
)
def test_the_gate_is_the_same(shared: Api, path: str, headers: dict[str, str], status: int) -> None:
    assert shared.request("GET", path, headers={**HANDSHAKE, **headers}).status_code == status


def test_a_plain_request_is_told_so(shared: Api) -> None:
    answer = shared.request("GET", "/api/events/socket")
    assert (answer.status_code, answer.json()["code"]) == (400, "not_a_websocket")


def test_who_talks_is_hung_up_on(shared_daemon: DaemonProcess) -> None:
    async def talk() -> int | None:
        connection = await connected_to(shared_daemon, "/api/events/socket")
        await connection.write_message("hello")
        await ended(connection)
        connection.close()  # it holds on to the protocol until then
        return connection.close_code

    assert asyncio.run(asyncio.wait_for(talk(), DEADLINE_S)) == 1008
