"""What a line of the log belongs to goes along with messages, and ends with them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pykka
import pytest

from actors.bridge import Actor, ask, started, tell
from actors.log_context import NOTHING, LogContext, current, enter


class Recorder(Actor):
    """Answers with the context it works in, and with the contexts of what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, LogContext]] = []

    def receive(self, message: Any) -> Any:
        self.told.append((message, current()))
        return self.told


@pytest.fixture
def recorder() -> Iterator[pykka.ActorRef[Recorder]]:
    ref = started(Recorder.start())
    yield ref
    ref.stop()


def test_messages_carry_the_context_of_who_sends_them(recorder: pykka.ActorRef[Recorder]) -> None:
    async def send(request_id: str) -> Any:
        enter(LogContext(request_id))
        tell(recorder, "told")
        return await ask(recorder, "asked")

    async def send_all() -> Any:
        await asyncio.gather(send("one"), send("two"))
        return await ask(recorder, "without")

    heard = asyncio.run(send_all())
    assert sorted((text, context.request_id) for text, context in heard[:-1]) == [
        ("asked", "one"), ("asked", "two"), ("told", "one"), ("told", "two"),
    ]  # fmt: skip
    assert heard[-1] == ("without", NOTHING)


def test_a_context_ends_with_its_coroutine() -> None:
    async def enter_one() -> None:
        enter(LogContext("one"))

    async def run() -> LogContext:
        await asyncio.create_task(enter_one())
        return current()

    assert asyncio.run(run()) is NOTHING
