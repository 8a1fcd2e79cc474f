"""The list of conversations, the inbox, and the palette."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from storage import conversations
from storage.database import Database
from storage.migrations import migrate
from storage.paths import DataDir
from tests.api import Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Refuses, Says, Waits
from tests.storage.conftest import a_conversation


def links(page: Page):
    return page.get_by_role("navigation", name="Conversations").get_by_role("link")


def open_menu(page: Page, title: str) -> None:
    """Opens the menu of a conversation in the list."""
    page.locator(".conversation", has_text=title).hover()
    page.get_by_role("button", name=f"More for {title}").click()


def test_titles_are_found_at_once_and_texts_as_one_types(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    for title in ("Release notes", "Import script"):
        api.ask(api.new(title=title), f"help about {title}")
    page = open_page(daemon)
    expect(links(page)).to_have_count(2)
    page.keyboard.press("Control+Shift+f")
    page.keyboard.type("release")
    expect(page.locator(".conversation")).to_have_count(1)
    expect(page.locator(".hit mark").first).to_have_text(re.compile("release", re.IGNORECASE))
    page.keyboard.press("Escape")
    expect(links(page)).to_have_count(2)


def test_a_conversation_is_renamed_archived_and_brought_back(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    conversation = api.new(title="First")
    page = open_page(daemon, f"/conversations/{conversation}")
    open_menu(page, "First")
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Title").fill("Second")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Second")).to_be_visible()
    open_menu(page, "Second")
    page.get_by_role("menuitem", name="Archive").click()
    expect(links(page)).to_have_count(0)
    page.get_by_role("button", name="Archived").click()
    expect(links(page)).to_have_text(["Second"])
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Nothing is archived.")).to_be_visible()
    page.get_by_role("button", name="Back to active").click()
    expect(links(page)).to_have_text(["Second"])


def test_a_deletion_can_be_undone_for_ten_seconds(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    kept, gone = (api.new(title=title) for title in ("Kept", "Gone"))
    page = open_page(daemon, has_clock=True)
    page.clock.install()
    for title in ("Kept", "Gone"):
        open_menu(page, title)
        page.get_by_role("menuitem", name="Delete").click()
        expect(page.locator(".conversation", has_text=title)).to_have_count(0)
    page.locator(".toast", has_text="Kept").get_by_role("button", name="Undo").click()
    expect(links(page)).to_have_text(["Kept"])
    api.patch(f"/api/chat/conversations/{gone}", {"title": "Changed meanwhile"})
    api.patch(f"/api/chat/conversations/{kept}", {"title": "Kept again"})
    expect(links(page)).to_have_text(["Kept again"])
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.clock.fast_forward(10_000)
    assert [one["id"] for one in api.get("/api/chat/conversations")] == [kept]


def test_marks_tell_what_a_conversation_does(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    busy = api.new(title="Busy", workingDirectory=str(work_dir))
    page = open_page(daemon)
    row = page.locator(".conversation", has_text="Busy")
    with api.send(busy, "run echo done") as stream:
        stream.until("permission_request")
        expect(row.get_by_text("Waits for you")).to_be_attached()
        expect(page.get_by_role("link", name="Inbox 1 waiting")).to_be_visible()
        page.get_by_role("link", name="Inbox").click()
        card = page.get_by_role("group", name="Allow Bash?")
        card.get_by_role("button", name="Allow once").click(delay=450)
        stream.rest()
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    expect(row.get_by_text("New answer")).to_be_attached()
    row.get_by_role("link").click()
    expect(row.get_by_text("New answer")).not_to_be_attached()


def test_a_conversation_that_runs_says_so(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    gate = threading.Event()
    model.script(Answer(Says("Half"), Waits(gate)))
    busy = connected.client.new("claude-code", title="Busy now")
    page = open_page(connected)
    row = page.locator(".conversation", has_text="Busy now")
    with connected.client.send(busy, "go") as stream:
        stream.until("delta")
        expect(row.get_by_text("Running")).to_be_attached()
        gate.set()
        stream.rest()
    expect(row.get_by_text("New answer")).to_be_attached()


def test_marks_outlive_a_reload_and_are_the_same_for_all(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    model.script(Answer(Says("Fine.")), Refuses(401), Answer(Says("Mended.")))
    ended, failed = api.new("claude-code", title="Ended well"), api.new("claude-code", title="Went wrong")
    first, second = open_page(connected), open_page(connected)
    api.ask(ended, "go")
    api.ask(failed, "go")
    first.reload()
    for page in (first, second):
        expect(
            page.locator(".conversation", has_text="Ended well").get_by_text("New answer")
        ).to_be_attached()
        row = page.locator(".conversation", has_text="Went wrong")
        expect(row.get_by_text("Failed")).to_be_attached()
        expect(row).to_have_class(re.compile("unread"))
    for title in ("Ended well", "Went wrong"):
        first.get_by_role("link", name=title).click()
        expect(first.get_by_role("heading", name=title)).to_be_visible()
        expect(second.locator(".conversation.unread", has_text=title)).to_have_count(0)
    # What was looked at is not unread any more, but it still has failed, until it is mended.
    mark = second.locator(".conversation", has_text="Went wrong").get_by_text("Failed")
    expect(mark).to_be_attached()
    first.get_by_role("button", name="Try again").click()
    expect(first.get_by_role("article", name="Answer")).to_contain_text("Mended.")
    expect(mark).to_have_count(0)
    expect(second.locator(".conversation.unread", has_text="Went wrong")).to_have_count(0)


def test_conversations_stand_under_their_days(
    open_page: OpenPage, start_daemon: StartDaemon, tmp_path: Path
) -> None:
    data_dir = DataDir(tmp_path / "days")
    data_dir.prepare()
    database = Database(data_dir.database)
    migrate(database, data_dir.backups)
    noon = datetime.now(UTC).replace(hour=12, minute=0)
    days = {"Now": 0, "Then": 1, "Lately": 4, "Before": 20}
    at = {title: int((noon - timedelta(days=ago)).timestamp() * 1000) for title, ago in days.items()}
    at["Long ago"] = int(datetime(2024, 3, 15, tzinfo=UTC).timestamp() * 1000)
    database.write(
        *(conversations.insert(a_conversation(title=title, updated_at=time)) for title, time in at.items())
    )
    database.close()
    page = open_page(start_daemon(data_dir.root), timezone_id="UTC")
    expect(page.get_by_role("navigation", name="Conversations").get_by_role("listitem")).to_have_text(
        [
            "Today",
            "Now",
            "Yesterday",
            "Then",
            "Previous 7 days",
            "Lately",
            "Previous 30 days",
            "Before",
            "March 2024",
            "Long ago",
        ]
    )


def test_a_project_filters_the_list(open_page: OpenPage, daemon: DaemonProcess, api: Api) -> None:
    project = api.post("/api/projects", {"name": "webshop"})["id"]
    api.new(title="Inside", projectId=project)
    api.new(title="Outside")
    page = open_page(daemon)
    expect(links(page)).to_have_count(2)
    page.get_by_role("button", name="All projects").click()
    page.get_by_role("menuitemradio", name="webshop").click()
    expect(links(page)).to_have_text(["Inside"])


def test_the_palette_goes_anywhere(open_page: OpenPage, daemon: DaemonProcess, api: Api) -> None:
    conversation = api.new(title="Needle")
    page = open_page(daemon)
    expect(links(page)).to_have_count(1)
    page.keyboard.press("Control+k")
    page.keyboard.type("need")
    expect(page.get_by_role("option", name="Needle")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{daemon.url}/conversations/{conversation}")
    page.keyboard.press("Control+k")
    page.keyboard.type("inbox")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{daemon.url}/inbox")


# The list grows as its pages come, so one scrolls until the place is there.
SCROLLED = """([top, text]) => {
    document.querySelector(".conversation-list").scrollTo(0, top);
    return [...document.querySelectorAll(".conversation")].some((one) => one.textContent.includes(text));
}"""


def test_a_long_list_draws_only_what_can_be_seen(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    for number in range(230):
        api.new(title=f"Conversation {number:03}")
    page = open_page(daemon)
    expect(links(page).first).to_have_text("Conversation 229")
    for last in (
        "Conversation 130",
        "Conversation 030",
        "Conversation 000",
    ):  # a page comes as one gets near it
        top = (229 - int(last[-3:])) * 32
        page.wait_for_function(SCROLLED, arg=[top, last])
        expect(page.locator(".conversation", has_text=last)).to_be_visible()
    expect(links(page).last).to_have_text("Conversation 000")
    assert links(page).count() < 80


def test_the_end_is_followed_until_the_reader_scrolls_up(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    conversation = api.new()
    for _ in range(6):
        api.ask(conversation, "help")
    page = open_page(daemon, f"/conversations/{conversation}")
    expect(page.get_by_role("article").last).to_be_in_viewport()
    log = page.get_by_role("log")
    log.hover()
    page.mouse.wheel(0, -900)
    expect(page.get_by_role("article").last).not_to_be_in_viewport()
    api.ask(conversation, "list .")
    button = page.get_by_role("button", name="New messages")
    expect(button).to_be_visible()
    button.click()
    expect(page.get_by_role("article").last).to_be_in_viewport()
    expect(button).to_be_hidden()
    send(page, "help")
    expect(page.get_by_role("article")).to_have_count(16)
    expect(page.get_by_role("article").last).to_be_in_viewport()
