"""AgentTurn: one turn as its agent sees it, on the agent loop. What it says goes to the people who follow.

Text goes straight to the sink and, in batches, to the conversation, which keeps it. Everything that needs a
decision goes to the conversation and is awaited, after the text before it, so that the order holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pykka

from actors.bridge import ask, tell
from actors.budget_guard import BudgetGuard
from actors.context.prepare import Surface
from actors.event_encoding import clean_text, encode, run_head, with_text
from actors.events import EventSink, Phase, RunKind, StatusEvent
from actors.given_secrets import GivenSecrets
from actors.notices import ContextGiven, ContextSize, Run, StepFinished, TextArrived, TurnRequest, Usage
from actors.pricing import cost_usd
from actors.tools.base import EntityRef
from actors.transcript import (
    TEXT_SEPARATOR,
    AnyBlock,
    Cut,
    Entry,
    TextBlock,
    ToolCallBlock,
    ToolResultBlock,
    digests,
    merge_digests,
)

GIVEN_S = 0.02
"""How long what is given to the model may wait until it is stored."""


class AgentTurn:
    """The turn that an agent works on.

    Attributes:
        request: what it was started with.
        conversation: the conversation's actor.
        sink: where what is said goes.
        surface: what stands before the conversation.
        guard: what it may still spend.
        workspace: where it works.
        system: the system prompt.
        transcript: the conversation so far; grows with each step.
        call_ids: the ids of all tool calls so far.
        steps: how many answers of the model it has stored.
        digests: SHA-256 of the files that the model has read, by resolved path.
        cost_usd: what the turn has cost so far; None where a price is not known.
        touched: what of the person's work its tools were about, in order.
        secrets: what the person has given it that nobody else may see.

    Args:
        began: called at the first piece of the answer.
    """

    def __init__(
        self,
        request: TurnRequest,
        conversation: pykka.ActorRef[Any],
        sink: EventSink,
        surface: Surface,
        transcript: list[Entry],
        guard: BudgetGuard,
        began: Callable[[], None] | None = None,
    ) -> None:
        self.request = request
        self.conversation = conversation
        self.sink = sink
        self.surface = surface
        self.guard = guard
        self.workspace = surface.workspace
        self.system = surface.system
        self.transcript = transcript
        self.digests = digests(transcript)
        self.call_ids = {
            block.id for entry in transcript for block in entry.blocks if isinstance(block, ToolCallBlock)
        }
        self.steps = 0
        self.cost_usd: float | None = 0.0
        self.touched: list[EntityRef] = []
        self._answer: list[str] = []
        self._conversation_id = request.conversation.id
        self._given: ContextGiven | None = None
        self._runs: list[Run] = []
        self._kind: RunKind | None = None
        self._head = b""
        self._first_seq = 0
        self._pieces: list[str] = []
        self._has_text = False
        self._needs_separator = False
        self._began = began
        self._is_closed = False
        self.secrets = GivenSecrets()
        self._unreported = Usage()
        self._unreported_model: str | None = None
        self._heads: dict[str, bytes] = {}
        self._halves: dict[str, str] = {}

    @property
    def turn_id(self) -> str:
        """The turn's id."""
        return self.request.turn_id

    @property
    def answer(self) -> str:
        """The text of the steps that have ended."""
        return TEXT_SEPARATOR.join(self._answer)

    def text(self, piece: str) -> None:
        """Shows a piece of the answer."""
        if self._needs_separator:
            piece = TEXT_SEPARATOR + piece
            self._needs_separator = False
        self._has_text = True
        self._say("delta", "delta", piece)

    def new_text_block(self) -> None:
        """Says that the next text stands apart from the text before it."""
        self._needs_separator = self._has_text

    def thinking(self, piece: str) -> None:
        """Shows a piece of the model's reasoning."""
        self._say("thinking", "thinking", piece)

    def tool_output(self, tool_call_id: str, piece: str) -> None:
        """Shows a piece of a running tool's output."""
        self._say("tool_output", tool_call_id, piece)

    def status(self, phase: Phase, message: str, retry_at: str | None = None) -> None:
        """Shows what the agent is doing; `retry_at` as in the event."""
        if self._is_closed:
            return
        event = StatusEvent(
            turn_id=self.turn_id,
            message_id=self.request.assistant_message_id,
            phase=phase,
            message=message,
            retry_at=retry_at,
        )
        payload = encode(event)
        self._end_run()
        self._runs.append(Run(None, self.sink.stream(self._conversation_id, payload), payload))

    def status_soon(self, phase: Phase, message: str) -> None:
        """The same, as soon as the loop waits for something: what is to be done first is not held up by those who follow."""
        asyncio.get_running_loop().call_soon(self.status, phase, message)

    async def check_budgets(self) -> None:
        """To be called before each step. Raises TurnError where a budget is used up."""
        if warning := await self.guard.check(self.cost_usd):
            self.status("preparing", warning)

    def note_usage(self, usage: Usage, model_id: str | None) -> None:
        """Notes what the step that is under way has used so far, in case it does not end."""
        self._unreported = usage
        self._unreported_model = model_id

    async def finish_step(
        self,
        blocks: Sequence[AnyBlock],
        usage: Usage,
        model_id: str | None,
        size: ContextSize | None = None,
    ) -> None:
        """Says that the model has ended one of its answers: it is now part of the transcript."""
        self._unreported = Usage()
        self._add_cost(usage, model_id)
        self._answer += [block.text for block in blocks if isinstance(block, TextBlock)]
        if blocks:
            self.steps += 1
            calls = {block.id for block in blocks if isinstance(block, ToolCallBlock)}
            self.call_ids |= calls
            self.transcript.append(Entry("assistant", tuple(blocks), None if calls else self._here))
        await self.ask(StepFinished(self.turn_id, tuple(blocks), usage, model_id, self.cost_usd, size))

    def add_results(self, blocks: tuple[ToolResultBlock, ...]) -> None:
        """Adds the results of the last step's tool calls, in the order of the calls."""
        for block in blocks:
            merge_digests(self.digests, block.digests)
        self.transcript.append(Entry("user", blocks, self._here))

    def give(self, blocks: tuple[AnyBlock, ...]) -> None:
        """Adds what is given along with the person's message; it is stored, to be sent again as it is."""
        last = self.transcript[-1]
        self.transcript[-1] = Entry("user", last.blocks + blocks)
        self._given = ContextGiven(self.turn_id, blocks)
        # A moment later: the model should be asked before its conversation and the archive want the interpreter.
        asyncio.get_running_loop().call_later(GIVEN_S, self.flush)

    async def ask(self, message: object) -> Any:
        """Sends the conversation everything said so far and then a message, and awaits the answer."""
        self._say_held(message)
        self.flush()
        return await ask(self.conversation, self.secrets.hidden(message))

    def flush(self) -> None:
        """Gives the conversation what was given to the model and said since the last time."""
        self._end_run()
        given, self._given = self._given, None
        if given is not None:
            tell(self.conversation, given)
        if self._runs:
            runs, self._runs = tuple(self._runs), []
            tell(self.conversation, TextArrived(self.turn_id, runs))

    def add_unreported(self) -> None:
        """Counts what a step has used that did not end."""
        if self._unreported != Usage():
            usage, self._unreported = self._unreported, Usage()
            model_id = self._unreported_model
            self._add_cost(usage, model_id)
            tell(self.conversation, StepFinished(self.turn_id, (), usage, model_id, self.cost_usd))

    def close(self, notice: object) -> None:
        """Ends the turn with this notice; whatever the agent says from now on is not heard."""
        if self._is_closed:
            return
        self._say_held()
        self.flush()
        self._is_closed = True
        tell(self.conversation, self.secrets.hidden(notice))

    @property
    def _here(self) -> Cut:
        return Cut(self.request.assistant_message_id, self.steps)

    def _add_cost(self, usage: Usage, model_id: str | None) -> None:
        request = self.request
        cost = cost_usd(request.conversation.runtime_id, model_id, usage, request.options)
        if self.cost_usd is not None:
            self.cost_usd = None if cost is None else self.cost_usd + cost

    def _say(self, kind: RunKind, key: str, piece: str) -> None:
        self._send(kind, key, self.secrets.passing(key, piece) if self.secrets else piece)

    def _say_held(self, message: object | None = None) -> None:
        for key, text in self.secrets.held(message):
            kind: RunKind = "delta" if key == "delta" else "thinking" if key == "thinking" else "tool_output"
            self._send(kind, key, text)

    def _send(self, kind: RunKind, key: str, piece: str) -> None:
        piece = self._whole_characters(key, piece)
        if self._is_closed or not piece:
            return
        head = self._heads.get(key)
        if head is None:
            call_id = key if kind == "tool_output" else None
            head = run_head(kind, self.turn_id, self.request.assistant_message_id, call_id)
            self._heads[key] = head
            if kind == "delta" and self._began is not None:
                self._began()
        if head is not self._head:
            self._end_run()
            self._kind, self._head = kind, head
        seq = self.sink.stream(self._conversation_id, with_text(head, piece))
        if self._pieces and seq != self._first_seq + len(self._pieces):
            self._end_run()  # another event came between: the run would claim its number
            self._kind, self._head = kind, head
        if not self._pieces:
            self._first_seq = seq
        self._pieces.append(piece)

    def _whole_characters(self, key: str, piece: str) -> str:
        """The piece, as far as it can be written: some servers cut a surrogate pair between two pieces."""
        piece = self._halves.pop(key, "") + piece
        if "\ud800" <= piece[-1:] <= "\udbff":
            self._halves[key] = piece[-1]
            piece = piece[:-1]
        return clean_text(piece)

    def _end_run(self) -> None:
        if self._pieces:
            self._runs.append(Run(self._kind, self._first_seq, self._head, tuple(self._pieces)))
            self._pieces = []
        self._kind, self._head = None, b""
