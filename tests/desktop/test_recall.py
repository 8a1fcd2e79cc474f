"""Up and Down in the composer: all that was written in this conversation, as in a shell, and the draft at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send


@pytest.fixture
def daemon(shared_daemon: DaemonProcess) -> DaemonProcess:
    """One for all: each test has a conversation of its own."""
    return shared_daemon


@pytest.fixture
def conversation(api: Api, work_dir: Path) -> str:
    return api.new(workingDirectory=str(work_dir))


@pytest.fixture
def page(open_page: OpenPage, api: Api, daemon: DaemonProcess, conversation: str) -> Page:
    for content in ("list .", "read notes.txt", "read notes.txt", "help"):
        api.ask(conversation, content)
    page = open_page(daemon, f"/conversations/{conversation}")
    expect(page.get_by_role("article", name="Answer")).to_have_count(4)
    return page


def field(page: Page):
    return page.get_by_label("Message", exact=True)


def step(page: Page, key: str, shows: str) -> None:
    """Presses a key; then the field holds this."""
    page.keyboard.press(key)
    expect(field(page)).to_have_value(shows)


def test_up_and_down_walk_through_what_was_written(page: Page) -> None:
    field(page).fill("half a thought")
    step(page, "ArrowUp", "help")
    step(page, "ArrowUp", "read notes.txt")
    step(page, "ArrowUp", "list .")
    step(page, "ArrowUp", "list .")
    step(page, "ArrowDown", "read notes.txt")
    step(page, "ArrowDown", "help")
    step(page, "ArrowDown", "half a thought")
    step(page, "ArrowDown", "half a thought")


def test_what_was_sent_is_the_first_step_of_the_next_walk(page: Page) -> None:
    step(page, "ArrowUp", "help")
    step(page, "ArrowUp", "read notes.txt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="Answer")).to_have_count(5)
    step(page, "ArrowUp", "read notes.txt")
    step(page, "ArrowUp", "help")


def test_a_change_on_the_way_is_kept(page: Page) -> None:
    step(page, "ArrowUp", "help")
    page.keyboard.type(" me")
    step(page, "ArrowUp", "read notes.txt")
    step(page, "ArrowDown", "help me")
    step(page, "ArrowDown", "")


def test_within_lines_the_keys_move_the_caret(page: Page) -> None:
    long = "word " * 60  # which is wrapped
    field(page).fill(f"{long}\nlast line")
    before = field(page).input_value()
    lines = field(page).evaluate("(node) => Math.round(node.clientHeight / 23)")
    assert lines > 3
    step(page, "ArrowUp", before)
    step(page, "ArrowUp", before)
    for _ in range(lines):
        page.keyboard.press("ArrowUp")
    expect(field(page)).not_to_have_value(before)
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(field(page)).to_have_value(before)
    page.keyboard.press("Control+End")
    page.keyboard.press("Shift+ArrowUp")
    expect(field(page)).to_have_value(before)


def test_the_draft_survives_a_reload_in_the_middle_of_a_walk(page: Page) -> None:
    field(page).fill("half a thought")
    step(page, "ArrowUp", "help")
    page.reload()
    expect(field(page)).to_have_value("half a thought")


def test_the_walk_goes_on_beyond_what_is_loaded(open_page: OpenPage, api: Api, daemon: DaemonProcess) -> None:
    long = api.new()
    for number in range(70):
        api.ask(long, f"note {number}")
    page = open_page(daemon, f"/conversations/{long}")
    expect(page.get_by_role("article", name="Your message").last).to_contain_text("note 69")
    field(page).focus()
    for number in range(69, -1, -1):
        step(page, "ArrowUp", f"note {number}")
    step(page, "ArrowUp", "note 0")


def test_what_a_message_named_is_named_again(page: Page, api: Api, conversation: str) -> None:
    field(page).press_sequentially("look at @ntst")
    expect(page.get_by_role("option", name="notes.txt")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="Answer")).to_have_count(5)
    page.reload()
    expect(page.locator(".bubble .mention")).to_have_count(1)
    field(page).focus()
    step(page, "ArrowUp", "look at @notes.txt ")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble .mention")).to_have_count(2)
    again = api.messages(conversation)[-2]
    assert [one["entityId"] for one in again["metadata"]["mentions"]] == ["notes.txt"]


def test_a_home_page_has_no_history(open_page: OpenPage, daemon: DaemonProcess) -> None:
    page = open_page(daemon)
    send(page, "")
    step(page, "ArrowUp", "")
    field(page).fill("half a thought")
    step(page, "ArrowUp", "half a thought")
    page.wait_for_function("() => document.activeElement.selectionStart === 0")
