"""Whether the window tells what happens is decided where the window is: on the page that it shows."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage


def test_the_notifications_of_the_window_are_turned_off_and_on(
    open_page: OpenPage, daemon: DaemonProcess
) -> None:
    page = open_page(daemon)
    page.add_init_script("window.pywebview = {}")  # as the window does
    page.goto(daemon.url + "/settings/notifications")
    for name, is_on in (("Turn off", False), ("Turn on", True)):
        page.get_by_role("button", name=name).click()
        expect(
            page.get_by_role("button", name="Turn on" if name == "Turn off" else "Turn off")
        ).to_be_visible()
        assert daemon.client.get("/api/settings")["windowNotifications"] is is_on
