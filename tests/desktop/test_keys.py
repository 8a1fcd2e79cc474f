"""The keys that work everywhere, also where the sidebar is hidden or lies over the conversation."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

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


def test_keys_lead_to_places(open_page: OpenPage, shared_daemon: DaemonProcess) -> None:
    api = shared_daemon.client
    second, first = (api.new(title=title) for title in ("Second", "First"))
    page = open_page(shared_daemon)
    expect(page.locator(".conversation").nth(1)).to_contain_text("Second")
    page.keyboard.press("Control+2")
    page.wait_for_url(f"**/conversations/{second}")
    page.keyboard.press("Control+1")
    page.wait_for_url(f"**/conversations/{first}")
    page.keyboard.press("Control+,")
    page.wait_for_url("**/settings")
    page.keyboard.press("Control+n")
    expect(page.get_by_role("heading", name="What shall we work on?")).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_be_focused()


@pytest.fixture
def narrow(open_page: OpenPage, shared_daemon: DaemonProcess) -> Page:
    conversation = shared_daemon.client.new(title="Narrow")
    size = {"width": 380, "height": 700}
    return open_page(shared_daemon, f"/conversations/{conversation}", viewport=size, reduced_motion="reduce")


def test_the_focus_goes_into_the_sidebar_over_a_conversation_and_closes_it_when_it_leaves(
    narrow: Page,
) -> None:
    narrow.get_by_role("button", name="Show the sidebar").press("Enter")
    expect(narrow.get_by_role("button", name="New chat")).to_be_focused()
    narrow.keyboard.press("Tab")
    expect(narrow.get_by_role("button", name="Hide the sidebar")).to_be_focused()
    narrow.keyboard.press("Enter")
    expect(narrow.get_by_role("button", name="Show the sidebar")).to_be_focused()
    narrow.keyboard.press("Control+b")
    narrow.get_by_role("link", name="Settings").focus()
    expect(narrow.get_by_role("link", name="Settings")).to_be_in_viewport()
    narrow.keyboard.press("Tab")
    expect(narrow.get_by_role("button", name="Show the sidebar")).to_be_focused()
    expect(narrow.get_by_role("link", name="Settings")).not_to_be_in_viewport()


def test_a_menu_over_the_sidebar_leaves_it_open(narrow: Page) -> None:
    narrow.keyboard.press("Control+b")
    row = narrow.get_by_role("listitem").filter(has_text="Narrow").first
    row.hover()
    row.get_by_role("button", name="More for Narrow").press("Enter")
    narrow.get_by_role("menuitem", name="Rename").press("Enter")
    expect(narrow.get_by_label("Title")).to_be_focused()
    expect(narrow.get_by_label("Title")).to_be_in_viewport()
