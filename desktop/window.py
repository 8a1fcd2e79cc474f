"""The window: pywebview's, and all that is to be known about it."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import webview
from webview.errors import WebViewException

from desktop import geometry, hung_daemon, page_scripts, qt

logger = logging.getLogger(__name__)

TITLE = "stagent"
ANSWER_TIMEOUT_S = 3.0
BACKGROUND = "#f7f8fa"


class CannotOpenError(Exception):
    """No window can be opened; the message says why."""


class Window:
    """The window of the page. Methods may be called from any thread but that of the windows, `run` aside.

    Args:
        folder: where the window's place and the page's storage are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._origin = ""
        self._geometry = geometry.load(folder / "geometry.json")
        self._kept: str | None = None
        self._view: Any = None
        self._uses_qt = sys.platform not in {"darwin", "win32"} and _has("qtpy") and _has_qt()
        self.is_closed = threading.Event()

    def prepare(self) -> None:
        """Loads what a window needs. On the main thread."""
        if self._uses_qt:
            qt.prepare(os.environ)
            self._geometry = self._geometry.fitted(qt.screens())

    def run(self, link: str | None, opened: Callable[[], None]) -> None:
        """Opens the window and waits until it is closed. On the main thread, after `prepare`.

        Args:
            link: the address to start with; None where no daemon answers yet.
            opened: called in another thread when there is a window.

        Raises:
            CannotOpenError: there can be none.
        """
        self._origin = _origin(link or "")
        webview.settings["ALLOW_DOWNLOADS"] = not self._uses_qt
        try:
            self._view = self._create(link)
            webview.start(
                opened,
                gui="qt" if self._uses_qt else None,
                private_mode=False,
                storage_path=str(self._folder / "web"),
            )
        except WebViewException as error:
            raise CannotOpenError(f"The window cannot be opened: {error}") from error
        finally:
            self.is_closed.set()
        geometry.save(self._folder / "geometry.json", self._geometry)
        if self._uses_qt:
            qt.shut_down()

    def load(self, link: str) -> None:
        """Goes to the daemon's new address, with what the page has kept."""
        self._kept = self.run_js(page_scripts.KEPT) or self._kept
        self._origin = _origin(link)
        self._view.load_url(link)

    def go_to(self, path: str) -> None:
        """Shows another place of the page."""
        self.run_js(page_scripts.go_to(path))

    def run_js(self, script: str) -> Any:
        """Runs a script in the page; what it comes to, where the system's web view tells.

        None where there is no answer within three seconds: a page that is just leaving gives none.
        """
        answers: list[Any] = []
        asking = threading.Thread(target=lambda: answers.append(self._view.run_js(script)), daemon=True)
        asking.start()
        asking.join(ANSWER_TIMEOUT_S)
        return answers[0] if answers else None

    def bring_to_front(self) -> None:
        """Shows the window above all others."""
        if self._uses_qt:
            qt.bring_to_front(self._view.native)
        else:
            self._view.show()
            self._view.restore()

    def confirm(self, title: str, question: str) -> bool:
        """Asks the person, over the window; waits for the answer."""
        return bool(self._view.create_confirmation_dialog(title, question))

    def is_focused(self) -> bool:
        """Whether the person works in it."""
        return webview.active_window() is self._view

    def close(self) -> None:
        """Closes it."""
        self._view.destroy()

    def _create(self, link: str | None) -> Any:
        placed = self._geometry
        view = webview.create_window(
            TITLE,
            link,
            html=None if link else hung_daemon.PAGE,
            width=placed.width,
            height=placed.height,
            x=placed.x,
            y=placed.y,
            maximized=placed.is_maximized,
            min_size=(geometry.MIN_WIDTH, geometry.MIN_HEIGHT),
            background_color=BACKGROUND,
            text_select=True,
            zoomable=True,
        )
        assert view is not None
        if self._uses_qt:
            view.events.before_show += lambda: qt.repair(view.native)
        view.events.loaded += self._loaded
        view.events.moved += self._moved
        view.events.resized += self._resized
        view.events.maximized += lambda: self._note(is_maximized=True)
        view.events.restored += lambda: self._note(is_maximized=False)
        return view

    def _loaded(self) -> None:
        """A page has come. A foreign one belongs into the browser, and ours comes back."""
        address = self._view.get_current_url() or ""
        if not address.startswith("http"):
            return
        if _origin(address) != self._origin:
            webbrowser.open(address)
            self._view.load_url(f"{self._origin}/")
            return
        self.run_js(page_scripts.BRIDGE)
        if self._kept is not None and urlsplit(address).path != "/sign-in":
            kept, self._kept = self._kept, None
            self.run_js(page_scripts.restore(kept))

    def _moved(self, x: float, y: float) -> None:
        if not self._geometry.is_maximized:
            self._note(x=int(x), y=int(y))

    def _resized(self, width: float, height: float) -> None:
        if not self._geometry.is_maximized:
            self._note(width=int(width), height=int(height))

    def _note(self, **changes: Any) -> None:
        self._geometry = replace(self._geometry, **changes)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _has_qt() -> bool:
    return any(_has(module) for module in ("PySide6", "PyQt6", "PyQt5"))
