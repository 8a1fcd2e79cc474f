"""Runs the tool calls of one step: validates, asks for permission, runs, reports.

All calls of a step are judged at once, so that a person sees every request together. Calls that only read
run side by side; calls that change something run one after the other, in the order of the model.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from actors.agent import AgentTurn
from actors.agent_store import AgentStore
from actors.documents.screenshots import Screenshots
from actors.notices import (
    Allowed,
    Answered,
    Denied,
    QuestionAsked,
    ToolFinished,
    ToolRejected,
    ToolRequested,
    ToolStarted,
)
from actors.tools.base import (
    Subject,
    Text,
    Tool,
    ToolError,
    ToolResult,
    Workspace,
)
from actors.tools.registry import tool_schemas
from actors.transcript import ToolCallBlock, ToolResultBlock, result_block
from storage.ids import new_id

T = TypeVar("T")

logger = logging.getLogger(__name__)


class _Prepared(msgspec.Struct, frozen=True):
    """A call that makes sense."""

    tool: Tool[Any]
    asked: ToolRequested


class ToolRunner:
    """Runs tools for one turn.

    Args:
        turn: the turn.
        workers: threads for blocking work.
        tools: what the model may use, by name.
        store: what tools may look up and change.
        screenshots: keeps the images that tools return.
    """

    def __init__(
        self,
        turn: AgentTurn,
        workers: Executor,
        tools: Mapping[str, Tool[Any]],
        store: AgentStore,
        screenshots: Screenshots,
    ) -> None:
        self._turn = turn
        self._workers = workers
        self.tools = tools
        self.store = store
        self._screenshots = screenshots

    @property
    def schemas(self) -> list[dict[str, Any]]:
        """How the tools are described to a model."""
        return tool_schemas(self.tools.values())

    async def run(self, calls: Sequence[ToolCallBlock]) -> None:
        """Runs the calls and adds their results to the transcript, in the order of the calls."""
        names = ", ".join(dict.fromkeys(call.name for call in calls))
        self._turn.status("tool_use", f"Using {names}")
        prepared = await asyncio.gather(*(self._prepare(call) for call in calls))
        before: asyncio.Event | None = None
        async with asyncio.TaskGroup() as group:
            tasks = []
            for one in prepared:
                changes = isinstance(one, _Prepared) and not one.tool.only_reads
                after = asyncio.Event() if changes else None
                tasks.append(group.create_task(self._run_call(one, before if changes else None, after)))
                before = after or before
        blocks: tuple[ToolResultBlock, ...] = tuple(task.result() for task in tasks)
        self._turn.add_results(blocks)

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Runs blocking work in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, lambda: work(*args))

    async def _prepare(self, call: ToolCallBlock) -> _Prepared | ToolRejected:
        """What a call would do, found out before anybody is asked; or why it cannot be done."""
        workspace = self._turn.workspace
        try:
            tool, tool_input = self._parse(call)
            subject = await self.in_thread(tool.subject, tool_input, workspace)
            diff = None if tool.only_reads else await self.in_thread(tool.diff, tool_input, workspace)
            summary = tool.summary(tool_input, workspace)
        except ToolError as error:
            return ToolRejected(self._turn.turn_id, call.id, call.name, call.input, _error(str(error)))
        except Exception:
            log_id = new_id()
            logger.exception("tool %s failed before it was asked for, log id %s", call.name, log_id)
            return ToolRejected(self._turn.turn_id, call.id, call.name, call.input, _failed_inside(log_id))
        asked = ToolRequested(
            self._turn.turn_id, call.id, call.name, call.input, summary, subject, tool.parse, diff
        )
        return _Prepared(tool, asked)

    async def _run_call(
        self,
        prepared: _Prepared | ToolRejected,
        before: asyncio.Event | None,
        after: asyncio.Event | None,
    ) -> ToolResultBlock:
        try:
            if isinstance(prepared, ToolRejected):
                await self._turn.ask(prepared)
                return result_block(prepared.call_id, prepared.result)
            return result_block(prepared.asked.call_id, await self._result(prepared, before))
        finally:
            if after is not None:
                after.set()

    async def _result(self, prepared: _Prepared, before: asyncio.Event | None) -> ToolResult:
        asked = prepared.asked
        decision = await self._turn.ask(asked)
        started_at = time.monotonic()
        match decision:
            case Allowed():
                if before is not None:
                    await before.wait()
                started_at = time.monotonic()
                result = await self._allowed(prepared.tool, decision, asked)
            case Denied():
                result = _error(decision.message)
        self._turn.touched += result.entities
        duration_ms = round((time.monotonic() - started_at) * 1000)
        result, shots = await self._screenshots.keep(asked, result)
        await self._turn.ask(ToolFinished(self._turn.turn_id, asked.call_id, result, duration_ms, shots))
        return result

    def _parse(self, call: ToolCallBlock) -> tuple[Tool[Any], Any]:
        tool = self.tools.get(call.name)
        if tool is None:
            raise ToolError(f"There is no tool {call.name!r}. The tools are: {', '.join(self.tools)}.")
        return tool, tool.parse(call.input)

    async def _allowed(self, tool: Tool[Any], decision: Allowed, asked: ToolRequested) -> ToolResult:
        try:
            given = self._with_secrets(decision.tool_input, asked.tool_input)
            tool_input = tool.parse(given)
            subject = asked.subject
            if decision.by_person:
                subject = await self.in_thread(tool.subject, tool_input, self._turn.workspace)
                if given == asked.tool_input and subject != asked.subject:
                    return _error(_moved(asked.subject, subject))
                if not await self._turn.ask(ToolStarted(self._turn.turn_id, asked.call_id, subject)):
                    return _error("It was not allowed to run.")
            return await tool.run(tool_input, _Context(self, self._turn, asked.call_id, subject))
        except ToolError as error:
            return _error(str(error))
        except Exception:
            log_id = new_id()
            logger.exception("tool %s failed, log id %s", tool.name, log_id)
            return _failed_inside(log_id)

    def _with_secrets(self, given: Any, wanted: Any) -> Any:
        """The input that a tool gets; the conversation has seen stand-ins of the secrets in it."""
        secrets = self._turn.secrets
        return wanted if given == secrets.hide(wanted) else secrets.reveal(given)


class _Context:
    """What a running tool may use; see `ToolContext`."""

    def __init__(self, runner: ToolRunner, turn: AgentTurn, call_id: str, allowed: Subject) -> None:
        # A call before it may have put a symlink where there was none.
        self.workspace: Workspace = replace(turn.workspace, only_paths=allowed.paths)
        self.digests: Mapping[str, str] = turn.digests
        self.store = runner.store
        self._runner = runner
        self._turn = turn
        self._call_id = call_id

    def output(self, text: str) -> None:
        self._turn.tool_output(self._call_id, text)

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        return await self._runner.in_thread(work, *args)

    def ask(self, questions: tuple[Mapping[str, Any], ...]) -> Awaitable[Mapping[str, str]]:
        return self._ask(questions)

    async def _ask(self, questions: tuple[Mapping[str, Any], ...]) -> Mapping[str, str]:
        decision = await self._turn.ask(QuestionAsked(self._turn.turn_id, self._call_id, questions))
        match decision:
            case Answered(answers):
                secret = (one.get("id") or one["question"] for one in questions if one.get("isSecret"))
                self._turn.secrets.add(answers.get(key, "") for key in secret)
                return answers
            case Denied(message):
                raise ToolError(message)
        raise TypeError(f"unexpected decision {decision!r}")


def _error(message: str) -> ToolResult:
    return ToolResult((Text(message),), is_error=True)


def _failed_inside(log_id: str) -> ToolResult:
    return _error(f"The tool failed inside; the log has the details under {log_id}.")


def _moved(asked: Subject, found: Subject) -> str:
    was = ", ".join(map(str, asked.paths))
    now = ", ".join(map(str, found.paths))
    return f"While it waited for permission, what it would touch has changed from {was} to {now}. Ask again."
