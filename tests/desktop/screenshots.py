"""Writes pictures of the main screens, in both themes, to `docs/screenshots`: `make screenshots`.

Real daemons, a fake model with a fixed script, a browser. Look at each picture before it is kept.
"""

from __future__ import annotations

import functools
import io
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.daemon_process import REPOSITORY, DaemonProcess, clean_environment
from tests.desktop.story import TITLES, make_project, prepare
from tests.fakes.anthropic_api import FakeAnthropic
from tests.sessions import write_claude_session, write_codex_session

FOLDER = REPOSITORY / "docs" / "screenshots"
COLOURS = 256
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")


def main() -> None:
    """Takes all pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is missing; `make system-deps` installs it")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="me-") as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            _take_story(browser, Path(scratch))
            _take_first_run(browser, Path(scratch))
        finally:
            browser.close()


def _take_story(browser: Browser, scratch: Path) -> None:
    home = scratch / "home"
    shop = home / "projects" / "webshop"
    make_project(shop)
    with FakeAnthropic() as model:
        environment = clean_environment(home, ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=model.base_url)
        daemon = DaemonProcess(scratch / "data", environment)
        try:
            ids = prepare(daemon.client, model, shop)
            for theme in THEMES:
                _with_page(browser, daemon, theme, functools.partial(_story, daemon.url, ids, theme))
        finally:
            daemon.stop()


def _take_first_run(browser: Browser, scratch: Path) -> None:
    home = scratch / "first"
    for number in range(12):
        write_claude_session(home, f"s{number}", "Mend the till", "It is mended.")
    write_codex_session(home, "one", "Count the stock", "There are nine.")
    daemon = DaemonProcess(scratch / "first-data", clean_environment(home))
    try:
        for theme in THEMES:
            _with_page(browser, daemon, theme, functools.partial(_first_run, daemon.url, theme))
    finally:
        daemon.stop()


def _with_page(browser: Browser, daemon: DaemonProcess, theme: Theme, take: Callable[[Page], None]) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme=theme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(daemon.client.post("/api/session/links")["url"])
    page.wait_for_url(daemon.url + "/")
    take(page)
    context.close()


def _first_run(url: str, theme: Theme, page: Page) -> None:
    page.goto(url)
    expect(page.get_by_role("tab").first).to_be_visible()
    expect(page.get_by_role("list", name="Other agents on this machine")).to_be_visible()
    _keep(page, "first-run", theme)


def _story(url: str, ids: dict[str, str], theme: Theme, page: Page) -> None:
    page.goto(url)
    expect(page.get_by_role("tab").first).to_be_visible()
    expect(page.locator(".conversation")).to_have_count(len(TITLES) + 3)
    _keep(page, "home", theme)
    for name in ("chat", "permission", "question"):
        _open(page, f"{url}/conversations/{ids[name]}", name)
        _keep(page, name, theme)
    page.goto(f"{url}/inbox")
    expect(page.locator(".request")).to_have_count(2)
    _keep(page, "inbox", theme)
    _settings(page, url, theme)
    page.goto(f"{url}/projects/{ids['project']}")
    expect(page.get_by_role("term").filter(has_text="Files")).to_be_visible()
    _keep(page, "project", theme)
    page.goto(f"{url}/tasks")
    expect(page.get_by_role("list", name="Tasks").get_by_role("listitem").first).to_be_visible()
    _keep(page, "tasks", theme)
    _over(page, f"{url}/conversations/{ids['chat']}", theme)
    page.set_viewport_size({"width": 390, "height": 760})
    _open(page, f"{url}/conversations/{ids['permission']}", "permission")
    _keep(page, "narrow", theme)


def _open(page: Page, address: str, name: str) -> None:
    page.goto(address)
    waits = page.locator(".request") if name != "chat" else page.get_by_role("button", name="Copy answer")
    expect(waits.first).to_be_visible()
    expect(page.locator(".meter")).to_be_visible()


def _settings(page: Page, url: str, theme: Theme) -> None:
    page.goto(f"{url}/settings/providers")
    expect(page.get_by_label("New conversations use")).to_be_visible()
    _keep(page, "providers", theme)
    page.goto(f"{url}/settings/permissions")
    expect(page.get_by_role("list", name="Rules").get_by_role("listitem")).to_have_count(3)
    _keep(page, "permissions", theme)
    page.get_by_label("Command").fill("git diff HEAD; git push")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("status").filter(has_text="Ask")).to_be_visible()
    _keep(page, "try", theme)
    for section, there in (
        ("usage", page.get_by_role("progressbar")),
        ("appearance", page.get_by_label("System", exact=True)),
        ("service", page.get_by_label("Ends when unused for")),
        ("mcp", page.get_by_text("MCP servers give agents more tools")),
    ):
        page.goto(f"{url}/settings/{section}")
        expect(there.first).to_be_visible()
        _keep(page, section, theme)


def _over(page: Page, address: str, theme: Theme) -> None:
    """What opens over a conversation."""
    _open(page, address, "chat")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="New chat").first).to_be_visible()
    _keep(page, "palette", theme)
    page.keyboard.press("Escape")
    page.get_by_role("log", name="Messages").press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    _keep(page, "keys", theme)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Model:").click()
    expect(page.get_by_role("menu")).to_be_visible()
    _keep(page, "models", theme)
    page.keyboard.press("Escape")
    page.get_by_label("Message", exact=True).press_sequentially("Look at @log")
    expect(page.get_by_role("option").first).to_be_visible()
    _keep(page, "mention", theme)
    page.keyboard.press("Escape")
    page.get_by_label("Message", exact=True).fill("")


def _keep(page: Page, name: str, theme: str) -> None:
    """Saves what is on the screen, with few colours, since these files are in the repository."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    picture.quantize(palette=_palette(picture), dither=Image.Dither.NONE).save(
        FOLDER / f"{name}-{theme}.png", optimize=True
    )


def _palette(picture: Image.Image) -> Image.Image:
    """The colours of a picture: those of areas as they are, also of small ones; the shades of letters between them."""
    found: Any = picture.getcolors(picture.width * picture.height)
    counted: list[tuple[int, tuple[int, int, int]]] = sorted(found, reverse=True)
    vivid = sorted(counted, key=lambda one: (max(one[1]) - min(one[1])) * min(one[0], 50), reverse=True)
    chosen = list(dict.fromkeys(colour for _, colour in counted[: COLOURS // 2] + vivid))[:COLOURS]
    palette = Image.new("P", (1, 1))
    palette.putpalette([level for colour in chosen for level in colour])
    return palette


if __name__ == "__main__":
    main()
