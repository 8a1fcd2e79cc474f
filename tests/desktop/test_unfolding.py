"""What is opened in a transcript comes into sight, and nothing else moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Thinks

PARAGRAPHS = "\n\n".join(f"Paragraph {number}." for number in range(40))


@pytest.fixture
def page(open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, tmp_path: Path) -> Page:
    """A long conversation whose end shows a tool call and a thought."""
    (tmp_path / "long.txt").write_text("".join(f"line {number}\n" for number in range(300)))
    model.script(
        Answer(Says(PARAGRAPHS), Calls("Read", {"file_path": "long.txt"})),
        Answer(Thinks("A long thought. " * 60), Says("Read.")),
    )
    conversation = connected.client.new("claude-code", workingDirectory=str(tmp_path))
    page = open_page(connected, f"/conversations/{conversation}")
    send(page, "go")
    expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Read.", exact=True)).to_be_visible()
    return page


def box(place: Locator) -> dict[str, float]:
    found = place.bounding_box()
    assert found is not None
    return {"top": found["y"], "bottom": found["y"] + found["height"]}


def drawn(page: Page) -> None:
    """Waits until what has happened was told to the page, and drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize(("line", "body"), [("long.txt", ".tool-body"), ("Thought", ".thinking-text")])
def test_what_is_opened_at_the_end_is_seen_whole(page: Page, line: str, body: str) -> None:
    button = page.locator(".tool-line", has_text=line)
    button.click()
    expect(page.locator(body)).to_be_visible()
    seen = box(page.get_by_role("log"))
    page.wait_for_function(
        "([body, bottom]) => document.querySelector(body).getBoundingClientRect().bottom <= bottom",
        arg=[body, seen["bottom"]],
    )
    assert box(button)["top"] >= seen["top"]


def test_what_fits_below_moves_nothing(page: Page) -> None:
    log = page.get_by_role("log")
    button = page.locator(".tool-line", has_text="long.txt")
    # A reader who has left the end is not taken back to it when there is room below.
    log.evaluate("(node) => { node.scrollTop -= 300; }")
    drawn(page)
    log.evaluate("(node) => { node.style.paddingBottom = '1000px'; }")
    drawn(page)
    log.evaluate("(node, by) => { node.scrollTop += by; }", box(button)["top"] - box(log)["top"] - 20)
    drawn(page)
    before = box(button)["top"]
    assert abs(before - box(log)["top"] - 20) <= 1
    button.click()
    expect(page.locator(".tool-body")).to_be_visible()
    drawn(page)
    assert box(button)["top"] == before
