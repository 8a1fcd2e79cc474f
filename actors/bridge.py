"""Actors and event loops: a Pykka future that a loop can await, and the base of all our actors.

A stock Pykka future blocks the loop that awaits it. `Reply` wakes the loop instead.
"""

from __future__ import annotations

import asyncio
import logging
import queue
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, Generic, TypeVar, cast

import pykka

from actors.log_context import NOTHING, Carried, LogContext, carried, enter
from actors.measures import Measures

T = TypeVar("T")
ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]

logger = logging.getLogger(__name__)

START_TIMEOUT_S = 5.0


class Reply(pykka.ThreadingFuture[T], Generic[T]):
    """An answer that comes later: resolved in one thread, awaited on any event loop."""

    def __init__(self) -> None:
        super().__init__()
        self._callbacks: list[Callable[[Reply[T]], None]] = []

    @property
    def is_resolved(self) -> bool:
        """Whether the answer is there."""
        return self._result is not None

    def set(self, value: T | None = None) -> None:
        """Answers. Raises queue.Full if it was answered before."""
        super().set(value)
        self._run_callbacks()

    def set_exception(self, exc_info: ExcInfo | None = None) -> None:
        """Answers with an error. Raises queue.Full if it was answered before."""
        super().set_exception(exc_info)
        self._run_callbacks()

    def fail(self, error: BaseException) -> None:
        """Answers with this error. Raises queue.Full if it was answered before."""
        self.set_exception((type(error), error, error.__traceback__))

    def on_resolved(self, callback: Callable[[Reply[T]], None]) -> None:
        """Calls back in the thread that answers, or at once if the answer is there."""
        with self._condition:
            if self._result is None:
                self._callbacks.append(callback)
                return
        callback(self)

    def __await__(self) -> Generator[Any, None, T]:
        if self._result is None:
            loop = asyncio.get_running_loop()
            waiter: asyncio.Future[None] = loop.create_future()

            def wake(_reply: Reply[T]) -> None:
                try:
                    loop.call_soon_threadsafe(_release, waiter)
                except RuntimeError:  # the loop was closed: nobody waits any more
                    logger.debug("an answer came after its event loop was closed")

            self.on_resolved(wake)
            yield from waiter
        return cast("T", self.get(timeout=0))

    __iter__ = __await__

    def _run_callbacks(self) -> None:
        with self._condition:
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


async def ask(ref: pykka.ActorRef[Any], command: object) -> Any:
    """Sends a command and awaits its answer, also where the actor answers with a `Reply`.

    Raises:
        pykka.ActorDeadError: the actor has stopped.
        Exception: what the actor raised.
    """
    answer = await cast("Reply[Any]", ref.ask(carried(command), block=False))
    while isinstance(answer, Reply):
        answer = await answer
    return answer


def tell(ref: pykka.ActorRef[Any], message: object) -> bool:
    """Tells an actor something, if it still lives; whether it does."""
    try:
        ref.tell(carried(message))
    except pykka.ActorDeadError:
        logger.debug("%s came too late for %s", type(message).__name__, ref)
        return False
    return True


class Ping:
    """Asks an actor whether it has started; it answers True."""


class Actor(pykka.ThreadingActor):
    """Base of our actors: its futures can be awaited, and its failure is told in one place.

    Subclasses implement `receive` and, if they hold something that others wait for, `failed`.

    Args:
        measures: where failures are counted; its own where none is given.
    """

    # A stop has a time limit; a thread that misses it must not keep the process alive.
    use_daemon_thread = True

    def __init__(self, measures: Measures | None = None) -> None:
        super().__init__()
        self.measures = measures or Measures()

    @staticmethod
    def _create_future() -> Reply[Any]:
        return Reply()

    @staticmethod
    def _create_actor_inbox() -> queue.SimpleQueue[Any]:
        # In C, unlike Pykka's: a message to another thread takes a third of the time.
        return queue.SimpleQueue()

    def on_receive(self, message: Any) -> Any:
        """Hands the message to `receive`."""
        if isinstance(message, Carried):
            enter(self.log_context(message.context))
            message = message.message
        else:
            enter(self.log_context(NOTHING))
        if isinstance(message, Ping):
            return True
        return self.receive(message)

    def receive(self, message: Any) -> Any:
        """Handles a message; what it returns is the answer to `ask`."""
        return super().on_receive(message)

    def log_context(self, given: LogContext) -> LogContext:
        """What the log says of this actor's work on a message that came with a context."""
        return given

    def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Pykka calls this when an exception has killed the actor; Pykka has logged it."""
        del exception_type, traceback
        self.measures.actor_failures.add(type(self).__name__)
        if exception_value is not None:
            self.failed(exception_value)

    def failed(self, error: BaseException) -> None:
        """Releases what others wait for. Runs in the actor's thread, after which it ends."""


def started(ref: pykka.ActorRef[Any]) -> pykka.ActorRef[Any]:
    """The same reference, once the actor answers.

    Raises:
        pykka.ActorDeadError: its `on_start` raised.
        pykka.Timeout: it does not answer within 5 s.
    """
    ref.ask(Ping(), timeout=START_TIMEOUT_S)
    return ref
