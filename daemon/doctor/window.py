"""The window: whether there is a display, and something to draw the page with."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator

from daemon.doctor.base import Finding, Patient

LIBRARIES = ("PySide6", "PyQt6", "PyQt5", "gi")
"""What pywebview can draw with on Linux; macOS and Windows bring their own."""


def check(patient: Patient) -> Iterator[Finding]:
    """Looks for both; the page opens in any browser all the same."""
    if not _is_installed("webview"):
        remedy = "pip install 'stagent[desktop]', or use `stagent open`."
        yield Finding("window", "warning", "pywebview is not installed.", remedy)
    elif sys.platform in {"darwin", "win32"}:
        yield Finding("window", "ok", "The window uses the system's own web view.")
    elif not (patient.environment.get("DISPLAY") or patient.environment.get("WAYLAND_DISPLAY")):
        yield Finding(
            "window", "ok", "There is no display here; `stagent open --print` gives a link for a browser."
        )
    elif found := next(filter(_is_installed, LIBRARIES), None):
        yield Finding("window", "ok", f"The window uses {found}.")
    else:
        remedy = "`make install-desktop`, or pip install 'stagent[desktop]'; `stagent open` works without."
        yield Finding("window", "warning", "The window has no library to draw with.", remedy)


def _is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
