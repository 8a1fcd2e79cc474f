"""The real window, which does what a test tells it. Run as a process: one JSON command a line in, one answer a line out."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from daemon.door import Door
from desktop import launcher
from desktop.window import Window

T = TypeVar("T")


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
        case "accept":
            return accept(view.native)
    raise ValueError(name)


def clipboard(native: Any) -> str:
    """The text in the clipboard."""
    from qtpy.QtWidgets import QApplication

    return str(on_the_thread_of_windows(native, lambda: QApplication.clipboard().text()))


def accept(native: Any) -> str | None:
    """Clicks OK in the dialog that is open; its text, or None where none is."""
    from qtpy.QtWidgets import QApplication, QMessageBox

    def click() -> str | None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QMessageBox):
            return None
        text = str(dialog.text())
        dialog.button(QMessageBox.StandardButton.Ok).click()
        return text

    return on_the_thread_of_windows(native, click)


def on_the_thread_of_windows(native: Any, do: Callable[[], T]) -> T:
    """What something comes to there."""
    found: list[T] = []
    is_done = threading.Event()

    def run() -> None:
        found.append(do())
        is_done.set()

    native.create_window_trigger.emit(run)
    assert is_done.wait(10)
    return found[0]


if __name__ == "__main__":
    launcher.leave(main())
