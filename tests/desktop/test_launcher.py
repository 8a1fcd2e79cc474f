"""Whether there can be a window."""

from __future__ import annotations

import pytest

from desktop.launcher import why_not


@pytest.mark.parametrize(
    ("environment", "platform", "libraries", "reason"),
    [
        ({"DISPLAY": ":0"}, "linux", {"PySide6"}, None),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", {"gi"}, None),
        ({}, "darwin", set(), None),
        ({}, "win32", set(), None),
        ({}, "linux", {"PySide6"}, "display"),
        ({"DISPLAY": ""}, "linux", {"PySide6"}, "display"),
        ({"DISPLAY": ":0"}, "linux", set(), "make install-desktop"),
    ],
)
def test_there_is_a_window_where_there_is_a_display_and_a_web_view(
    environment: dict[str, str], platform: str, libraries: set[str], reason: str | None
) -> None:
    found = why_not(environment, platform, libraries.__contains__)
    assert (reason is None) == (found is None)
    assert (reason or "") in (found or "")
