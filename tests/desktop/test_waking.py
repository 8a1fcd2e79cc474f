"""A machine that wakes up: connections that nobody closed are dead, and the page comes back without a loss."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage

DRAFT = "half a thought"


class Line:
    """The way of the page's connections. Once it is cut, nothing passes and nobody is told."""

    def __init__(self) -> None:
        self.opened = 0
        self.dead = 0

    def connect(self, route: WebSocketRoute) -> None:
        self.opened += 1
        number = self.opened
        server = route.connect_to_server()

        def is_dead() -> bool:
            return number <= self.dead

        route.on_message(lambda said: None if is_dead() else server.send(said))
        server.on_message(lambda said: None if is_dead() else route.send(said))

    def cut(self) -> None:
        """Cuts those that are open; new ones work."""
        self.dead = self.opened


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def page(open_page: OpenPage, daemon: DaemonProcess, line: Line) -> Page:
    """A page whose connections and whose clock are the test's."""
    page = open_page(daemon, has_clock=True)
    page.route_web_socket("**/socket*", line.connect)
    page.clock.install()
    return page


def test_it_connects_anew_after_a_sleep_and_keeps_what_was_typed(
    page: Page, daemon: DaemonProcess, line: Line
) -> None:
    conversation = daemon.client.new(title="Open")
    page.goto(f"{daemon.url}/conversations/{conversation}")
    field = page.get_by_role("textbox", name="Message")
    field.fill(DRAFT)
    daemon.client.new(title="Before")
    expect(page.get_by_role("link", name="Before")).to_be_visible()
    line.cut()
    daemon.client.new(title="While asleep")
    asleep_with = line.opened
    page.clock.fast_forward("10:00")
    expect(page.get_by_role("link", name="While asleep")).to_be_visible()
    assert line.opened > asleep_with
    expect(field).to_have_value(DRAFT)
    with daemon.client.send(conversation, "help") as stream:
        stream.end()
    expect(page.get_by_role("log")).to_contain_text("shows a file, or lines a to b of it")


def test_a_look_at_the_page_is_enough_where_nothing_was_heard_for_long(
    page: Page, daemon: DaemonProcess, line: Line
) -> None:
    page.goto(daemon.url)
    daemon.client.new(title="Before")
    expect(page.get_by_role("link", name="Before")).to_be_visible()
    line.cut()
    daemon.client.new(title="While asleep")
    page.clock.fast_forward(25_000)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("link", name="While asleep")).to_be_visible()
