"""A turn in the terminal: Markdown as it streams, one line for each tool, a card for what waits for the person."""

from __future__ import annotations

import re
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.markdown import Markdown
from rich.markup import escape
from rich.text import Text

from daemon.permission_card import card
from daemon.visible import visible_line

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
REFRESHES_PER_S = 12
MAX_STATUS_LENGTH = 200


class TurnView:
    """Shows the events of one turn.

    Args:
        console: where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._text = ""
        self._status = ""
        self._live: Live | None = None
        self._wants_live = console.is_terminal

    def show(self, event: dict[str, Any]) -> None:
        """Shows one event."""
        match event["type"]:
            case "delta":
                self._add_text(event["content"])
            case "status":
                self._status = visible_line(event["message"])[:MAX_STATUS_LENGTH]
                self._refresh()
            case "tool_output":
                self._status = visible_line(event["content"].rstrip().rpartition("\n")[2])[:MAX_STATUS_LENGTH]
                self._refresh()
            case "tool_call":
                self.end_text()
                self._line("bold", "•", event["toolName"], event["summary"])
            case "tool_result":
                self._tool_result(event)
            case "screenshot":
                self.end_text()
                self._line("dim", "  ↳", f"image, {event['width']} × {event['height']}", event["originalUrl"])
            case "permission_request":
                self.end_text()
                self._console.print(card(event))
            case "request_resolved" if event["outcome"] not in {"allowed", "answered"}:
                self.end_text()
                self._line("yellow", "•", event["outcome"].capitalize(), _decider(event))
            case "interrupted":
                self.end_text()
                self._line("yellow", "■", "Stopped.", "What there is so far is kept.")
            case "error":
                self.end_text()
                self._line("red", "✗", "Error:", event["message"])
            case "done":
                self.end_text()

    def end_text(self) -> None:
        """Leaves what was written so far as it is."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        if self._text.strip():
            self._console.print(Markdown(_visible(self._text)))
        self._text = ""
        self._status = ""

    def _add_text(self, piece: str) -> None:
        self._text += piece
        done, rest = split_finished(self._text)
        if done:
            self._text = rest
            if self._live is not None:
                self._live.stop()
                self._live = None
            self._console.print(Markdown(_visible(done)))
        self._refresh()

    def _refresh(self) -> None:
        """Only the block that is being written is drawn anew; with no terminal nothing is."""
        if not self._wants_live:
            return
        if self._live is None:
            self._live = Live(
                console=self._console,
                refresh_per_second=REFRESHES_PER_S,
                transient=True,
                get_renderable=self._open,
            )
            self._live.start()

    def _open(self) -> Group:
        status = Text(f"… {self._status}" if self._status else "…", style="dim")
        return Group(Markdown(_visible(self._text)), status) if self._text.strip() else Group(status)

    def _tool_result(self, event: dict[str, Any]) -> None:
        self.end_text()
        lines = event["output"].splitlines()
        first = next((line for line in lines if line.strip()), "")
        if event["isError"]:
            self._line("red", "  ↳", "failed:", first)
        else:
            more = "more than " if event["truncated"] else ""
            count = f"{more}{len(lines)} line{'' if len(lines) == 1 else 's'}"
            self._line("dim", "  ↳", count, f"· {_duration(event['durationMs'])}")

    def _line(self, style: str, mark: str, head: str, rest: str) -> None:
        self._console.print(
            f"[{style}]{mark} {escape(visible_line(head))}[/] {escape(visible_line(rest))}", highlight=False
        )


def _decider(event: dict[str, Any]) -> str:
    by = event["answeredBy"]
    who = {"person": "you", "rule": "a rule"}.get(event["decision"], event["decision"])
    return f"by {who}" if by is None else f"by {who}, in {by['name']}"


def _duration(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def split_finished(text: str) -> tuple[str, str]:
    """The blocks of Markdown that are complete, and the one that is still being written."""
    end = text.rfind("\n\n")
    while end > 0:
        head = text[:end]
        if len(FENCE.findall(head)) % 2 == 0:
            return head, text[end + 2 :]
        end = text.rfind("\n\n", 0, end)
    return "", text


def _visible(text: str) -> str:
    """Markdown without the control characters that a terminal would obey."""
    return "".join(
        char for char in text if char in "\n\t" or (ord(char) >= 32 and not 127 <= ord(char) < 160)
    )
