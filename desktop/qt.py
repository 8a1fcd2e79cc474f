"""What pywebview leaves undone in Qt's web view: downloads, the clipboard, coming to the front.

Nothing here is imported unless that view is in use.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

from desktop.geometry import Area

logger = logging.getLogger(__name__)

QUIET = "--log-level=3"


def prepare(environment: dict[str, str] | os._Environ[str]) -> None:
    """Sets what Qt reads when it is loaded."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        environment.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")  # Chromium's sandbox refuses root
    flags = environment.get("QTWEBENGINE_CHROMIUM_FLAGS", "")
    if QUIET not in flags:
        environment["QTWEBENGINE_CHROMIUM_FLAGS"] = f"{flags} {QUIET}".strip()


def screens() -> list[Area]:
    """The screens; also before there is a window."""
    # Qt wants the engine before the application; the rest pywebview would load while the person waits.
    import qtpy.QtNetwork  # noqa: PLC0415
    import qtpy.QtWebChannel  # noqa: PLC0415
    import qtpy.QtWebEngineWidgets  # noqa: F401, PLC0415
    from qtpy.QtCore import qInstallMessageHandler  # noqa: PLC0415
    from qtpy.QtWidgets import QApplication  # noqa: PLC0415

    qInstallMessageHandler(_log)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    areas = [screen.availableGeometry() for screen in app.screens()]
    return [Area(area.x(), area.y(), area.width(), area.height()) for area in areas]


def repair(native: Any) -> None:
    """Lets a new window copy and download. On the thread of the windows."""
    from qtpy.QtWebEngineCore import QWebEngineSettings  # noqa: PLC0415  (see above)

    settings = native.webview.page().settings()
    settings.setAttribute(QWebEngineSettings.WebAttribute.JavascriptCanAccessClipboard, True)
    # Into the downloads folder, under a name that is free.
    native.profile.downloadRequested.connect(lambda download: download.accept())


def bring_to_front(native: Any) -> None:
    """Shows a window above all others. From any thread."""

    def show() -> None:
        if native.isMinimized():
            native.setWindowState(native.windowState() & ~_minimized())
        native.show()
        native.raise_()
        native.activateWindow()

    native.create_window_trigger.emit(show)  # runs what it is given on the thread of the windows


def shut_down() -> None:
    """Ends Qt in order when the last window is closed: only then is all that the page keeps on the disk."""
    from qtpy.QtWidgets import QApplication  # noqa: PLC0415  (see above)

    app = QApplication.instance()
    if app is not None and hasattr(app, "shutdown"):  # PySide's; PyQt ends it with the process
        app.shutdown()


def _log(kind: Any, _context: Any, text: str) -> None:
    """Qt's own words belong into the log, but for its last ones."""
    if "Fatal" in str(kind):
        print(text, file=sys.stderr)  # noqa: T201  (the process ends here)
    else:
        logger.debug("Qt: %s", text)


def _minimized() -> Any:
    from qtpy.QtCore import Qt  # noqa: PLC0415  (see above)

    return Qt.WindowState.WindowMinimized
