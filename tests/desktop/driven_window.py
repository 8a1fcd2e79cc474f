"""The real window, which does what a test tells it. Run as a process: one JSON command a line in, one answer a line out."""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from daemon.door import Door
from desktop import launcher
from desktop.window import Window


def main() -> int:
    """Opens the window and obeys until there is nothing more to read; then it closes the window."""

    def obey(window: Window) -> None:
        say("ready")
        for line in sys.stdin:
            name, *arguments = json.loads(line)
            say(perform(window, name, arguments))
        window.close()

    return launcher.open_desktop(Door.of(sys.argv[1]), obey)


def say(value: object) -> None:
    """Writes an answer."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def perform(window: Window, name: str, arguments: list[Any]) -> Any:
    """Does one thing and tells what comes of it."""
    view = window._view
    match name:
        case "js":
            return window.run_js(*arguments)
        case "resize":
            return view.resize(*arguments)
        case "move":
            return view.move(*arguments)
        case "place":
            return [view.x, view.y, view.width, view.height]
        case "clipboard":
            return clipboard(view.native)
    raise ValueError(name)


def clipboard(native: Any) -> str:
    """The text in the clipboard."""
    from qtpy.QtWidgets import QApplication

    found: list[str] = []
    is_read = threading.Event()

    def read() -> None:
        found.append(QApplication.clipboard().text())
        is_read.set()

    native.create_window_trigger.emit(read)
    assert is_read.wait(10)
    return found[0]


if __name__ == "__main__":
    launcher.leave(main())
