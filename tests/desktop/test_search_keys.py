"""The keys that search all conversations, where the sidebar is hidden or lies over the conversation."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage

KEYS = ["Control+Shift+f", "/"]


@pytest.mark.parametrize("key", KEYS)
def test_the_search_comes_back_with_the_sidebar(
    open_page: OpenPage, shared_daemon: DaemonProcess, key: str
) -> None:
    page = open_page(shared_daemon, "/inbox")
    search = page.get_by_label("Search conversations")
    page.keyboard.press("Control+b")
    expect(search).to_be_hidden()
    page.keyboard.press(key)
    expect(search).to_be_focused()
    expect(search).to_have_value("")
    page.locator("#main").focus()
    page.keyboard.press(key)
    expect(search).to_be_focused()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
@pytest.mark.parametrize("key", KEYS)
def test_the_search_opens_over_a_narrow_conversation_and_escape_leads_back(
    open_page: OpenPage, shared_daemon: DaemonProcess, key: str, motion: str
) -> None:
    conversation = shared_daemon.client.new(title="Narrow")
    page = open_page(
        shared_daemon,
        f"/conversations/{conversation}",
        viewport={"width": 380, "height": 700},
        reduced_motion=motion,
    )
    page.get_by_role("log", name="Messages").focus()
    search = page.get_by_label("Search conversations")
    expect(search).not_to_be_in_viewport()
    page.keyboard.press(key)
    expect(search).to_be_focused()
    page.keyboard.type("narrow")
    expect(search).to_have_value("narrow")
    page.keyboard.press("Escape")  # the words first
    expect(search).to_have_value("")
    page.keyboard.press("Escape")
    expect(search).not_to_be_in_viewport()
    expect(page.get_by_role("button", name="Show the sidebar")).to_be_focused()
