"""A hundred thousand conversations and ten thousand messages: the work for the eye stays that of a screenful."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from storage.paths import DataDir
from tests.conftest import starting
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import DEADLINE_MS, OpenPage
from tests.desktop.full_store import LONG, fill

CONVERSATIONS = 100_000
MESSAGES = 10_000


SCROLL_DOWN = """(node, [number, deadline]) => new Promise((resolve) => {
  const until = performance.now() + deadline;
  const step = () => {
    node.scrollTo(0, node.scrollHeight);
    const last = [...node.querySelectorAll(".conversation")].at(-1).textContent.match(/\\d+/);
    if (Number(last) <= number || performance.now() > until) resolve(Number(last) <= number);
    else requestAnimationFrame(step);
  };
  step();
})"""
"""Scrolls on as pages come, until the list shows a conversation with at most this number."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    """A daemon with a full store, which the tests only read."""
    folder = tmp_path_factory.mktemp("large")
    data_dir = DataDir(folder / "full")
    fill(data_dir, CONVERSATIONS, MESSAGES)
    with starting(folder) as start:
        yield start(data_dir.root)


def elements(page: Page) -> int:
    """How many elements the page has."""
    count: int = page.evaluate("document.querySelectorAll('*').length")
    return count


def test_a_full_store_is_shown_by_the_screenful(open_page: OpenPage, full: DaemonProcess) -> None:
    page = open_page(full)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.get_by_role("link", name=LONG).click()
    last = page.get_by_role("article").last
    expect(last).to_be_in_viewport()
    expect(last).to_contain_text(f"Message {MESSAGES - 1}")
    assert sum("/messages?" in url for url in requests) <= 2
    assert page.get_by_role("article").count() <= 120
    assert elements(page) < 6000
    # Down the list, and up the conversation: pages come, and what was drawn before does not pile up in the list.
    lists = page.locator(".conversation-list")
    assert lists.evaluate(SCROLL_DOWN, [CONVERSATIONS - 350, DEADLINE_MS])
    assert page.locator(".conversation").count() < 80
    log = page.get_by_role("log")
    before = page.get_by_role("article").count()
    name = page.locator(".bubble").first.text_content()
    log.evaluate("(node) => node.scrollTo(0, 0)")
    expect(page.get_by_role("article")).not_to_have_count(before)
    expect(page.locator(".bubble").get_by_text(name or "", exact=True)).to_be_in_viewport()


def test_find_reaches_the_first_of_ten_thousand(open_page: OpenPage, full: DaemonProcess) -> None:
    page = open_page(full)
    page.get_by_role("link", name=LONG).click()
    expect(page.get_by_role("article").last).to_be_in_viewport()
    page.keyboard.press("Control+f")
    page.keyboard.type("message 17\n")
    expect(page.get_by_role("search").get_by_text("of 111")).to_be_visible()
    page.get_by_label("Find in this conversation").fill("print(1)")
    expect(page.get_by_role("search").get_by_text("1 of 1")).to_be_visible()
    expect(page.get_by_role("article").filter(has_text="print(1)")).to_be_in_viewport()
    page.get_by_label("Find in this conversation").fill("Message 9000")
    expect(page.get_by_role("search").get_by_text("1 of 1")).to_be_visible()
    expect(page.get_by_role("article").filter(has_text="Message 9000")).to_be_in_viewport()
    assert page.get_by_role("article").count() <= 240
