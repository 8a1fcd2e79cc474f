"""What a server's tool returns, as a result for the model: bounded, and only what models can take."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from actors.tools.base import Image, Text, ToolResult
from actors.tools.command_output import BoundedText

if TYPE_CHECKING:
    from mcp_types import CallToolResult, ContentBlock

MAX_IMAGES = 8
MAX_IMAGE_SIZE = 5 * 1024 * 1024
"""Bytes of an encoded image: what providers take."""

_MAX_NAME_LENGTH = 1_000
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def tool_result(result: CallToolResult) -> ToolResult:
    """The result of a call. Text is cut in the middle after 30 KB, all blocks together."""
    images: list[Image] = []
    texts: list[str] = []
    for block in result.content:
        found = _content(block)
        if isinstance(found, str):
            texts.append(found)
        elif len(images) < MAX_IMAGES:
            images.append(found)
        else:
            texts.append(f"[An image was left out: {MAX_IMAGES} are the most.]")
    if result.structured_content is not None and not _is_told(result.structured_content, texts):
        texts.append(json.dumps(result.structured_content, ensure_ascii=False, indent=2))
    text = _bounded(texts)
    told = (Text(text or "(no output)"),) if text or not images else ()
    return ToolResult((*told, *images), is_error=bool(result.is_error))


def _bounded(texts: Iterable[str]) -> str:
    kept = BoundedText()
    for number, text in enumerate(texts):
        kept.add(f"\n{text}" if number else text)
    return kept.text()


def _content(block: ContentBlock) -> str | Image:
    match block.type:
        case "text":
            return block.text
        case "image":
            return _image(block.data, block.mime_type)
        case "audio":
            return f"[Audio of type {_short(block.mime_type)}, which cannot be shown.]"
        case "resource_link":
            about = f": {_short(block.description)}" if block.description else ""
            return f"[{_short(block.title or block.name)}]({_short(block.uri)}){about}"
        case "resource":
            resource = block.resource
            text = getattr(resource, "text", None)
            if isinstance(text, str):
                return f"{_short(resource.uri)}:\n{text}"
            return _image(str(getattr(resource, "blob", "")), resource.mime_type or "", resource.uri)


def _image(data: str, media_type: str, name: str = "") -> str | Image:
    """The image, if it is one: a provider refuses a whole conversation for an image that it cannot read."""
    shown = f"{_short(name)} " if name else ""
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return (
            f"[{shown}was left out: it is not valid base64.]"
            if shown
            else "[An image was left out: it is not valid base64.]"
        )
    real_type = _media_type(content)
    if real_type is None:
        return f"[{shown}{_short(media_type) or 'Data'} of {len(content):,} bytes, which cannot be shown.]"
    if len(content) > MAX_IMAGE_SIZE:
        return f"[An image of {len(content):,} bytes was left out: {MAX_IMAGE_SIZE:,} are the most.]"
    return Image(real_type, content)


def _media_type(content: bytes) -> str | None:
    """What the file is, whatever the server says."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for start, media_type in _SIGNATURES if content.startswith(start)), None)


def _is_told(structured: Any, texts: Iterable[str]) -> bool:
    """Whether a text says the same: servers repeat structured content for clients that do not know it."""
    values = [structured]
    if isinstance(structured, dict) and structured.keys() == {"result"}:
        # So servers wrap what is no object.
        values.append(structured["result"])
    return any(text in values or _decoded(text) in values for text in texts)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _short(text: str) -> str:
    return text if len(text) <= _MAX_NAME_LENGTH else f"{text[:_MAX_NAME_LENGTH]}…"
