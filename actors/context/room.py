"""The room that one turn has in the model's window: measures each request and, where it nears the window, makes it smaller.

Long tool results are shortened first. If that is not enough, the older part is summarised by the same model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, TypeVar

from actors import tokens
from actors.agent import AgentTurn
from actors.context import history, summary
from actors.context.compaction import Compaction, Reason, choose
from actors.context.prepare import Prepared
from actors.context.shortening import LONG, shortened
from actors.context.side_turn import SideTurn
from actors.errors import ContextOverflowError, TurnError
from actors.notices import Compacted, ContextSize, Usage
from actors.transcript import Entry, TextBlock, digests
from storage.database import Database

if TYPE_CHECKING:
    from actors.runtimes.base import Runtime, ToolSchema

T = TypeVar("T")

SUMMARISING = "Summarising the older part of the conversation"
WHAT_TO_DO = "Start a new conversation, take pins off long messages, mention less, or choose a model with a larger window."
NOTHING_TO_COMPACT = "There is nothing to summarise yet: write with the agent first."

KEPT_SHARE = 0.25
"""The part of the room that stays word for word."""

KEPT_AFTER_OVERFLOW = 0.125
"""Less, where the provider's word says that the room is smaller than was thought."""

PART_SHARE = 0.75
"""What is summarised at once: instructions, an earlier summary and the new one need room too."""

WORTH_SHARE = 0.1
"""A summary of less than this part of the room would not gain enough."""

MIN_PART_TOKENS = 500
"""A model that cannot take this much cannot summarise."""


