"""A conversation whose first load breaks off, as when a daemon ends or is busy just then: it is shown all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage


def breaks_off(route: Route) -> None:
    route.abort("connectionreset")


def refuses(route: Route) -> None:
    route.fulfill(status=503, json={"error": "The daemon is stopping.", "code": "shutting_down"})


@pytest.fixture
def page(open_page: OpenPage, daemon: DaemonProcess) -> Page:
    return open_page(daemon)


@pytest.mark.parametrize("fails", [breaks_off, refuses])
@pytest.mark.parametrize("part", ["messages?*", "queue"])
def test_what_could_not_be_loaded_is_loaded_again(
    page: Page, daemon: DaemonProcess, api: Api, fails: Callable[[Route], None], part: str
) -> None:
    conversation = api.new(title="Interrupted")
    api.ask(conversation, "help")
    page.route(f"**/api/chat/conversations/{conversation}/{part}", fails, times=1)
    page.goto(f"{daemon.url}/conversations/{conversation}")
    answer = page.get_by_role("article", name="Answer")
    expect(answer).to_contain_text("Offline tools")
    # It is followed, too.
    api.ask(conversation, "list")
    expect(answer).to_have_count(2)


def test_the_list_that_could_not_be_loaded_is_loaded_again(
    page: Page, daemon: DaemonProcess, api: Api
) -> None:
    api.new(title="Here all the same")
    page.route("**/api/chat/conversations?status=active*", breaks_off, times=1)
    page.goto(daemon.url)
    expect(page.get_by_role("link", name="Here all the same")).to_be_visible()
    expect(page.get_by_role("link", name="reconnecting")).to_have_count(0)
