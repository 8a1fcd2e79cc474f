"""What a runtime is, and the loop that all of them share: ask the model, run its tools, ask again."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import structs

from actors.agent import AgentTurn
from actors.context.room import Room
from actors.errors import ContextOverflowError, TurnError
from actors.event_encoding import clean
from actors.notices import Usage
from actors.tool_runner import ToolRunner
from actors.transcript import AnyBlock, Entry, TextBlock, ToolCallBlock
from storage.ids import new_id

GO_ON = "Go on."
"""What a model is told that paused: many refuse to go on with a text of their own."""

ToolSchema = dict[str, Any]
"""`name`, `description` and `input_schema` of a tool."""

WINDOW_IS_FULL = "model_context_window_exceeded"
"""A provider's word for an answer that broke off because the window was full."""

FULL_MESSAGE = "The answer broke off because the conversation fills the model's window."

MAX_INPUT_DEPTH = 50
"""Levels of a tool's input; no tool needs so many, and deeper ones exhaust whoever walks through them."""

Provider = Literal["anthropic", "openai", "ollama", "offline"]


class Step(msgspec.Struct, frozen=True):
    """One answer of a model.

    Attributes:
        blocks: what it said, in order.
        stop_reason: the provider's word for why it stopped.
        is_paused: the provider wants to be asked to go on.
    """

    blocks: tuple[AnyBlock, ...]
    stop_reason: str | None
    usage: Usage = msgspec.field(default_factory=Usage)
    model_id: str | None = None
    is_paused: bool = False

    @property
    def calls(self) -> tuple[ToolCallBlock, ...]:
        """The tool calls in it."""
        return tuple(block for block in self.blocks if isinstance(block, ToolCallBlock))


class FoundModel(msgspec.Struct, frozen=True):
    """A model that a provider lists.

    Attributes:
        size_bytes: of a local model.
        context_window: in tokens.
    """

    id: str
    label: str
    context_window: int | None = None
    size_bytes: int | None = None


class RuntimeStatus(msgspec.Struct, frozen=True):
    """Whether a runtime can be used.

    Attributes:
        version: of the SDK or server.
        why_not: what is missing and how to mend it; None where nothing is.
    """

    is_installed: bool
    version: str | None
    is_signed_in: bool
    why_not: str | None


class Runtime(ABC):
    """One kind of agent. Lives on the agent loop; it holds clients, never the state of a conversation.

    Attributes:
        is_model: it can write a summary.
    """

    id: ClassVar[str]
    label: ClassVar[str]
    provider: ClassVar[Provider]
    is_model: ClassVar[bool] = True

    @abstractmethod
    async def step(self, turn: AgentTurn, tools: Sequence[ToolSchema]) -> Step:
        """Streams one answer of the model.

        Args:
            turn: what it is asked, and who sees its text.
            tools: what it may call.

        Raises:
            TurnError: the provider cannot be used, or its stream broke off.
        """

    @abstractmethod
    async def status(self) -> RuntimeStatus:
        """Whether it can be used now."""

    @abstractmethod
    async def models(self) -> Sequence[FoundModel]:
        """The models that the provider lists; empty where it has no list or no credential."""

    async def close(self) -> None:  # noqa: B027  (most have nothing to close)
        """Closes connections."""

    async def run(self, turn: AgentTurn, tools: ToolRunner, room: Room) -> str | None:
        """Answers: steps and tools in turn, until the model wants no more tools.

        Args:
            turn: the turn.
            tools: runs what the model calls.
            room: keeps the requests within the model's window.

        Returns:
            The stop reason of the last step.

        Raises:
            TurnError: it cannot go on.
        """
        for _ in range(turn.request.options.max_steps):
            await turn.check_budgets()
            step = _usable(await self._fitting(turn, tools.schemas, room), turn.call_ids)
            await turn.finish_step(step.blocks, step.usage, step.model_id, room.fitted(step.usage))
            if step.calls:
                await tools.run(step.calls)
            elif not step.is_paused:
                return step.stop_reason
            else:
                turn.transcript.append(Entry("user", (TextBlock(text=GO_ON),)))
        raise TurnError(
            f"The agent was stopped after {turn.request.options.max_steps} steps. "
            "Write “continue” to let it go on, or raise maxSteps in the settings.",
            "too_many_steps",
        )

    async def _fitting(self, turn: AgentTurn, schemas: Sequence[ToolSchema], room: Room) -> Step:
        """An answer to a request that the model can take whole."""
        while True:
            await room.make(self, schemas)
            try:
                step = await self.step(turn, schemas)
            except ContextOverflowError as overflow:
                await room.overflowed(self, overflow)
                continue
            if step.stop_reason != WINDOW_IS_FULL:
                return step
            # A tool call that the window's end cut off makes no sense.
            said = tuple(block for block in step.blocks if not isinstance(block, ToolCallBlock))
            await turn.finish_step(said, step.usage, step.model_id)
            await room.overflowed(self, ContextOverflowError(FULL_MESSAGE, "context_overflow"))
            if said:
                turn.transcript.append(Entry("user", (TextBlock(text=GO_ON),)))


def _usable(step: Step, known: Collection[str]) -> Step:
    """The step as it can be stored and sent again.

    Half a surrogate pair can't be written as UTF-8, so it is replaced. A tool call whose id was used before
    gets another one: some servers count from 0 each time.
    """
    used = set(known)
    blocks: list[AnyBlock] = []
    for given in step.blocks:
        block = structs.replace(given, **clean(structs.asdict(given)))
        if isinstance(block, ToolCallBlock):
            if not block.id or block.id in used:
                block = structs.replace(block, id=new_id())
            used.add(block.id)
        blocks.append(block)
    return structs.replace(step, blocks=tuple(blocks))


def decode_input(text: str) -> Any:
    """A tool's input from the JSON text of a model; the text itself where it is no JSON, or absurdly deep."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant) if text.strip() else {}
    except (ValueError, RecursionError):
        return text
    return text if _is_deeper(value, MAX_INPUT_DEPTH) else value


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in inner)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
