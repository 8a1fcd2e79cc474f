"""Notifications of the browser: asked for in the settings, shown while nobody looks, and never once they are off."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage

# The browser's own notifications cannot be seen from a test; these stand where it takes over.
NOTIFICATIONS = """
window.notes = [];
document.hasFocus = () => false;
window.Notification = class extends EventTarget {
  static permission = localStorage.getItem("asked") ?? "default";
  static async requestPermission() {
    this.permission = localStorage.getItem("answer") ?? "granted";
    localStorage.setItem("asked", this.permission);
    return this.permission;
  }
  constructor(title, { body }) {
    super();
    Object.assign(this, { title, body });
    window.notes.push(this);
  }
  close() {}
};
"""


def test_a_request_is_told_while_nobody_looks_until_it_is_turned_off(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    page = open_page(daemon, "/settings/notifications")
    page.add_init_script(NOTIFICATIONS)
    page.reload()
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("This browser tells you when an agent needs you")).to_be_visible()
    page.reload()
    conversation = api.new(title="Mend the till")
    with api.send(conversation, "run make test") as stream:
        request = stream.until("permission_request")
        page.wait_for_function("() => window.notes.length === 1")
        assert page.evaluate("[notes[0].title, notes[0].body]") == ["Mend the till", "asks to use Bash"]
        page.evaluate("notes[0].dispatchEvent(new Event('click'))")
        page.wait_for_url(f"**/conversations/{conversation}")
        api.respond(conversation, request["requestId"], "deny")
    page.goto(f"{daemon.url}/settings/notifications")
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_role("button", name="Turn on")).to_be_visible()
    with api.send(conversation, "run make test") as stream:
        stream.until("permission_request")
        expect(page.get_by_label("1 waiting")).to_be_visible()
        assert page.evaluate("window.notes.length") == 0
        api.cancel(conversation)


def test_a_browser_that_was_told_not_to_is_said_to_be_so(
    open_page: OpenPage, shared_daemon: DaemonProcess
) -> None:
    page = open_page(shared_daemon, "/settings/notifications")
    page.add_init_script(NOTIFICATIONS)
    page.evaluate("localStorage.setItem('answer', 'denied')")
    page.reload()
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("This browser was told not to show notifications")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on")).to_be_hidden()
