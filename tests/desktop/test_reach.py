"""Everything can be reached and used by keyboard, in windows of every size, and holds still for those who ask for that."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.api import DEADLINE_S
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import Contexts, OpenPage, Pages
from tests.desktop.screens import SCREENS, send

MOST_STOPS = 200
MOST_WALKS = 5

# What a person could click, and which of it holds the focus. A group of radio buttons or tabs is one stop.
SHOWN = """() => {
  const nodes = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  return nodes.filter((node) => node.checkVisibility({ checkVisibilityCSS: true }) && !node.disabled && node.id !== "scrim"
    && !(node.type === "radio" && !node.checked) && node.getAttribute("role") !== "tab" && !node.closest("[inert]"))
    .map((node) => { node.dataset.stop ??= String(Math.random()); return [node.dataset.stop, node.outerHTML.slice(0, 120)]; });
}"""
STOP = """() => {
  const node = document.activeElement;
  if (node === document.body || node === null) return null;
  const style = getComputedStyle(node);
  const near = node.closest("label, .choice, .composer, .segments") ?? node;
  const sibling = node.nextElementSibling ? getComputedStyle(node.nextElementSibling).outlineStyle : "none";
  const isSeen = style.outlineStyle !== "none" || sibling !== "none" || node.matches("textarea, h2, main, [role=log]")
    || getComputedStyle(near).outlineStyle !== "none";
  return [node.dataset.stop ?? "", isSeen, node.outerHTML.slice(0, 120)];
}"""

WALKED = (
    "home", "answer", "permission", "question", "inbox", "providers", "permissions", "projects", "mcp", "usage",
    "appearance", "notifications", "service", "about", "project", "task", "tasks", "document", "documents",
)  # fmt: skip


@pytest.fixture
def daemon(shared_daemon: DaemonProcess) -> DaemonProcess:
    """One for all: each test has a conversation of its own."""
    return shared_daemon


@pytest.fixture(scope="module")
def walked_page(contexts: Contexts, shared_daemon: DaemonProcess) -> Iterator[tuple[Pages, Page]]:
    """One page for all screens."""
    pages = Pages(contexts)
    yield pages, pages.open(shared_daemon, reduced_motion="reduce")
    pages.close()


def walk(page: Page) -> tuple[set[str], list[str]]:
    """Goes through a page with Tab: what it reaches, and what does not show that it has the focus."""
    page.evaluate("document.activeElement?.blur()")
    page.locator(".skip-link").focus()
    reached = {page.evaluate(STOP)[0]}
    unseen = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or (stop[0] in reached and stop[0]):
            break
        reached.add(stop[0])
        if not stop[1]:
            unseen.append(stop[2])
    return reached, unseen


@pytest.mark.parametrize("screen", WALKED)
def test_tab_reaches_everything_and_shows_where_it_is(
    walked_page: tuple[Pages, Page], shared_daemon: DaemonProcess, work_dir: Path, screen: str
) -> None:
    pages, page = walked_page
    SCREENS[screen](page, shared_daemon.url, shared_daemon.client, work_dir)
    for _ in range(MOST_WALKS):
        shown = dict(page.evaluate(SHOWN))
        reached, unseen = walk(page)
        if shown.keys() == dict(page.evaluate(SHOWN)).keys():
            break  # else something was drawn anew under the walk
    assert not unseen, json.dumps(unseen, indent=1)
    missing = [html for key, html in shown.items() if key not in reached]
    assert not missing, json.dumps(missing, indent=1)
    pages.check()


def test_the_skip_link_leads_past_the_sidebar(open_page: OpenPage, shared_daemon: DaemonProcess) -> None:
    page = open_page(shared_daemon, "/settings/about")
    skip = page.get_by_role("link", name="Skip to the conversation")
    expect(skip).not_to_be_in_viewport()
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


SIZES = ((380, 700), (800, 600), (1920, 1080), (3840, 2160))


@pytest.mark.parametrize("screen", ["home", "answer", "permission", "inbox", "permissions"])
def test_every_size_shows_everything_at_a_width_for_reading(
    open_page: OpenPage, daemon: DaemonProcess, work_dir: Path, screen: str
) -> None:
    page = open_page(daemon)
    SCREENS[screen](page, daemon.url, daemon.client, work_dir)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate("document.documentElement.scrollHeight") == height
        if screen == "permission":
            check_card(page, width, height)


def check_card(page: Page, width: int, height: int) -> None:
    """The field and the card are within the window, and no wider than one reads."""
    field, card = page.locator(".composer").bounding_box(), page.locator(".request").last.bounding_box()
    root = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert field is not None
    assert card is not None
    assert field["y"] + field["height"] <= height
    assert field["width"] <= 60 * root
    assert card["width"] <= 60 * root
    if width == 3840:
        assert root > 16, "letters grow with the screen"
        middle = field["x"] + field["width"] / 2
        sidebar = page.locator("#sidebar").bounding_box()
        assert sidebar is not None
        assert abs(middle - (width + sidebar["width"]) / 2) < 20


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_those_who_ask_for_that(
    open_page: OpenPage, daemon: DaemonProcess, work_dir: Path, motion: str
) -> None:
    page = open_page(daemon, reduced_motion=motion)
    SCREENS["permission"](page, daemon.url, daemon.client, work_dir)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Command palette")).to_be_visible()
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((node) => {
          const style = getComputedStyle(node);
          return style.animationName !== "none" || style.transitionDuration.split(",").some((time) => parseFloat(time) > 0);
        }).length"""
    )
    assert (moving == 0) == (motion == "reduce")


