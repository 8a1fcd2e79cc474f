"""A real browser that shows the chat page of a real daemon."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect, sync_playwright

from tests.conftest import StartDaemon, needs_program
from tests.daemon_process import DaemonProcess

DEADLINE_MS = 15_000
OpenPage = Callable[..., Page]

expect.set_options(timeout=DEADLINE_MS)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for the tests of this folder: while it is there, no test can run an event loop of its own."""
    chromium = needs_program("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, start_daemon: StartDaemon) -> Iterator[OpenPage]:
    """Opens pages that are signed in: `open_page(daemon, path, **options)`; options are the browser context's.

    The test fails when a script failed or when the browser refused something.
    """
    del start_daemon  # its daemons outlive the pages, which would miss them
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def refuse(dialog: Dialog) -> None:
        faults.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def open_(daemon: DaemonProcess, path: str = "/", **options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})  # type: ignore[arg-type]  # what the test chose
        contexts.append(context)
        context.set_default_timeout(DEADLINE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Security Policy" in said.text else None)
        page.on("dialog", refuse)
        link = daemon.client.post("/api/session/links")["url"]
        page.goto(link)
        page.wait_for_url(daemon.url + "/")
        if path != "/":
            page.goto(daemon.url + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not faults
