"""The conversation so far, as the model gets it: read from the store alone."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec

from actors.context.compaction import Compaction, last_of
from actors.context.given import context_block
from actors.notices import ContextSize
from actors.transcript import ContextBlock, Entry, rebuild
from storage import branches, messages, tasks, turns
from storage.database import Database
from storage.records import Conversation, Message, Task

ALL = 1_000_000


class History(msgspec.Struct, frozen=True):
    """What was said.

    Attributes:
        prelude: what stands for the part that was summarised; empty where nothing was.
        entries: the rest.
        first_message_id: the first message of all; None where there is none.
        summary: the summary in the prelude.
        last_size: of the newest request to a model on this branch, as far as it is known.
    """

    prelude: tuple[ContextBlock, ...]
    entries: list[Entry]
    first_message_id: str | None
    summary: str | None
    last_size: ContextSize | None

    @property
    def transcript(self) -> list[Entry]:
        """All of it."""
        return with_prelude(self.prelude, self.entries)


def read(database: Database, conversation: Conversation, writing: str | None = None) -> History:
    """The history of the conversation's branch.

    Args:
        database: where to read.
        conversation: whose history.
        writing: the row of the answer that is being written, which does not belong to it yet.
    """
    rows = [row for row in _rows(database, conversation) if row.id != writing]
    compaction = last_of(rows)
    steps = turns.steps(database, conversation.id)
    entries = rebuild(rows, steps, compaction.cut if compaction else None)
    is_within_turn = bool(entries) and entries[0].role == "assistant"
    blocks: tuple[ContextBlock, ...] = ()
    if compaction is not None:
        blocks = _prelude(database, conversation, rows, compaction, is_within_turn=is_within_turn)
    return History(
        prelude=blocks,
        entries=entries,
        first_message_id=next((row.id for row in rows if row.role != "system"), None),
        summary=compaction.summary if compaction else None,
        last_size=_last_size(rows),
    )


def prelude(
    database: Database, conversation: Conversation, compaction: Compaction, is_within_turn: bool
) -> tuple[ContextBlock, ...]:
    """What stands for what a compaction has summarised.

    Args:
        database: where to read.
        conversation: whose history.
        compaction: what was summarised.
        is_within_turn: what is kept begins in the middle of an answer.
    """
    rows = _rows(database, conversation)
    return _prelude(database, conversation, rows, compaction, is_within_turn=is_within_turn)


def with_prelude(blocks: tuple[ContextBlock, ...], entries: Sequence[Entry]) -> list[Entry]:
    """The entries behind the blocks; both are the person's turn to speak where the first entry is."""
    if not blocks:
        return list(entries)
    if entries and entries[0].role == "user":
        return [Entry("user", blocks + entries[0].blocks, entries[0].cut), *entries[1:]]
    return [Entry("user", blocks), *entries]


def _rows(database: Database, conversation: Conversation) -> list[Message]:
    path = branches.path(database, conversation.id, conversation.branch_id)
    return messages.page(database, conversation.id, path, limit=ALL)


def _prelude(
    database: Database,
    conversation: Conversation,
    rows: Sequence[Message],
    compaction: Compaction,
    *,
    is_within_turn: bool,
) -> tuple[ContextBlock, ...]:
    """The summary; then, word for word: pinned messages, the message that is being answered, open tasks."""
    place = next(at for at, row in enumerate(rows) if row.id == compaction.cut.message_id)
    summarised = rows[: place + 1]
    pinned = [row for row in summarised if row.is_pinned]
    blocks = [
        context_block(
            "The conversation up to here was summarised to save room. Files that it speaks of may have changed: "
            f"read them again before you change them. The summary:\n\n{compaction.summary}"
        )
    ]
    if pinned:
        said = "\n\n".join(f"## {_speaker(row)}\n{row.content}" for row in pinned)
        blocks.append(context_block(f"These messages were pinned and are kept word for word:\n\n{said}"))
    asked = next((row for row in summarised if row.id == rows[place].parent_id), None)
    if is_within_turn and asked is not None and not asked.is_pinned:
        blocks.append(context_block(f"The message that you are answering, word for word:\n\n{asked.content}"))
    if conversation.project_id is not None:
        open_tasks = tasks.open_of_project(database, conversation.project_id)
        if open_tasks:
            told = "\n".join(_task(task) for task in open_tasks)
            blocks.append(context_block(f"Open tasks of the project:\n{told}"))
    return tuple(blocks)


def _speaker(row: Message) -> str:
    return "The person" if row.role == "user" else "You"


def _task(task: Task) -> str:
    lines = [f"- {task.title} ({task.status}, priority {task.priority}, id {task.id})"]
    lines += [f"  {line}" for line in (task.description or "").splitlines()]
    return "\n".join(lines)


def _last_size(rows: Sequence[Message]) -> ContextSize | None:
    """What the newest answer's row keeps of its last request."""
    for row in reversed(rows):
        if row.role == "assistant" and row.metadata is not None:
            kept = json.loads(row.metadata).get("context")
            if kept is not None:
                return ContextSize(kept["estimatedTokens"], kept["reportedTokens"], kept["toolTokens"])
    return None
