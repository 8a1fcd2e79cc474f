"""How large the parts of a conversation's context are, for people who want to know."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from actors import tokens
from actors.context import history
from actors.context.budget import Budget
from actors.context.parts import Part, PartName
from actors.context.prepare import look, scale_of
from actors.errors import TurnError
from actors.options import Options
from actors.tools.registry import builtin_tools, tool_schemas
from actors.transcript import ContextBlock, Entry
from storage.database import Database
from storage.records import Conversation


class ContextReport(msgspec.Struct, frozen=True):
    """What the next turn of a conversation would be given, without the message that starts it.

    Attributes:
        budget: the sizes that it keeps to.
        reported: how many tokens the newest request had, as the provider has counted; None where it is not known.
        problems: what was left out, in sentences for people.
    """

    budget: Budget
    parts: tuple[Part, ...]
    reported: int | None
    problems: tuple[str, ...]

    @property
    def used(self) -> int:
        """The tokens of all parts."""
        return sum(part.tokens for part in self.parts)


def report(database: Database, conversation: Conversation, options: Options, budget: Budget) -> ContextReport:
    """The report. Reads the disk, and the whole history: run it in a thread."""
    read = history.read(database, conversation)
    scale = scale_of(read)
    identity = project = 0
    try:
        surface = look(database, conversation, options, budget)
    except TurnError as error:
        problems: tuple[str, ...] = (str(error),)
    else:
        problems = surface.project.problems
        identity, project = tokens.estimate(surface.identity), tokens.estimate(surface.project.text)
    size = read.last_size
    tools = size.tools if size else tokens.of_tools(tool_schemas(builtin_tools().values()))
    given, said = _split(read.entries)
    summary = sum(tokens.of_block(block) for block in read.prelude)

    def part(name: PartName, count: int, limit: int | None = None) -> Part:
        return Part(name, int(count * scale), limit)

    parts = (
        part("system", identity, budget.system),
        part("project", project, budget.project),
        part("tools", tools),
        part("mentions", given, budget.mentions),
        part("summary", summary),
        part("history", said),
    )
    return ContextReport(budget, parts, (size.reported or None) if size else None, problems)


def _split(entries: Sequence[Entry]) -> tuple[int, int]:
    """The tokens of what was given along with messages, and of everything else."""
    given = said = 0
    for entry in entries:
        for block in entry.blocks:
            if isinstance(block, ContextBlock):
                given += tokens.of_block(block)
            else:
                said += tokens.of_block(block)
    return given, said
