"""Dialogs by keyboard alone: they open, hold the focus, close with Escape and give the focus back; a slip loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage

WITHIN = """() => {
  const dialog = document.querySelector("dialog[open]");
  const node = document.activeElement;
  return node === document.body ? "the browser" : dialog.contains(node) ? node.outerHTML : "elsewhere";
}"""
STOPS = "(dialog) => [...dialog.querySelectorAll('a[href], button, input, select, textarea')].filter((node) => node.checkVisibility() && !node.disabled && !(node.type === 'radio' && !node.checked)).length"


@pytest.mark.parametrize(
    ("path", "opener"),
    [
        ("/settings/mcp", "Add a server"),
        ("/settings/projects", "Add a project"),
        ("/tasks", "Add a task"),
        ("conversation", "of the context used"),
    ],
)
def test_a_dialog_holds_the_focus_and_gives_it_back(
    open_page: OpenPage, shared_daemon: DaemonProcess, work_dir: Path, path: str, opener: str
) -> None:
    api = shared_daemon.client
    place = f"/conversations/{api.new(workingDirectory=str(work_dir))}" if path == "conversation" else path
    page = open_page(shared_daemon, place)
    button = page.get_by_role("button", name=opener).first
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    reached = {page.evaluate(WITHIN)}
    count = dialog.evaluate(STOPS)
    for _ in range(count + 3):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(WITHIN))
    assert "elsewhere" not in reached
    assert len(reached - {"the browser"}) >= count
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def beside(page: Page) -> tuple[float, float]:
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    return box["x"] - 30, box["y"] + 30


def test_a_click_beside_closes_what_only_shows_something(
    open_page: OpenPage, shared_daemon: DaemonProcess
) -> None:
    page = open_page(shared_daemon, "/inbox")
    page.locator("body").press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.mouse.click(*beside(page))
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_is_being_filled_in_is_not_lost_by_a_slip(
    open_page: OpenPage, shared_daemon: DaemonProcess
) -> None:
    page = open_page(shared_daemon, "/tasks")
    page.get_by_role("button", name="Add a task").first.click()
    title = page.get_by_role("dialog").get_by_label("Title")
    title.fill("Write the release notes")
    title.hover()
    page.mouse.down()
    page.mouse.move(*beside(page))  # a selection that ends beside the dialog
    page.mouse.up()
    page.mouse.click(*beside(page))
    expect(title).to_have_value("Write the release notes")
