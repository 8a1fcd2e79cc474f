"""Copies a conversation, up to one of its messages, into a new one. Its events stay with the old one."""

from __future__ import annotations

import json
from collections.abc import Sequence

from msgspec.structs import replace

from storage import conversations, messages, turns
from storage.branches import Segment
from storage.database import Database
from storage.ids import new_id
from storage.records import MAIN_BRANCH, Conversation, Message, Turn
from storage.statements import Statement

ALL = 1_000_000_000

NAMING_A_MESSAGE = ("fromMessageId", "toMessageId", "requestId")


def copy(
    database: Database, source: str, path: Sequence[Segment], to_pk: int, fork: Conversation
) -> list[Statement]:
    """The statements that store a fork. Can take longer than an event loop should wait.

    Args:
        database: where to read.
        source: the conversation to copy from.
        path: the branch of it, as `branches.path` gives it.
        to_pk: the place of the last message to copy; see `branches.fork_after`.
        fork: the new conversation.
    """
    shown = [replace(one, to_pk=min(one.to_pk, to_pk)) for one in path]
    rows = [row for row in messages.page(database, source, shown, limit=ALL) if _is_over(row)]
    ids = {row.id: new_id() for row in rows}
    turn_ids = {row.turn_id: new_id() for row in rows if row.turn_id is not None}
    copied_turns = [turn for turn in turns.of_conversation(database, source) if turn.id in turn_ids]
    return [
        conversations.insert(fork),
        *(turns.insert(_turn(turn, fork.id, turn_ids[turn.id], ids)) for turn in copied_turns),
        *(messages.insert(_message(row, fork.id, turn_ids, ids)) for row in rows),
        *(
            turns.append_step(fork.id, turn_ids[step.turn_id], step.role, step.blocks)
            for step in turns.steps(database, source)
            if step.turn_id in turn_ids
        ),
        Statement(
            "INSERT INTO conversation_documents (conversation_id, document_id, message_id) "
            "SELECT ?1, document_id, json_extract(?3, '$.\"' || message_id || '\"') "
            "FROM conversation_documents WHERE conversation_id = ?2 "
            "AND json_extract(?3, '$.\"' || message_id || '\"') IS NOT NULL",
            (fork.id, source, json.dumps(ids)),
        ),
    ]


def _is_over(row: Message) -> bool:
    """An answer that is being written, or a request that waits, belongs to the conversation it runs in."""
    return row.status not in {"pending", "streaming"}


def _message(row: Message, conversation_id: str, turn_ids: dict[str, str], ids: dict[str, str]) -> Message:
    return replace(
        row,
        id=ids[row.id],
        conversation_id=conversation_id,
        turn_id=turn_ids.get(row.turn_id) if row.turn_id is not None else None,
        branch_id=MAIN_BRANCH,
        parent_id=ids.get(row.parent_id) if row.parent_id is not None else None,
        metadata=_with_new_ids(row.metadata, ids),
    )


def _with_new_ids(metadata: str | None, ids: dict[str, str]) -> str | None:
    """The metadata of a summary names the messages that it stands for, that of a request its own row."""
    if metadata is None or not any(f'"{name}"' in metadata for name in NAMING_A_MESSAGE):
        return metadata
    fields = json.loads(metadata)
    fields |= {name: ids.get(fields[name]) for name in NAMING_A_MESSAGE if name in fields}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _turn(turn: Turn, conversation_id: str, turn_id: str, ids: dict[str, str]) -> Turn:
    """The turn in its new conversation: what a client called its message there stays there."""
    return replace(
        turn,
        id=turn_id,
        conversation_id=conversation_id,
        user_message_id=ids.get(turn.user_message_id, turn.user_message_id),
        assistant_message_id=ids.get(turn.assistant_message_id, turn.assistant_message_id),
        client_message_id=None,
        status="interrupted" if turn.status == "running" else turn.status,
        first_seq=0,
        last_seq=0,
    )
