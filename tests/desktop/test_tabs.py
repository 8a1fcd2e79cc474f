"""Eight tabs of one browser: each follows its conversation live, also after the daemon was restarted."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage

TABS = 8


def chat(daemon: DaemonProcess, tabs: dict[str, Page], words: str) -> None:
    """One turn in each conversation, which its tab shows without being asked to."""
    for conversation, page in tabs.items():
        with daemon.client.send(conversation, f"run echo {words} | tr a-z A-Z") as stream:
            request = stream.until("permission_request")
            expect(page.get_by_role("button", name="Allow once")).to_be_visible()
            daemon.client.respond(conversation, request["requestId"], "allow")
            stream.end()
    for page in tabs.values():
        expect(page.get_by_role("log")).to_contain_text(words.upper())


def test_each_of_eight_tabs_sees_its_turn(open_page: OpenPage, start_daemon: StartDaemon) -> None:
    daemon = start_daemon()
    first = open_page(daemon)
    tabs: dict[str, Page] = {}
    for number in range(TABS):
        page = first if number == 0 else first.context.new_page()
        conversation = daemon.client.new()
        page.goto(f"{daemon.url}/conversations/{conversation}")
        tabs[conversation] = page
    chat(daemon, tabs, "before")
    for page in tabs.values():
        expect(page.locator(".conversation")).to_have_count(TABS)  # the feed reaches each of them, too
    last = page
    last.get_by_role("textbox", name="Message").fill("help")
    last.keyboard.press("Enter")
    expect(last.get_by_role("log")).to_contain_text("shows a file, or lines a to b of it")

    port = urlsplit(daemon.url).port
    daemon.stop()
    for page in tabs.values():
        expect(page.get_by_text("reconnecting")).to_be_visible()
    again = start_daemon(daemon.data_dir.root, args=("--port", str(port)))
    assert again.url == daemon.url
    for page in tabs.values():
        expect(page.get_by_text("reconnecting")).to_have_count(0)
    chat(again, tabs, "after")
