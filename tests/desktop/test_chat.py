"""A chat from the first message to the answer, with a permission and a question in between."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage

GUARD_MS = 400


def send(page: Page, text: str) -> None:
    """Types a message and sends it."""
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def test_the_first_message_makes_a_conversation(open_page: OpenPage, daemon: DaemonProcess, api: Api) -> None:
    page = open_page(daemon)
    expect(page.get_by_role("heading", name="What shall we work on?")).to_be_visible()
    send(page, "help")
    answer = page.get_by_role("article", name="Answer")
    expect(answer).to_contain_text("Offline tools, not a language model")
    conversation = page.url.rpartition("/")[2]
    assert api.messages(conversation)[0]["content"] == "help"
    expect(
        page.get_by_role("navigation", name="Conversations").get_by_role("link", name="help")
    ).to_be_visible()
    page.reload()
    expect(answer).to_contain_text("Offline tools, not a language model")
    expect(page.locator(".bubble")).to_have_text("help")


def test_an_edit_is_shown_and_runs_once_it_is_allowed(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    conversation = api.new(workingDirectory=str(work_dir))
    page = open_page(daemon, f"/conversations/{conversation}")
    send(page, "edit notes.txt: replace second with 2nd")
    card = page.get_by_role("group", name="Allow Edit?")
    expect(card.get_by_role("row", name="second line")).to_be_visible()
    assert "second" in (work_dir / "notes.txt").read_text()
    expect(card).to_be_focused()
    expect(page.get_by_role("link", name="Inbox 1 waiting")).to_be_visible()
    card.get_by_role("button", name="Allow once").click(delay=GUARD_MS + 50)
    expect(card).to_be_hidden()
    expect(page.locator(".tool", has_text="Edit")).to_contain_text("allowed by you")
    assert "2nd line" in (work_dir / "notes.txt").read_text()


def test_a_question_is_answered(open_page: OpenPage, daemon: DaemonProcess, api: Api) -> None:
    conversation = api.new()
    page = open_page(daemon, f"/conversations/{conversation}")
    send(page, "ask Which database?: SQLite | Postgres")
    form = page.get_by_role("group", name="A question for you")
    expect(form.get_by_role("button", name="Answer")).to_be_disabled()
    form.get_by_label("Postgres").check()
    form.get_by_role("button", name="Answer").click(delay=GUARD_MS + 50)
    expect(form).to_be_hidden()
    expect(page.get_by_role("article", name="Answer")).to_contain_text("Postgres")
    row = next(row for row in api.messages(conversation) if row["role"] == "system")
    assert row["metadata"]["answers"] == {"Which database?": "Postgres"}


def test_a_second_browser_sees_the_turn_and_answers_its_request(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    conversation = api.new(workingDirectory=str(work_dir))
    first = open_page(daemon, f"/conversations/{conversation}")
    second = open_page(daemon, f"/conversations/{conversation}")
    send(first, "run echo from-both")
    card = second.get_by_role("group", name="Allow Bash?")
    expect(second.get_by_role("article", name="Your message")).to_contain_text("run echo from-both")
    card.get_by_role("button", name="Allow once").click(delay=GUARD_MS + 50)
    for page in (first, second):
        expect(page.locator(".request")).to_have_count(0)
        expect(page.get_by_role("article", name="Answer")).to_contain_text("from-both")


def test_a_reload_keeps_the_turn_and_the_open_request(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    conversation = api.new(workingDirectory=str(work_dir))
    page = open_page(daemon, f"/conversations/{conversation}")
    send(page, "run echo still-here")
    card = page.get_by_role("group", name="Allow Bash?")
    expect(card).to_contain_text("echo still-here")
    page.reload()
    expect(card).to_contain_text("echo still-here")
    expect(page.locator(".request")).to_have_count(1)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    card.get_by_role("button", name="Allow once").click(delay=GUARD_MS + 50)
    expect(page.get_by_role("article", name="Answer")).to_contain_text("still-here")
    expect(page.get_by_role("article")).to_have_count(2)
