"""A conversation has one turn at a time, and a message that is sent twice starts one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api


@pytest.fixture
def conversation(shared: Api, work_dir: Path) -> str:
    return shared.new(workingDirectory=str(work_dir))


def test_two_turns_at_once_are_impossible(shared: Api, conversation: str) -> None:
    barrier = threading.Barrier(12)

    def send(_: int) -> int:
        barrier.wait()
        path = f"{CONVERSATIONS}/{conversation}/messages"
        with shared.stream("POST", path, json={"content": "run true"}) as stream:
            if stream.response.status_code == 200:
                request = stream.until("permission_request")["requestId"]
                pool.submit(shared.respond, conversation, request)
                stream.rest()
            else:
                assert stream.response.read()
            return stream.response.status_code

    with ThreadPoolExecutor(13) as pool:
        statuses = list(pool.map(send, range(12)))
    assert set(statuses) <= {200, 409}
    turns = [row for row in shared.messages(conversation) if row["role"] == "user"]
    assert len(turns) == statuses.count(200)


def test_one_client_message_id_never_starts_a_second_turn(shared: Api, conversation: str) -> None:
    def send(_: int) -> list[dict[str, Any]]:
        return shared.ask(conversation, "help", clientMessageId="one-and-only").seen

    with ThreadPoolExecutor(8) as pool:
        streams = list(pool.map(send, range(8)))
    assert all(stream == streams[0] for stream in streams)
    assert [row["role"] for row in shared.messages(conversation)] == ["user", "assistant"]
    assert send(0) == streams[0]
