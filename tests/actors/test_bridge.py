"""Replies cross threads and loops; actors fail in one place."""

from __future__ import annotations

import asyncio
import queue
import threading
from typing import Any

import pykka
import pytest

from actors.bridge import Actor, Reply, ask, started, tell


class Echo(Actor):
    """Answers in every way there is."""

    def __init__(self, failures: list[BaseException]) -> None:
        super().__init__()
        self.later: Reply[str] = Reply()
        self.failures = failures

    def receive(self, message: Any) -> Any:
        match message:
            case "later":
                return self.later
            case "resolve":
                self.later.set("at last")
            case "chain":
                outer: Reply[Any] = Reply()
                outer.set(self.later)
                return outer
            case "raise":
                raise ValueError("no")
            case _:
                return message
        return None

    def failed(self, error: BaseException) -> None:
        self.failures.append(error)


@pytest.fixture
def failures() -> list[BaseException]:
    return []


@pytest.fixture
def echo(failures: list[BaseException]) -> Any:
    ref = started(Echo.start(failures))
    yield ref
    if ref.is_alive():
        ref.stop()


def test_an_answer_wakes_the_loop_that_awaits_it(echo: Any) -> None:
    async def talk() -> list[Any]:
        assert await ask(echo, "hello") == "hello"
        waiting = [asyncio.create_task(ask(echo, word)) for word in ("later", "chain", "later")]
        await ask(echo, "anything")
        assert not any(task.done() for task in waiting)
        echo.tell("resolve")
        return await asyncio.gather(*waiting)

    assert asyncio.run(asyncio.wait_for(talk(), 10)) == ["at last"] * 3


def test_a_loop_goes_on_while_an_answer_is_awaited() -> None:
    async def count() -> int:
        reply: Reply[int] = Reply()
        threading.Timer(0.05, reply.set, [0]).start()
        task = asyncio.ensure_future(wait(reply))
        turns = 0
        while not task.done():
            await asyncio.sleep(0)
            turns += 1
        return turns

    async def wait(reply: Reply[int]) -> int:
        return await reply

    assert asyncio.run(count()) > 10


def test_an_error_is_raised_where_it_is_awaited(echo: Any) -> None:
    with pytest.raises(ValueError, match="no"):
        asyncio.run(ask(echo, "raise"))
    assert echo.is_alive()


def test_a_reply_is_given_once() -> None:
    reply: Reply[int] = Reply()
    called: list[int] = []
    reply.on_resolved(lambda one: called.append(one.get(timeout=0)))
    reply.set(1)
    reply.on_resolved(lambda one: called.append(one.get(timeout=0)))
    with pytest.raises(queue.Full):
        reply.set(2)
    with pytest.raises(queue.Full):
        reply.fail(ValueError())
    assert called == [1, 1]


def test_an_answer_after_the_loop_has_closed_hurts_nobody() -> None:
    reply: Reply[int] = Reply()

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.ensure_future(one()), 0.01)

    async def one() -> int:
        return await reply

    asyncio.run(give_up())
    reply.set(1)


def test_an_exception_after_tell_is_told_once_and_ends_the_actor(
    echo: Any, failures: list[BaseException]
) -> None:
    echo.tell("raise")
    echo.actor_stopped.wait(10)
    while not failures:
        pass
    assert [str(error) for error in failures] == ["no"]
    assert tell(echo, "hello") is False
    with pytest.raises(pykka.ActorDeadError):
        asyncio.run(ask(echo, "hello"))


class Unborn(Actor):
    def on_start(self) -> None:
        raise RuntimeError("cannot start")


def test_an_actor_that_cannot_start_is_noticed_at_start() -> None:
    with pytest.raises(pykka.ActorDeadError):
        started(Unborn.start())
