"""A real browser that shows the chat page of a real daemon."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, expect, sync_playwright

from tests.conftest import StartDaemon, needs_program, starting
from tests.daemon_process import DaemonProcess, clean_environment
from tests.desktop.driving import DrivenWindow, OpenWindow
from tests.desktop.virtual_screen import VirtualScreen

DEADLINE_MS = 15_000
STILL = "/web/none/css/tokens.css"
OpenPage = Callable[..., Page]

expect.set_options(timeout=DEADLINE_MS)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for the tests of this folder: while it is there, no test can run an event loop of its own."""
    chromium = needs_program("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--process-per-site"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def port() -> Iterator[int]:
    """A port for one daemon after the other: the browser knows the files of the page by it. Nobody else is given it."""
    if sys.platform != "linux":  # elsewhere a port that is held cannot be listened at
        yield 0
        return
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def start_daemon(tmp_path: Path, port: int) -> Iterator[StartDaemon]:
    """As everywhere; the first daemon of a test is always at the same port."""
    with starting(tmp_path, first_port=port) as start:
        yield start


class Contexts:
    """Contexts of one browser for one test after the other.

    A new one would load the hundred files of the page again, which costs more than most tests do.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = {}

    def take(self, options: dict[str, object], still: str) -> BrowserContext:
        """One that nobody uses.

        Args:
            options: of a new one.
            still: the address of a page that nothing happens in. It stays open.
        """
        free = self._free.setdefault(repr(options), [])
        if free:
            return free.pop()
        context = self._browser.new_context(**options)  # type: ignore[arg-type]  # what the test chose
        context.new_page().goto(
            still
        )  # the process that it is in has compiled the scripts for those that follow
        return context

    def give_back(self, context: BrowserContext, options: dict[str, object]) -> None:
        """Closes its pages but for the first. What they stored goes with the next `blank_page`."""
        for page in context.pages[1:]:
            page.close()
        context.clear_cookies()
        context.clear_permissions()
        context.unroute_all()
        self._free[repr(options)].append(context)


def blank_page(context: BrowserContext, origin: str) -> Page:
    """A new page of a context that has stored nothing of an origin but its files."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    session.detach()
    return page


@pytest.fixture(scope="package")
def contexts(browser: Browser) -> Contexts:
    """Those of the one browser."""
    return Contexts(browser)


class Pages:
    """Pages of one browser, each in a context that has nothing of another, and what went wrong in them."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self._taken: list[tuple[BrowserContext, dict[str, object]]] = []
        self._own: list[BrowserContext] = []
        self._faults: list[str] = []

    def open(
        self, daemon: DaemonProcess, path: str = "/", *, has_clock: bool = False, **options: object
    ) -> Page:
        """Opens a page that is signed in.

        Args:
            daemon: whose page.
            path: what is opened.
            has_clock: whether the test sets `page.clock`. It holds for the whole context, which nobody else gets then.
            options: the browser context's.
        """
        chosen = {"viewport": {"width": 1280, "height": 800}, **options}
        context = self._contexts.take(chosen, daemon.url + STILL)
        if has_clock:
            self._own.append(context)
        else:
            self._taken.append((context, chosen))
        context.set_default_timeout(DEADLINE_MS)
        page = blank_page(context, daemon.url)
        page.on("pageerror", lambda error: self._faults.append(str(error)))
        page.on("console", self._note)
        page.on("dialog", self._refuse)
        link = daemon.client.post("/api/session/links")["url"]
        if path == "/":
            page.goto(link)
            page.wait_for_url(daemon.url + "/")
        else:
            assert context.request.get(link).ok
            page.goto(daemon.url + path)
        return page

    def check(self) -> None:
        """Fails when a script failed or when the browser refused something since the last time."""
        faults, self._faults = self._faults, []
        assert not faults

    def close(self) -> None:
        """Closes all pages."""
        for context, options in self._taken:
            self._contexts.give_back(context, options)
        for context in self._own:
            context.close()

    def _note(self, said: ConsoleMessage) -> None:
        if "Security Policy" in said.text:
            self._faults.append(said.text)

    def _refuse(self, dialog: Dialog) -> None:
        self._faults.append(f"a dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture
def open_page(contexts: Contexts, start_daemon: StartDaemon) -> Iterator[OpenPage]:
    """Opens pages that are signed in: `open_page(daemon, path, **options)`; options are the browser context's.

    The test fails when a script failed or when the browser refused something.
    """
    del start_daemon  # its daemons outlive the pages, which would miss them
    pages = Pages(contexts)
    yield pages.open
    pages.close()
    pages.check()


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualScreen]:
    """One screen for the tests of this module."""
    if importlib.util.find_spec("PySide6") is None:
        message = "PySide6 is missing; `make install-desktop` installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    found = VirtualScreen(tmp_path_factory.mktemp("screen"))
    yield found
    found.stop()


@pytest.fixture
def environment(screen: VirtualScreen, tmp_path: Path) -> dict[str, str]:
    """The variables of a window; whatever it opens in the browser, a file gets to know."""
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/opened\n')
    browser.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return clean_environment(home, DISPLAY=screen.display, BROWSER=f"{browser} %s")


@pytest.fixture
def open_window(environment: dict[str, str], tmp_path: Path) -> Iterator[OpenWindow]:
    """Opens windows of a data folder; those that are still open in the end are closed."""
    opened: list[DrivenWindow] = []

    def open_() -> DrivenWindow:
        opened.append(DrivenWindow(tmp_path / "data", environment))
        return opened[-1]

    yield open_
    for window in opened:
        if window.process.poll() is None:
            window.end()
