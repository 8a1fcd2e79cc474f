"""A conversation as Markdown: the texts as they were written, tool calls and their output as blocks of code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from daemon.exporting.parts import Entry, Text, ToolCall, entries, facts, title
from storage.database import Database
from storage.records import Conversation
from storage.times import to_iso

_RUN = re.compile(r"`+")


def pieces(database: Database, conversation: Conversation) -> Iterator[str]:
    """The conversation, piece by piece."""
    head = "\n".join(f"- {one}" for one in facts(database, conversation))
    yield f"# {_line(title(conversation))}\n\n{head}\n"
    for entry in entries(database, conversation):
        yield _message(entry)


def _message(entry: Entry) -> str:
    detail = f" ({_line(entry.detail)})" if entry.detail else ""
    head = f"\n## {entry.speaker}{detail}\n\n_{to_iso(entry.message.created_at)}_\n"
    return head + "".join(f"\n{_part(part)}\n" for part in entry.parts)


def _part(part: Text | ToolCall) -> str:
    if isinstance(part, Text):
        return part.text.strip()
    failed = ", failed" if part.is_error else ""
    head = f"**{_line(part.tool_name)}** {_code(_line(part.summary))}{failed}"
    return f"{head}\n\n{_fenced(part.output)}" if part.output.strip() else head


def _line(text: str) -> str:
    return " ".join(text.split())


def _code(text: str) -> str:
    """Text in backticks, more of them than it has itself."""
    if not text:
        return ""
    marks = "`" * (_longest(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{marks}{space}{text}{space}{marks}"


def _fenced(text: str) -> str:
    fence = "`" * max(3, _longest(text) + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def _longest(text: str) -> int:
    """The longest run of backticks."""
    return max((len(run) for run in _RUN.findall(text)), default=0)
