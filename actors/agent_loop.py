"""The asyncio loop on which agents run, in a thread of its own: one task for each turn, and the timers."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import pykka

from actors import quick_access
from actors.agent import AgentTurn
from actors.bridge import tell
from actors.budget_guard import BudgetGuard
from actors.context import Budget, Prepared, budget_of, prepare, tool_environment, window_of
from actors.context.report import ContextReport, report
from actors.context.room import Room
from actors.documents.keeper import DocumentKeeper
from actors.documents.screenshots import Screenshots
from actors.environment.scans import Scans
from actors.errors import TurnError
from actors.events import EventSink, QuickAccessLink
from actors.file_index import FileIndex
from actors.log_context import LogContext, enter
from actors.measures import Measures
from actors.notices import AgentFailed, AgentFinished, AgentStopped, TurnRequest
from actors.options import Options
from actors.phases import phases
from actors.runtimes.registry import Runtimes
from actors.tool_runner import ToolRunner
from actors.toolbox import Toolbox
from storage.database import Database
from storage.ids import new_id
from storage.records import Conversation

T = TypeVar("T")

logger = logging.getLogger(__name__)

FLUSH_INTERVAL_S = 0.2
"""How much text a crash may cost."""

STOP_GRACE_S = 1.8
"""A turn has ended two seconds after its cancellation, whatever its agent does."""

WORKERS = 16
"""Threads for the blocking work of tools: more than cores, since they wait for disks and processes."""


class AgentLoop:
    """Runs agents. Its public methods may be called from any thread.

    Args:
        sink: where text goes.
        database: where the transcript is read.
        runtimes: the agents that there are.
        toolbox: the tools that they have.
        scans: keeps what is known of their projects up to date.
        documents: keeps the images that tools return.
        measures: how soon agents begin to answer.
    """

    def __init__(
        self,
        sink: EventSink,
        database: Database,
        runtimes: Runtimes,
        toolbox: Toolbox,
        scans: Scans,
        documents: DocumentKeeper,
        measures: Measures,
    ) -> None:
        self.runtimes = runtimes
        self.toolbox = toolbox
        self.files = FileIndex(tool_environment(os.environ))
        self._sink = sink
        self._scans = scans
        self._database = database
        self._documents = documents
        self._measures = measures
        self._loop = asyncio.new_event_loop()
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="tools")
        # Reads of the transcript keep to one thread, since each thread has a connection of its own.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="transcript")
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._submitted: set[Future[Any]] = set()
        self._turns: dict[str, AgentTurn] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._phases = phases()
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
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._reader.shutdown(wait=False, cancel_futures=True)
        return not self._thread.is_alive()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Runs a coroutine on the loop. It is cancelled when the loop stops."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._submitted.add(future)
        future.add_done_callback(self._submitted.discard)
        return future

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
        for turn_id in tuple(self._tasks):
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

    def _start_turn(self, request: TurnRequest, conversation: pykka.ActorRef[Any]) -> None:
        task = self._loop.create_task(self._run_turn(request, conversation), name=f"turn {request.turn_id}")
        self._tasks[request.turn_id] = task
        # One after the other: all turns at once would hold up the streams of all.
        self._loop.call_later(FLUSH_INTERVAL_S * next(self._phases), self._flush, request.turn_id)

    async def _run_turn(self, request: TurnRequest, conversation: pykka.ActorRef[Any]) -> None:
        turn_id = request.turn_id
        enter(LogContext(request.request_id, request.conversation.id, turn_id))
        logger.info("an agent starts: %s", request.conversation.runtime_id)
        turn: AgentTurn | None = None
        notice: object
        try:
            if project_id := request.conversation.project_id:
                await self._loop.run_in_executor(self._reader, self._scans.refresh_by_id, project_id)
            budget = self._budget(request.conversation, request.options)
            prepared = await self._loop.run_in_executor(
                self._reader, prepare, self._database, request, budget
            )
            began = partial(self._first_text, request.conversation.runtime_id, time.perf_counter())
            guard = BudgetGuard(self._database, self._reader, request)
            transcript = prepared.history.transcript
            turn = AgentTurn(request, conversation, self._sink, prepared.surface, transcript, guard, began)
            self._turns[turn_id] = turn
            room = Room(turn, prepared, self._database, self._reader)
            stop_reason = await self._work(turn, prepared, room)
            links = await self._loop.run_in_executor(self._reader, self._links, turn)
            notice = AgentFinished(turn_id, stop_reason, turn.cost_usd, links)
        except asyncio.CancelledError:
            notice = AgentStopped(turn_id, _cost(turn))
        except TurnError as error:
            notice = AgentFailed(turn_id, str(error), error.code, _cost(turn))
        except pykka.ActorDeadError:
            notice = AgentStopped(turn_id, None)
        except Exception:
            log_id = new_id()
            logger.exception("turn %s failed, log id %s", turn_id, log_id)
            message = f"Something went wrong inside. The log has the details under {log_id}."
            notice = AgentFailed(turn_id, message, "internal_error", _cost(turn))
        finally:
            self._tasks.pop(turn_id, None)
            self._turns.pop(turn_id, None)
        if turn is not None:
            turn.close(notice)
        else:
            tell(conversation, notice)

    async def _work(self, turn: AgentTurn, prepared: Prepared, room: Room) -> str | None:
        """Answers, or summarises; the stop reason."""
        runtime = self.runtimes.get(turn.request.conversation.runtime_id)
        if turn.request.compacts:
            await turn.check_budgets()
            await room.compact_all(runtime)
            return None
        for problem in prepared.surface.project.problems:
            turn.status("preparing", problem)
        await turn.give(prepared.given)
        tools = await self.toolbox.tools(turn)
        store = self.toolbox.store(turn.request)
        screenshots = Screenshots(self._documents, turn.request, partial(turn.status, "tool_use"))
        return await runtime.run(turn, ToolRunner(turn, self._workers, tools, store, screenshots), room)

    async def context(self, conversation: Conversation, options: Options) -> ContextReport:
        """How large the parts of a conversation's context are."""
        budget = self._budget(conversation, options)
        return await self._loop.run_in_executor(
            self._reader, report, self._database, conversation, options, budget
        )

    def _budget(self, chosen: Conversation, options: Options) -> Budget:
        window = window_of(chosen.runtime_id, chosen.model_id, options, self.runtimes.windows)
        return budget_of(window, options)

    def _links(self, turn: AgentTurn) -> tuple[QuickAccessLink, ...]:
        """What the answer is about. It is complete, whatever comes of looking that up."""
        try:
            return quick_access.find(
                self._database,
                turn.request.conversation.id,
                turn.workspace.root,
                turn.answer,
                tuple(turn.touched),
            )
        except sqlite3.Error:
            logger.exception("the links of turn %s could not be looked up", turn.turn_id)
            return ()

    def _first_text(self, runtime_id: str, began_at: float) -> None:
        self._measures.first_delta.observe(time.perf_counter() - began_at, runtime_id)

    def _stop_turn(self, turn_id: str) -> None:
        task = self._tasks.get(turn_id)
        if task is not None:
            task.cancel()
            self._loop.call_later(STOP_GRACE_S, self._cut_off, turn_id)

    def _cut_off(self, turn_id: str) -> None:
        turn = self._turns.get(turn_id)
        if turn is not None:
            logger.error("the agent of turn %s did not stop in time", turn_id)
            turn.close(AgentStopped(turn_id, _cost(turn)))

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


def _cost(turn: AgentTurn | None) -> float | None:
    """What a turn that did not come to its end has cost; nothing where it had not begun."""
    if turn is None:
        return 0.0
    turn.add_unreported()
    return turn.cost_usd
