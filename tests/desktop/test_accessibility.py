"""axe-core finds nothing on any screen, in either theme, wide or narrow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import Contexts, OpenPage, Pages
from tests.desktop.floating_screens import FLOATING
from tests.desktop.npm import npm_package
from tests.desktop.screens import SCREENS

EVERY = SCREENS | FLOATING
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that another theme can break: it changes colours alone."""


def violations(page: Page, rules: list[str] | None = None) -> list[dict[str, Any]]:
    """What axe-core objects to, in short. Without names of rules all rules are tried."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((npm_package("axe-core") / "axe.min.js").read_text())
    only = {"type": "tag", "values": TAGS} if rules is None else {"type": "rule", "values": rules}
    found = page.evaluate("(only) => axe.run(document, { runOnly: only, resultTypes: ['violations'] })", only)
    return [
        {"rule": one["id"], "help": one["help"], "where": [node["html"][:200] for node in one["nodes"]][:4]}
        for one in found["violations"]
    ]


def background(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


@pytest.fixture(scope="module")
def wide_page(contexts: Contexts, shared_daemon: DaemonProcess) -> Iterator[tuple[Pages, Page]]:
    """One page for all screens: a new one would load everything again for each."""
    pages = Pages(contexts)
    yield pages, pages.open(shared_daemon, reduced_motion="reduce")
    pages.close()


@pytest.fixture(scope="module")
def narrow_page(contexts: Contexts, shared_daemon: DaemonProcess) -> Iterator[tuple[Pages, Page]]:
    """One page as wide as a telephone."""
    pages = Pages(contexts)
    size = {"width": 380, "height": 700}
    yield (
        pages,
        pages.open(shared_daemon, viewport=size, has_touch=True, is_mobile=True, reduced_motion="reduce"),
    )
    pages.close()


@pytest.mark.parametrize("screen", EVERY)
def test_a_screen_can_be_used_by_everybody(
    wide_page: tuple[Pages, Page], shared_daemon: DaemonProcess, work_dir: Path, screen: str
) -> None:
    pages, page = wide_page
    page.emulate_media(color_scheme="light")
    EVERY[screen](page, shared_daemon.url, shared_daemon.client, work_dir)
    light = background(page)
    found = violations(page)
    assert not found, json.dumps(found, indent=1)
    page.emulate_media(color_scheme="dark")
    assert background(page) != light
    found = violations(page, COLOURS)
    assert not found, json.dumps(found, indent=1)
    pages.check()


NARROW_SCREENS = (
    "home",
    "answer",
    "permission",
    "question",
    "inbox",
    "permissions",
    "mcp",
    "usage",
    "project",
    "task",
)


@pytest.mark.parametrize("screen", NARROW_SCREENS)
def test_a_narrow_window_shows_everything(
    narrow_page: tuple[Pages, Page], shared_daemon: DaemonProcess, work_dir: Path, screen: str
) -> None:
    pages, page = narrow_page
    SCREENS[screen](page, shared_daemon.url, shared_daemon.client, work_dir)
    assert page.evaluate("document.documentElement.scrollWidth") == 380
    assert not violations(page)
    page.get_by_role("button", name="Show the sidebar").click()
    expect(page.get_by_role("link", name="Inbox")).to_be_in_viewport()
    pages.check()


def test_the_sign_in_page_too(open_page: OpenPage, shared_daemon: DaemonProcess) -> None:
    page = open_page(shared_daemon)
    page.context.clear_cookies()
    page.goto(shared_daemon.url)
    expect(page.get_by_text("stagent open")).to_be_visible()
    assert not violations(page)
