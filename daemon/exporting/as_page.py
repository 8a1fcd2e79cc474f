"""Conversations as one HTML page that needs nothing else: no scripts, no addresses, its own styles, its pictures inside.

What an agent has written goes through the same sanitised rendering as in the chat.
"""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from html import escape
from itertools import islice
from typing import Any, Protocol

from daemon.exporting.parts import Entry, Text, ToolCall, entries, facts, title
from daemon.rendering.plain import plain
from daemon.schemas import Rendered
from storage.database import Database
from storage.document_files import DocumentFiles, Part
from storage.records import Conversation, Message
from storage.times import to_iso

BATCH = 20
MAX_PICTURE_BYTES = 4 * 1024 * 1024
_IMAGE = re.compile(r' src="/api/documents/([0-9a-f-]{36})/(file|thumbnail)[^"]*"')
_LINK = re.compile(r' href="/[^"]*"')
_TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.55 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }}
article {{ border-top: 1px solid #8884; padding: .75rem 0; }}
article.user {{ background: #8881; padding: .75rem; border-radius: .5rem; border: 0; }}
header, .facts, summary {{ color: GrayText; font-size: .875rem; }}
pre {{ overflow-x: auto; background: #8882; padding: .75rem; border-radius: .375rem; }}
pre.plain {{ background: none; padding: 0; white-space: pre-wrap; font: inherit; }}
figure.code {{ margin: 1rem 0; }} figcaption {{ font-size: .75rem; color: GrayText; }}
table {{ border-collapse: collapse; }} th, td {{ border: 1px solid #8886; padding: .25rem .5rem; }}
img {{ max-width: 100%; }} details {{ margin: .5rem 0; }} .failed {{ color: #c33; }}
</style>
</head>
<body>
"""
TAIL = "</body>\n</html>\n"


class Renders(Protocol):
    """What makes HTML of answers: `rendering.answers.RenderedAnswers`."""

    async def of(self, messages: Sequence[Message]) -> dict[str, list[Rendered]]:
        """The HTML of messages, by id."""
        ...


async def pieces(
    database: Database,
    conversations: Sequence[Conversation],
    rendered: Renders,
    files: DocumentFiles,
    in_thread: Callable[[Callable[[], Any]], Awaitable[Any]],
) -> AsyncIterator[str]:
    """The page, piece by piece.

    Args:
        database: where to read.
        conversations: what is on it.
        rendered: makes HTML of answers.
        files: where pictures lie.
        in_thread: does work that reads.
    """
    name = title(conversations[0]) if len(conversations) == 1 else f"{len(conversations)} conversations"
    yield HEAD.format(title=escape(name))
    for conversation in conversations:
        lines = "<br>".join(escape(one) for one in facts(database, conversation))
        yield f'<h1>{escape(title(conversation))}</h1>\n<p class="facts">{lines}</p>\n'
        rest = entries(database, conversation)
        while batch := await in_thread(partial(_next, rest)):
            found = await rendered.of([entry.message for entry in batch])
            yield await in_thread(partial(_articles, batch, found, files))
    yield TAIL


def _next(rest: Iterator[Entry]) -> list[Entry]:
    return list(islice(rest, BATCH))


def _articles(batch: Sequence[Entry], found: Mapping[str, Sequence[Rendered]], files: DocumentFiles) -> str:
    return "".join(
        _article(entry, {one.offset: one.html for one in found.get(entry.message.id, ())}, files)
        for entry in batch
    )


def _article(entry: Entry, html: Mapping[int, str], files: DocumentFiles) -> str:
    detail = f" · {escape(entry.detail)}" if entry.detail else ""
    time = to_iso(entry.message.created_at)
    body = "".join(_part(part, html, lambda match: _picture(files, match)) for part in entry.parts)
    return (
        f'<article class="{entry.message.role}">\n<header>{escape(entry.speaker)}{detail} · '
        f'<time datetime="{time}">{time}</time></header>\n{body}</article>\n'
    )


def _part(part: Text | ToolCall, html: Mapping[int, str], picture: Callable[[re.Match[str]], str]) -> str:
    if isinstance(part, Text):
        found = html.get(part.offset)
        # Addresses of the daemon lead nowhere from here.
        return _LINK.sub("", _IMAGE.sub(picture, found)) if found is not None else plain(part.text.strip())
    failed = ' <span class="failed">failed</span>' if part.is_error else ""
    head = f"<summary><b>{escape(part.tool_name)}</b> {escape(part.summary)}{failed}</summary>"
    return f"<details>{head}<pre>{escape(part.output, quote=False)}</pre></details>\n"


def _picture(files: DocumentFiles, match: re.Match[str]) -> str:
    """The picture itself in place of its address; its thumbnail where it is large, nothing where it is gone."""
    parts: tuple[Part, ...] = ("file", "thumbnail") if match[2] == "file" else ("thumbnail",)
    for part in parts:
        path = files.path(match[1], part)
        try:
            raw = path.read_bytes() if path.stat().st_size <= MAX_PICTURE_BYTES else b""
        except OSError:
            continue
        media_type = next((kind for start, kind in _TYPES.items() if raw.startswith(start)), None)
        if media_type is not None:
            return f' src="data:{media_type};base64,{base64.b64encode(raw).decode()}"'
    return ""
