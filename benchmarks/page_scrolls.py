"""10,000 messages open and scroll, and 100,000 conversations scroll, in a real browser with a real daemon."""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness.processes import daemon
from benchmarks.harness.report import Result, UnavailableError, main
from storage.paths import DataDir
from tests.daemon_process import DaemonProcess
from tests.desktop.full_store import LONG, fill

if TYPE_CHECKING:
    from playwright.sync_api import Page

CONVERSATIONS, MESSAGES = 100_000, 10_000
OPENED_S = 0.5
FRAMES_S = 58.0
"""A screen shows 60 frames a second; two may be lost to the measuring itself."""

TICK_PX = 240
WAIT_MS = 20_000
OPEN = """([title, last]) => new Promise((resolve) => {
  const link = [...document.querySelectorAll(".conversation a")].find((one) => one.textContent.includes(title));
  const from = performance.now();
  link.click();
  const look = () => {
    const shown = [...document.querySelectorAll("article")].at(-1);
    const isThere = shown?.textContent.includes(last) && shown.getBoundingClientRect().top < innerHeight;
    if (!isThere) requestAnimationFrame(look);
    else requestAnimationFrame(() => resolve(performance.now() - from));
  };
  look();
})"""
"""Opens a conversation; milliseconds until its last message has been painted."""

WATCH = """() => {
  window.frames_ = [];
  const note = (now) => { if (window.frames_) { window.frames_.push(now); requestAnimationFrame(note); } };
  requestAnimationFrame(note);
}"""
WATCHED = "() => { const times = window.frames_; window.frames_ = null; return times; }"


def measure(small: bool) -> Sequence[Result]:
    """The wheel turns as fast as a hand turns it; frames are counted meanwhile."""
    chromium = shutil.which("chromium")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        raise UnavailableError("The page needs chromium and Playwright, which are not installed.")
    count, long, ticks, runs = (1_000, 200, 30, 1) if small else (CONVERSATIONS, MESSAGES, 240, 5)
    with tempfile.TemporaryDirectory() as name:
        data_dir = DataDir(Path(name) / "data")
        fill(data_dir, count, long)
        with daemon(data_dir.root) as running, opened(chromium, running) as page:
            opens = [opens_s(page, long) for _ in range(runs)]
            up = scroll(page, ".transcript", -TICK_PX, ticks)
            drawn = elements(page)
            side = scroll(page, ".conversation-list", TICK_PX, ticks)
            grown = elements(page) / drawn
    return (
        Result("10,000 messages: from the click to the last one", statistics.median(opens), "s", OPENED_S),
        Result("10,000 messages: scrolled by the wheel", up, "frames/s", FRAMES_S, direction="at least"),
        Result(
            "100,000 conversations: scrolled by the wheel", side, "frames/s", FRAMES_S, direction="at least"
        ),
        Result("  elements of the page after that, to before", grown, "x", 1.1),
    )


@contextmanager
def opened(chromium: str, running: DaemonProcess) -> Iterator[Page]:
    """The page, signed in."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (not everybody has it)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(WAIT_MS)
        page.goto(running.client.post("/api/session/links")["url"])
        page.wait_for_selector(".conversation")
        try:
            yield page
        finally:
            browser.close()


def opens_s(page: Page, count: int) -> float:
    """Opens the long conversation from the start page, in seconds."""
    page.get_by_role("button", name="New chat").first.click()
    page.wait_for_function("location.pathname === '/'")
    took_ms: float = page.evaluate(OPEN, [LONG, f"Message {count - 1}"])
    return took_ms / 1000


def scroll(page: Page, where: str, tick_px: int, ticks: int) -> float:
    """Turns the wheel over a part of the page; the frames a second that it was drawn with."""
    part = page.locator(where)
    part.hover()
    before: float = part.evaluate("(node) => node.scrollTop")
    page.evaluate(WATCH)
    for _ in range(ticks):
        page.mouse.wheel(0, tick_px)
    times: list[float] = page.evaluate(WATCHED)
    after: float = part.evaluate("(node) => node.scrollTop")
    assert before != after, f"{where} was not scrolled"
    return 1000 * (len(times) - 1) / (times[-1] - times[0])


def elements(page: Page) -> int:
    """How many elements the page has."""
    count: int = page.evaluate("document.querySelectorAll('*').length")
    return count


if __name__ == "__main__":
    main(measure)