def test_what_listens_hears_the_answer_once_and_politely(
    open_page: OpenPage, daemon: DaemonProcess, work_dir: Path
) -> None:
    page = open_page(daemon, f"/conversations/{daemon.client.new(workingDirectory=str(work_dir))}")
    announcer = page.locator("#announcer")
    expect(announcer).to_have_attribute("aria-live", "polite")
    page.evaluate("""() => {
      window.heard = [];
      new MutationObserver(() => window.heard.push(document.getElementById("announcer").textContent))
        .observe(document.getElementById("announcer"), { childList: true, characterData: true, subtree: true });
    }""")
    send(page, "run cat notes.txt")
    card = page.get_by_role("group", name="Allow Bash?")
    expect(card).to_be_visible()
    page.wait_for_function("window.heard.includes('The agent is working.')")
    card.get_by_role("button", name="Allow once").click(delay=450)
    expect(announcer).to_contain_text("second line")
    heard = page.evaluate("window.heard.filter(Boolean)")
    assert sum("second line" in text for text in heard) == 1
    # The messages themselves are a log that is not read out while they stream.
    expect(page.get_by_role("log", name="Messages")).to_have_attribute("aria-live", "off")


def test_an_answer_that_comes_between_two_frames_is_heard(open_page: OpenPage, daemon: DaemonProcess) -> None:
    conversation = daemon.client.new()
    page = open_page(daemon, has_clock=True)
    received: list[str] = []
    page.on("websocket", lambda one: one.on("framereceived", lambda frame: received.append(str(frame))))
    start = datetime(2030, 1, 1, tzinfo=UTC)
    page.clock.install(time=start)
    page.goto(f"{daemon.url}/conversations/{conversation}")
    expect(page.get_by_text("Nothing is said here yet")).to_be_visible()
    # Nothing is drawn from now on. A silent connection is given more time than that.
    page.clock.pause_at(start + timedelta(seconds=40))
    daemon.client.ask(conversation, "help")
    deadline = time.monotonic() + DEADLINE_S
    while not any('"type":"done"' in frame for frame in received):
        assert time.monotonic() < deadline
        page.evaluate("0")
    page.clock.run_for(200)
    expect(page.locator("#announcer")).to_contain_text("shows a file, or lines a to b of it")
