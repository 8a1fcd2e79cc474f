"""AgentWork: what an agent does from the start of a turn to its end. Imported when the first turn begins."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import pykka

from actors import quick_access
from actors.agent import AgentTurn
from actors.bridge import tell
from actors.budget_guard import BudgetGuard
from actors.context.budget import Budget, budget_of, window_of
from actors.context.prepare import Outset, Prepared, prepare, set_out
from actors.context.report import ContextReport, report
from actors.context.room import Room
from actors.documents.keeper import DocumentKeeper
from actors.documents.screenshots import Screenshots
from actors.environment.scans import Scans
from actors.errors import TurnError
from actors.events import EventSink, QuickAccessLink
from actors.log_context import LogContext, enter
from actors.measures import Measures
from actors.notices import AgentFailed, AgentFinished, AgentStopped, TurnRequest
from actors.options import Options
from actors.runtimes.registry import Runtimes
from actors.tool_runner import ToolRunner
from actors.toolbox import Toolbox
from storage.database import Database
from storage.ids import new_id
from storage.records import Conversation

T = TypeVar("T")

logger = logging.getLogger(__name__)

WORKERS = 16
"""Threads for the blocking work of tools: more than cores, since they wait for disks and processes."""

LOGGED_S = 0.02


class AgentWork:
    """Works on turns, on the agent loop.

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
        *,
        sink: EventSink,
        database: Database,
        runtimes: Runtimes,
        toolbox: Toolbox,
        scans: Scans,
        documents: DocumentKeeper,
        measures: Measures,
    ) -> None:
        self._sink = sink
        self._database = database
        self._runtimes = runtimes
        self._toolbox = toolbox
        self._scans = scans
        self._documents = documents
        self._measures = measures
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="tools")
        # Reads of the transcript keep to one thread, since each thread has a connection of its own.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="transcript")

    def close(self) -> None:
        """Lets its threads end. May be called from any thread."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._reader.shutdown(wait=False, cancel_futures=True)

    async def prepare(self, request: TurnRequest) -> Outset:
        """What a turn starts with, as far as it is there before the turn is stored. Raises TurnError."""
        return await self._read(self._set_out, request, self._budget(request.conversation, request.options))

    async def run(
        self,
        request: TurnRequest,
        ready: asyncio.Future[Outset] | None,
        conversation: pykka.ActorRef[Any],
        turns: dict[str, AgentTurn],
    ) -> None:
        """Works on a turn to its end, whatever that is; tells the conversation.

        Args:
            request: the turn.
            ready: what `prepare` gives; None where nobody has asked for it.
            conversation: who is told.
            turns: where the turn is to be found while it runs.
        """
        turn_id = request.turn_id
        enter(LogContext(request.request_id, request.conversation.id, turn_id))
        # A moment later: the model should be asked before a line is written.
        loop = asyncio.get_running_loop()
        loop.call_later(LOGGED_S, logger.info, "an agent starts: %s", request.conversation.runtime_id)
        turn: AgentTurn | None = None
        notice: object
        try:
            outset = await (ready if ready is not None else self.prepare(request))
            if outset.is_short:
                prepared = prepare(self._database, request, outset)
            else:
                prepared = await self._read(prepare, self._database, request, outset)
            began = partial(self._first_text, request.conversation.runtime_id, time.perf_counter())
            guard = BudgetGuard(self._database, self._reader, request)
            transcript = prepared.history.transcript
            turn = AgentTurn(request, conversation, self._sink, outset.surface, transcript, guard, began)
            turns[turn_id] = turn
            room = Room(turn, prepared, self._database, self._reader)
            stop_reason = await self._work(turn, prepared, room)
            links = await self._read(self._links, turn)
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
        turns.pop(turn_id, None)
        if turn is not None:
            turn.close(notice)
        else:
            tell(conversation, notice)

    async def _work(self, turn: AgentTurn, prepared: Prepared, room: Room) -> str | None:
        """Answers, or summarises; the stop reason."""
        runtime = self._runtimes.get(turn.request.conversation.runtime_id)
        if turn.request.compacts:
            await turn.check_budgets()
            await room.compact_all(runtime)
            return None
        for problem in prepared.outset.surface.project.problems:
            turn.status("preparing", problem)
        turn.give(prepared.outset.given)
        tools = await self._toolbox.tools(turn, prepared.outset.servers)
        store = self._toolbox.store(turn.request)
        screenshots = Screenshots(self._documents, turn.request, partial(turn.status, "tool_use"))
        return await runtime.run(turn, ToolRunner(turn, self._workers, tools, store, screenshots), room)

    async def context(self, conversation: Conversation, options: Options) -> ContextReport:
        """How large the parts of a conversation's context are."""
        budget = self._budget(conversation, options)
        return await self._read(report, self._database, conversation, options, budget)

    def _budget(self, chosen: Conversation, options: Options) -> Budget:
        window = window_of(chosen.runtime_id, chosen.model_id, options, self._runtimes.windows)
        return budget_of(window, options)

    def _set_out(self, request: TurnRequest, budget: Budget) -> Outset:
        if project_id := request.conversation.project_id:
            self._scans.refresh_by_id(project_id)
        return set_out(self._database, request, budget)

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

    async def _read(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, work, *args)


def _cost(turn: AgentTurn | None) -> float | None:
    """What a turn that did not come to its end has cost; nothing where it had not begun."""
    if turn is None:
        return 0.0
    turn.add_unreported()
    return turn.cost_usd
