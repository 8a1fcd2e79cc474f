"""A real browser that shows the chat page of a real daemon."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, expect, sync_playwright

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


class Pages:
    """Pages of one browser, each in a context of its own, and what went wrong in them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._faults: list[str] = []

    def open(self, daemon: DaemonProcess, path: str = "/", **options: object) -> Page:
        """Opens a page that is signed in; options are the browser context's."""
        context = self._browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})  # type: ignore[arg-type]  # what the test chose
        self._contexts.append(context)
        context.set_default_timeout(DEADLINE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: self._faults.append(str(error)))
        page.on("console", self._note)
        page.on("dialog", self._refuse)
        link = daemon.client.post("/api/session/links")["url"]
        page.goto(link)
        page.wait_for_url(daemon.url + "/")
        if path != "/":
            page.goto(daemon.url + path)
        return page

    def check(self) -> None:
        """Fails when a script failed or when the browser refused something since the last time."""
        faults, self._faults = self._faults, []
        assert not faults

    def close(self) -> None:
        """Closes all pages."""
        for context in self._contexts:
            context.close()

    def _note(self, said: ConsoleMessage) -> None:
        if "Security Policy" in said.text:
            self._faults.append(said.text)

    def _refuse(self, dialog: Dialog) -> None:
        self._faults.append(f"a dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture
def open_page(browser: Browser, start_daemon: StartDaemon) -> Iterator[OpenPage]:
    """Opens pages that are signed in: `open_page(daemon, path, **options)`; options are the browser context's.

    The test fails when a script failed or when the browser refused something.
    """
    del start_daemon  # its daemons outlive the pages, which would miss them
    pages = Pages(browser)
    yield pages.open
    pages.close()
    pages.check()
