"""A conversation in the order in which it is read: who said what, with the tool calls where they were made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from storage import branches, messages
from storage.database import Database
from storage.records import Conversation, Message
from storage.times import to_iso

PAGE = 200


class ToolCall(msgspec.Struct, frozen=True, rename="camel"):
    """A tool call, as far as the answer's row keeps it."""

    tool_name: str = "tool"
    summary: str = ""
    offset: int = 0
    is_error: bool = False
    output: str = ""


class _Metadata(msgspec.Struct, frozen=True, rename="camel"):
    type: str | None = None
    model_id: str | None = None
    tool_calls: list[ToolCall] = []
    decision: str | None = None
    summary: Any = None


class Text(msgspec.Struct, frozen=True):
    """A stretch of text.

    Attributes:
        offset: where it begins, in Unicode code points.
    """

    offset: int
    text: str


class Entry(msgspec.Struct, frozen=True):
    """A message as people read it.

    Attributes:
        speaker: who said it, in words.
        detail: the model, or what became of it.
    """

    message: Message
    speaker: str
    detail: str
    parts: tuple[Text | ToolCall, ...]


_metadata = msgspec.json.Decoder(_Metadata)


def entries(database: Database, conversation: Conversation) -> Iterator[Entry]:
    """The messages of the branch that the conversation shows. Reads the store page by page."""
    path = branches.path(database, conversation.id, conversation.branch_id)
    after: str | None = None
    while rows := messages.page(database, conversation.id, path, limit=PAGE, after=after):
        yield from map(_entry, rows)
        after = rows[-1].id


def facts(database: Database, conversation: Conversation) -> list[str]:
    """What stands above a conversation."""
    others = len(branches.of_conversation(database, conversation.id))
    found = [
        f"{to_iso(conversation.created_at)} to {to_iso(conversation.updated_at)}",
        conversation.runtime_id + (f", {conversation.model_id}" if conversation.model_id else ""),
    ]
    if conversation.working_directory:
        found.append(conversation.working_directory)
    if others:
        found.append(f"{others} more branches, which the JSONL form has too")
    return found


def title(conversation: Conversation) -> str:
    """The title, or what stands for one."""
    return conversation.title or "Untitled"


def _entry(message: Message) -> Entry:
    known = _read(message)
    if message.role == "user":
        return Entry(message, "You", "", (Text(0, message.content),))
    if message.role == "system":
        what = (known.type or "note").replace("_", " ")
        detail = known.decision or message.status
        text = known.summary if isinstance(known.summary, str) else message.content
        return Entry(message, what.capitalize(), detail, (Text(0, text),) if text else ())
    status = "" if message.status == "complete" else message.status
    detail = ", ".join(filter(None, (known.model_id, status)))
    return Entry(message, "Agent", detail, tuple(_parts(message.content, known.tool_calls)))


def _parts(content: str, calls: list[ToolCall]) -> Iterator[Text | ToolCall]:
    start = 0
    for call in sorted(calls, key=lambda one: one.offset):
        end = min(call.offset, len(content))
        if content[start:end].strip():
            yield Text(start, content[start:end])
        start = max(start, end)
        yield call
    if content[start:].strip():
        yield Text(start, content[start:])


def _read(message: Message) -> _Metadata:
    try:
        return _metadata.decode(message.metadata) if message.metadata else _Metadata()
    except msgspec.DecodeError:
        return _Metadata()
