"""Escape closes what is open and gives the focus back to where it came from, without a pointer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send


@pytest.fixture
def page(open_page: OpenPage, shared_daemon: DaemonProcess) -> Page:
    api = shared_daemon.client
    conversation = api.new(title="Keys of the shop")
    api.ask(conversation, "help")
    page = open_page(shared_daemon, f"/conversations/{conversation}")
    expect(page.get_by_role("article", name="Answer")).to_be_visible()
    return page


def field(page: Page) -> Locator:
    return page.get_by_label("Message", exact=True)


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("button", "Model:"),
        ("button", "More for this conversation"),
        ("button", "More for this answer"),
        ("button", "More for this message"),
        ("button", "More for Keys of the shop"),
    ],
)
def test_a_menu(page: Page, role: str, name: str) -> None:
    opener = page.get_by_role(role, name=name).first  # type: ignore[arg-type]  # a role as the browser names it
    opener.focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu")
    expect(menu.locator(":focus")).to_have_count(1)
    page.keyboard.press("End")
    page.keyboard.press("Home")
    expect(menu.locator(".menu-item").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(opener).to_be_focused()


@pytest.mark.parametrize("key", ["Control+k", "Control+f"])
def test_what_a_key_opens_while_one_writes(page: Page, key: str) -> None:
    field(page).fill("half a thought")
    page.keyboard.press(key)
    expect(field(page)).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("half a thought")


def test_the_sheet_of_keys(page: Page) -> None:
    log = page.get_by_role("log", name="Messages")
    log.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(log).to_be_focused()


def test_the_title(page: Page) -> None:
    title = page.get_by_role("heading", name="Keys of the shop").get_by_role("button")
    title.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Another")
    page.keyboard.press("Escape")
    expect(title).to_be_focused()
    expect(title).to_have_text("Keys of the shop")
    page.keyboard.press("Enter")
    page.keyboard.type("Keys of the house")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Keys of the house").get_by_role("button")).to_be_focused()


def test_what_is_drawn_anew_keeps_the_focus(page: Page, shared_daemon: DaemonProcess) -> None:
    conversation = page.url.rpartition("/")[2]
    for place in (page.locator(".conversation").first.get_by_role("link"), page.get_by_title("Rename")):
        place.focus()
        shared_daemon.client.patch(
            f"/api/chat/conversations/{conversation}", {"title": f"{place.inner_text()} 2"}
        )
        expect(place).to_contain_text(" 2")
        expect(place).to_be_focused()


def test_a_message_that_is_edited(page: Page) -> None:
    page.get_by_role("button", name="Edit message").focus()
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("help")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(field(page)).to_have_value("")
    expect(field(page)).to_be_focused()


def test_a_name_in_the_list(page: Page) -> None:
    more = page.get_by_role("button", name="More for Keys of the shop").first
    more.focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Rename").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Title")).to_have_count(0)
    expect(page.locator(".conversation:focus-within")).to_contain_text("Keys of the shop")


def test_a_message_that_waits(page: Page) -> None:
    send(page, "run sleep 60")
    expect(page.get_by_role("group", name="Allow Bash?")).to_be_visible()
    send(page, "help")
    edit = page.get_by_role("button", name="Edit waiting message")
    edit.focus()
    page.keyboard.press("Enter")
    waiting = page.get_by_label("Waiting message", exact=True)
    expect(waiting).to_be_focused()
    page.keyboard.press("Escape")
    expect(edit).to_be_focused()
    page.get_by_role("button", name="Remove waiting message").press("Enter")
    expect(page.locator(".queued")).to_have_count(0)
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Stopped before it was complete.")).to_be_visible()