class Room:
    """Keeps one turn's requests within the window. Lives on the agent loop.

    Args:
        turn: the turn.
        prepared: what it starts with.
        database: where the store is read.
        reader: a thread for reading it, and for work on long histories.
    """

    def __init__(self, turn: AgentTurn, prepared: Prepared, database: Database, reader: Executor) -> None:
        self._turn = turn
        self._budget = prepared.outset.budget
        self._prelude = prepared.history.prelude
        self._summary = prepared.history.summary
        self._first_message_id = prepared.history.first_message_id
        self._database = database
        self._reader = reader
        self._scale = prepared.scale
        self._system = tokens.estimate(turn.system)
        self._schemas: Sequence[ToolSchema] = ()
        self._tools = 0
        self._estimated = 0
        self._has_overflowed = False

    async def make(self, runtime: Runtime, schemas: Sequence[ToolSchema]) -> None:
        """Makes the next request small enough. Raises TurnError where the model cannot summarise."""
        self._schemas = schemas
        if await self._size() <= self._budget.limit or not runtime.is_model:
            return
        await self._shorten(LONG)
        if await self._size() > self._budget.limit:
            await self._compact(runtime, "full", self._budget.room, KEPT_SHARE)

    def fitted(self, usage: Usage) -> ContextSize:
        """The model has taken the request; its size, with what the provider says of it."""
        self._has_overflowed = False
        self._scale = tokens.calibrated(usage.input_tokens, self._estimated)
        return ContextSize(self._estimated, usage.input_tokens, self._tools)

    async def overflowed(self, runtime: Runtime, overflow: ContextOverflowError) -> None:
        """Makes the request smaller that a provider refused as too long; once, then it raises TurnError."""
        room = min(self._budget.room, await self._size())
        has_gained = False
        if not self._has_overflowed and runtime.is_model:
            self._has_overflowed = True
            has_gained = await self._shorten(LONG)
            has_gained |= await self._compact(runtime, "overflow", room, KEPT_AFTER_OVERFLOW)
        if not has_gained:
            raise TurnError(f"{overflow} {WHAT_TO_DO}", overflow.code) from overflow

    async def compact_all(self, runtime: Runtime) -> None:
        """Summarises everything, as a person asked for. Raises TurnError."""
        await self._size()
        if not await self._compact(runtime, "asked", self._budget.room, 0.0):
            raise TurnError(NOTHING_TO_COMPACT, "nothing_to_compact")

    async def _size(self) -> int:
        """The tokens of the next request."""
        said = tuple(self._turn.transcript)
        if tokens.is_quick(said):
            self._tools, entries = _tokens_of(self._schemas, said)
        else:
            self._tools, entries = await self._in_reader(_tokens_of, self._schemas, said)
        self._estimated = self._system + self._tools + entries
        return int(self._estimated * self._scale)

    async def _shorten(self, longest: int) -> bool:
        """Whether any tool result was longer than this."""
        before = tuple(self._turn.transcript)
        after = await self._in_reader(shortened, before, longest)
        self._turn.transcript[:] = after
        return tuple(after) != before

    async def _compact(self, runtime: Runtime, reason: Reason, room: int, kept_share: float) -> bool:
        """Puts a summary in place of the older part; False where there is no such part, or it is too small."""
        turn = self._turn
        entries = self._without_prelude()
        keep = int(room * kept_share / self._scale)
        count = choose(entries, keep, may_take_all=reason == "asked")
        old, kept = entries[:count], entries[count:]
        gained = tokens.of_entries(old)
        if not old or (reason == "full" and gained < self._budget.room * WORTH_SHARE):
            return False
        before = int(self._estimated * self._scale)
        if reason != "asked":  # the turn itself says so, then
            turn.status("compacting", SUMMARISING)
            turn.flush()
        text, model_id = await self._summarise(runtime, old, int(room * PART_SHARE / self._scale))
        cut = old[-1].cut
        assert cut is not None, "`choose` gives places to cut at"
        after = before - int((gained - tokens.estimate(text)) * self._scale)
        first = self._first_message_id or cut.message_id
        compaction = Compaction(text, first, cut, before, max(0, after), model_id, reason)
        await turn.ask(Compacted(turn.turn_id, compaction))
        is_within_turn = bool(kept) and kept[0].role == "assistant"
        self._summary = text
        self._prelude = await self._in_reader(
            history.prelude, self._database, turn.request.conversation, compaction, is_within_turn
        )
        turn.transcript[:] = history.with_prelude(self._prelude, kept)
        turn.digests = digests(kept)
        return True

    async def _summarise(self, runtime: Runtime, old: Sequence[Entry], size: int) -> tuple[str, str | None]:
        """The summary, and the model that wrote it. Halves the parts where the model cannot take them."""
        while True:
            try:
                return await self._summarise_parts(runtime, old, size)
            except ContextOverflowError as overflow:
                size //= 2
                if size < MIN_PART_TOKENS:
                    raise TurnError(f"{overflow} {WHAT_TO_DO}", overflow.code) from overflow

    async def _summarise_parts(
        self, runtime: Runtime, old: Sequence[Entry], size: int
    ) -> tuple[str, str | None]:
        text, model_id, hide = self._summary, None, self._turn.secrets.hide
        for part in await self._in_reader(lambda: tuple(summary.parts(old, size))):
            side = SideTurn(self._turn, summary.INSTRUCTIONS, summary.question(text, hide(part)))
            step = await runtime.step(side, ())
            await self._turn.finish_step((), step.usage, step.model_id)
            said = "\n\n".join(block.text for block in step.blocks if isinstance(block, TextBlock)).strip()
            if not said:
                raise TurnError(
                    "The model gave no summary, so the conversation does not get shorter. Try again, or choose "
                    "another model.",
                    "compaction_failed",
                )
            text, model_id = tokens.head(hide(said), summary.MAX_SUMMARY_TOKENS), step.model_id
        return text or "", model_id

    def _without_prelude(self) -> list[Entry]:
        """The transcript behind what stands for the part that was summarised before."""
        entries = list(self._turn.transcript)
        if not self._prelude:
            return entries
        rest = entries[0].blocks[len(self._prelude) :]
        return [Entry("user", rest, entries[0].cut), *entries[1:]] if rest else entries[1:]

    async def _in_reader(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, work, *args)


def _tokens_of(schemas: Sequence[ToolSchema], entries: tuple[Entry, ...]) -> tuple[int, int]:
    """Of the tools and of what was said."""
    return tokens.of_tools(schemas), tokens.of_entries(entries)
