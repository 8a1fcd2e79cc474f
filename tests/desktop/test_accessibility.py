"""axe-core finds nothing on any screen, in either theme, wide or narrow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.npm import npm_package
from tests.desktop.screens import SCREENS

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe-core objects to, in short."""
    page.evaluate((npm_package("axe-core") / "axe.min.js").read_text())
    found = page.evaluate("(tags) => axe.run(document, { runOnly: tags })", RULES)
    return [
        {"rule": one["id"], "help": one["help"], "where": [node["html"][:200] for node in one["nodes"]][:4]}
        for one in found["violations"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_can_be_used_by_everybody(
    open_page: OpenPage,
    shared_daemon: DaemonProcess,
    work_dir: Path,
    screen: str,
    theme: Literal["light", "dark"],
) -> None:
    page = open_page(shared_daemon, color_scheme=theme, reduced_motion="reduce")
    SCREENS[screen](page, shared_daemon.url, shared_daemon.client, work_dir)
    found = violations(page)
    assert not found, json.dumps(found, indent=1)


@pytest.mark.parametrize(
    "screen",
    [
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
    ],
)
def test_a_narrow_window_shows_everything(
    open_page: OpenPage, shared_daemon: DaemonProcess, work_dir: Path, screen: str
) -> None:
    page = open_page(shared_daemon, viewport={"width": 380, "height": 700}, has_touch=True, is_mobile=True)
    SCREENS[screen](page, shared_daemon.url, shared_daemon.client, work_dir)
    assert page.evaluate("document.documentElement.scrollWidth") == 380
    assert not violations(page)
    page.get_by_role("button", name="Show the sidebar").click()
    expect(page.get_by_role("link", name="Inbox")).to_be_in_viewport()


def test_the_sign_in_page_too(open_page: OpenPage, shared_daemon: DaemonProcess) -> None:
    page = open_page(shared_daemon)
    page.context.clear_cookies()
    page.goto(shared_daemon.url)
    expect(page.get_by_text("stagent open")).to_be_visible()
    assert not violations(page)
