"""What an agent wants to do, in the terminal: all of it, and nothing that hides in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.panel import Panel
from rich.syntax import Syntax
from rich.text import Text

from daemon.visible import visible_line

MAX_LINES = 60
TAB_WIDTH = 4


def card(event: dict[str, Any]) -> Panel:
    """What a person decides about.

    Args:
        event: the request, with all of the tool's input.
    """
    tool_name, tool_input = event["toolName"], event["toolInput"]
    parts: list[Any] = []
    if tool_name == "Bash":
        parts.append(_code(_lines(str(tool_input["command"])), "bash"))
    elif event["diff"]:
        parts += _bounded(_lines(event["diff"].removesuffix("\n")), "diff")
    else:
        fields = [f"{name}: {_text(value)}" for name, value in tool_input.items()]
        parts += _bounded([line for field in fields for line in _lines(field)], "text")
    parts.append(Text(visible_line(event["why"]), style="dim"))
    title = f"{tool_name} {visible_line(event['summary'])}"
    return Panel(Group(*parts), title=escape(title[:100]), title_align="left", border_style="blue")


def _lines(text: str) -> list[str]:
    return [visible_line(line.expandtabs(TAB_WIDTH)) for line in text.split("\n")]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _bounded(lines: Sequence[str], language: str) -> list[Any]:
    """The first lines, and how many more there are."""
    more = len(lines) - MAX_LINES
    shown: list[Any] = [_code(lines[:MAX_LINES], language)]
    return [*shown, Text(f"… {more} more lines", style="bold yellow")] if more > 0 else shown


def _code(lines: Sequence[str], language: str) -> Syntax:
    return Syntax("\n".join(lines), language, word_wrap=True, background_color="default")
