"""Finds a text in one conversation: in what was written, thought, and done with tools. Letter case does not matter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from storage.branches import Segment
from storage.database import Database

READ_AT_ONCE = 500
"""So many rows are in memory at a time."""


class Found(msgspec.Struct, frozen=True):
    """A message that holds the text; `count` adds its places in the text, and the tool calls and thoughts with it."""

    message_id: str
    count: int


def find(database: Database, conversation_id: str, path: Sequence[Segment], text: str) -> list[Found]:
    """The messages of a branch in which a text stands, in order. Takes longer than an event loop should wait.

    Args:
        database: where to read.
        conversation_id: whose messages.
        path: the branch, as `branches.path` gives it.
        text: as a person typed it; blanks around it do not count.
    """
    wanted = text.strip().lower()
    found: list[Found] = []
    if not wanted:
        return found
    in_json = json.dumps(wanted, ensure_ascii=False)[1:-1]
    for segment in path:
        after = segment.after_pk
        while rows := database.rows(
            "SELECT pk, id, content, metadata FROM messages WHERE conversation_id = ? AND branch_id = ? "
            "AND pk > ? AND pk <= ? AND role IN ('user', 'assistant') ORDER BY pk LIMIT ?",
            (conversation_id, segment.branch_id, after, segment.to_pk, READ_AT_ONCE),
        ):
            after = rows[-1][0]
            for _, message_id, content, metadata in rows:
                count = content.lower().count(wanted)
                if metadata is not None and in_json in metadata.lower():
                    count += _in_metadata(json.loads(metadata), wanted)
                if count:
                    found.append(Found(message_id, count))
    return found


def _in_metadata(metadata: dict[str, Any], wanted: str) -> int:
    """How many tool calls and thoughts of an answer hold the text."""
    calls = (
        (call.get("toolName"), call.get("summary"), call.get("toolInput"), call.get("output"))
        for call in metadata.get("toolCalls") or ()
    )
    thoughts = (thought.get("text") for thought in metadata.get("thinking") or ())
    return sum(_holds(part, wanted) for part in (*calls, *thoughts))


def _holds(value: Any, wanted: str) -> bool:
    """Whether a text stands somewhere in decoded JSON, but for the names of fields."""
    if isinstance(value, str):
        return wanted in value.lower()
    if isinstance(value, dict):
        return any(_holds(item, wanted) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_holds(item, wanted) for item in value)
    return isinstance(value, int | float) and wanted in str(value).lower()
