"""Files that go along with a message."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.sample_files import image

PNG = image(size=(3, 2))


@pytest.fixture
def conversation(api: Api, work_dir: Path) -> str:
    return api.new(workingDirectory=str(work_dir))


@pytest.fixture
def page(open_page: OpenPage, daemon: DaemonProcess, conversation: str) -> Page:
    return open_page(daemon, f"/conversations/{conversation}")


def field(page: Page) -> Locator:
    return page.get_by_label("Message", exact=True)


def test_pictures_and_files_are_pasted(page: Page, api: Api, conversation: str) -> None:
    field(page).fill("help")
    field(page).evaluate(
        """(node, png) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(png)], "image.png", { type: "image/png" }));
          data.items.add(new File(["pears"], "more.txt", { type: "text/plain" }));
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          node.dispatchEvent(event);
          if (!event.defaultPrevented) throw new Error("the browser would paste the name too");
        }""",
        list(PNG),
    )
    attachments = page.get_by_role("list", name="Attachments")
    expect(attachments.get_by_role("listitem")).to_have_count(2)
    expect(attachments.get_by_text("more.txt")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    page.keyboard.press("Enter")
    expect(page.locator(".user-item .pill")).to_have_count(2)
    assert len(api.messages(conversation)[0]["metadata"]["attachments"]) == 2
    # Plain text is the browser's own affair.
    assert field(page).evaluate(
        """(node) => {
          const data = new DataTransfer();
          data.setData("text/plain", "words");
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          node.dispatchEvent(event);
          return !event.defaultPrevented;
        }"""
    )


def test_files_are_attached_by_picking_and_dropping(page: Page, api: Api, conversation: str) -> None:
    attachments = page.get_by_role("list", name="Attachments")
    page.locator("input[type=file]").set_input_files(
        [
            FilePayload(name="list.txt", mimeType="text/plain", buffer=b"apples"),
            FilePayload(name="dot.png", mimeType="image/png", buffer=PNG),
        ]
    )
    expect(attachments.get_by_role("listitem")).to_have_count(2)
    transfer = page.evaluate_handle(
        "() => { const data = new DataTransfer(); data.items.add(new File(['pears'], 'more.txt')); return data; }"
    )
    page.locator(".composer").dispatch_event("drop", {"dataTransfer": transfer})
    expect(attachments.get_by_text("more.txt")).to_be_visible()
    attachments.get_by_role("button", name="Remove list.txt").click()
    field(page).fill("help")
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    page.keyboard.press("Enter")
    expect(attachments).to_be_hidden()
    expect(page.locator(".user-item .pill")).to_have_count(2)
    kept = api.messages(conversation)[0]["metadata"]["attachments"]
    assert len(kept) == 2


def test_a_file_that_cannot_be_taken_says_why(page: Page) -> None:
    page.locator("input[type=file]").set_input_files(
        [FilePayload(name="empty.txt", mimeType="text/plain", buffer=b"")]
    )
    expect(page.get_by_role("listitem").filter(has_text="empty")).to_contain_text("empty")
    expect(page.locator(".attachment.is-failed")).to_have_count(1)
