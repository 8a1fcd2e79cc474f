"""What a turn shows in the terminal: nothing that a model or a tool says is obeyed by it."""

from __future__ import annotations

import io

from rich.console import Console

from daemon.terminal import TurnView


def test_a_status_does_not_move_the_terminal() -> None:
    file = io.StringIO()
    view = TurnView(Console(file=file, force_terminal=True, width=80))
    view.show({"type": "status", "message": "Using \x1b]0;title\x07"})
    view.end_text()
    assert "\\x1b]0;title\\x07" in file.getvalue()
    assert "\x1b]" not in file.getvalue()
