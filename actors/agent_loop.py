"""The asyncio loop on which agents run, in a thread of its own: one task for each turn, and the timers."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

import pykka

from actors.bridge import tell
from actors.context.workspace import tool_environment
from actors.file_index import FileIndex
from actors.notices import AgentFailed, AgentStopped, TurnRequest
from actors.options import Options
from actors.phases import phases
from actors.runtimes.registry import Runtimes
from actors.toolbox import Toolbox
from storage.records import Conversation

if TYPE_CHECKING:
    from actors.agent import AgentTurn
    from actors.agent_work import AgentWork
    from actors.context.prepare import Outset
    from actors.context.report import ContextReport

T = TypeVar("T")

logger = logging.getLogger(__name__)

FLUSH_INTERVAL_S = 0.2
"""How much text a crash may cost."""

STOP_GRACE_S = 1.8
"""A turn has ended two seconds after its cancellation, whatever its agent does."""


class AgentLoop:
    """Runs agents. Its public methods may be called from any thread.

    Args:
        runtimes: the agents that there are.
        toolbox: the tools that they have.
        make_work: makes what works on turns, when the first one begins: a daemon starts sooner without.
    """

    def __init__(self, runtimes: Runtimes, toolbox: Toolbox, make_work: Callable[[], AgentWork]) -> None:
        self.runtimes = runtimes
        self.toolbox = toolbox
        self.files = FileIndex(tool_environment(os.environ))
        self._make_work = make_work
        self._loop = asyncio.new_event_loop()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._submitted: set[Future[Any]] = set()
        self._turns: dict[str, AgentTurn] = {}
        self._ready: dict[str, asyncio.Task[Outset]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._phases = phases()
        self._work: AgentWork | None = None
        self._thread = threading.Thread(target=self._run, name="agents", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self, timeout_s: float) -> bool:
        """Stops all agents and the thread; whether they all stopped in time."""
        if not self._thread.is_alive():
            return True
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(self._shut_down()))
        self._thread.join(timeout_s)
        if self._work is not None:
            self._work.close()
        return not self._thread.is_alive()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Runs a coroutine on the loop. It is cancelled when the loop stops."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._submitted.add(future)
        future.add_done_callback(self._submitted.discard)
        return future

    def prepare_turn(self, request: TurnRequest) -> None:
        """Gets the agent of a turn ready, as far as it can be before the turn is stored; `stop_turn` forgets it."""
        self._call(self._prepare_turn, request)

    def run_turn(self, request: TurnRequest, conversation: pykka.ActorRef[Any]) -> None:
        """Starts the agent of a turn. Its last notice is AgentFinished, AgentFailed or AgentStopped."""
        try:
            self._loop.call_soon_threadsafe(self._start_turn, request, conversation)
        except RuntimeError:  # the loop is closed
            failure = AgentFailed(request.turn_id, "The daemon is stopping.", "shutting_down", None)
            tell(conversation, failure)

    def stop_turn(self, turn_id: str) -> None:
        """Stops the agent of a turn; its last notice follows within two seconds."""
        self._call(self._stop_turn, turn_id)

    def start_timer(self, timer_id: str, delay_s: float, ref: pykka.ActorRef[Any], notice: object) -> None:
        """Tells an actor something after a while."""
        self._call(self._start_timer, timer_id, delay_s, ref, notice)

    def stop_timer(self, timer_id: str) -> None:
        """Forgets a timer; harmless where there is none."""
        self._call(self._stop_timer, timer_id)

    def _call(self, function: Any, *args: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            logger.debug("the agent loop is closed")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _shut_down(self) -> None:
        for turn_id in (*self._tasks, *self._ready):
            self._stop_turn(turn_id)
        tasks = tuple(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_GRACE_S)
        for timer in self._timers.values():
            timer.cancel()
        for future in tuple(self._submitted):
            future.cancel()  # whoever waits for it in another thread would wait for ever
        await self.files.close()
        await self.toolbox.close()
        await self.runtimes.close()
        self._loop.stop()

    def _prepare_turn(self, request: TurnRequest) -> None:
        task = self._loop.create_task(self._agent_work().prepare(request))
        task.add_done_callback(_retrieved)
        self._ready[request.turn_id] = task

    def _start_turn(self, request: TurnRequest, conversation: pykka.ActorRef[Any]) -> None:
        task = self._loop.create_task(self._run_turn(request, conversation), name=f"turn {request.turn_id}")
        self._tasks[request.turn_id] = task
        # One after the other: all turns at once would hold up the streams of all.
        self._loop.call_later(FLUSH_INTERVAL_S * next(self._phases), self._flush, request.turn_id)

    async def _run_turn(self, request: TurnRequest, conversation: pykka.ActorRef[Any]) -> None:
        try:
            ready = self._ready.pop(request.turn_id, None)
            await self._agent_work().run(request, ready, conversation, self._turns)
        finally:
            self._tasks.pop(request.turn_id, None)
            self._turns.pop(request.turn_id, None)

    async def context(self, conversation: Conversation, options: Options) -> ContextReport:
        """How large the parts of a conversation's context are."""
        return await self._agent_work().context(conversation, options)

    def _agent_work(self) -> AgentWork:
        if self._work is None:
            self._work = self._make_work()
        return self._work

    def _stop_turn(self, turn_id: str) -> None:
        ready = self._ready.pop(turn_id, None)
        if ready is not None:
            ready.cancel()
        task = self._tasks.get(turn_id)
        if task is not None:
            task.cancel()
            self._loop.call_later(STOP_GRACE_S, self._cut_off, turn_id)

    def _cut_off(self, turn_id: str) -> None:
        turn = self._turns.get(turn_id)
        if turn is not None:
            logger.error("the agent of turn %s did not stop in time", turn_id)
            turn.add_unreported()
            turn.close(AgentStopped(turn_id, turn.cost_usd))

    def _flush(self, turn_id: str) -> None:
        if turn_id not in self._tasks:
            return
        if turn := self._turns.get(turn_id):
            turn.flush()
        self._loop.call_later(FLUSH_INTERVAL_S, self._flush, turn_id)

    def _start_timer(self, timer_id: str, delay_s: float, ref: pykka.ActorRef[Any], notice: object) -> None:
        self._stop_timer(timer_id)
        self._timers[timer_id] = self._loop.call_later(delay_s, self._fire, timer_id, ref, notice)

    def _fire(self, timer_id: str, ref: pykka.ActorRef[Any], notice: object) -> None:
        self._timers.pop(timer_id, None)
        tell(ref, notice)

    def _stop_timer(self, timer_id: str) -> None:
        timer = self._timers.pop(timer_id, None)
        if timer is not None:
            timer.cancel()


def _retrieved(task: asyncio.Task[Any]) -> None:
    """Looks at how it ended: nobody else does where the turn does not come to it."""
    if not task.cancelled():
        task.exception()
