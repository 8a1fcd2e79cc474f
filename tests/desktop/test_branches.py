"""Answers that are tried again, messages that are changed, copies, and what went wrong."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, FilePayload, Page, Route, expect

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, CutsOff, Refuses, Says, Waits


@pytest.fixture
def page(open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic) -> Page:
    """A conversation with one answer."""
    model.script(Answer(Says("The **first** answer.")))
    conversation = connected.client.new("claude-code")
    connected.client.ask(conversation, "question one")
    return open_page(connected, f"/conversations/{conversation}")


def answers(page: Page):
    return page.get_by_role("article", name="Answer")


def test_an_answer_is_tried_again_and_both_can_be_seen(page: Page, model: FakeAnthropic) -> None:
    expect(answers(page).locator("strong")).to_have_text("first")
    model.script(Answer(Says("The second answer.")))
    page.get_by_role("button", name="Answer again").click()
    expect(answers(page)).to_contain_text("The second answer.")
    expect(answers(page)).to_contain_text("2 / 2")
    page.get_by_role("button", name="Earlier version").click()
    expect(answers(page)).to_contain_text("The first answer.")
    expect(page.get_by_role("button", name="Earlier version")).to_be_disabled()


def test_a_request_that_comes_while_the_messages_are_read_anew_is_shown(
    page: Page, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    expect(answers(page)).to_contain_text("The first answer.")  # the page has read them once
    api, gate = connected.client, threading.Event()
    model.script(Answer(Waits(gate), Calls("Bash", {"command": "make all"})))

    read: list[tuple[Route, APIResponse]] = []

    def read_before_it_comes(route: Route) -> None:
        """The page reads twice: because it asked for the answer, and because a turn has begun."""
        read.append((route, route.fetch()))
        if len(read) == 2:
            gate.set()
            while not api.get("/api/permissions/pending"):
                pass
            for one, rows in read:
                one.fulfill(response=rows)

    page.route(re.compile("messages\\?from=end"), read_before_it_comes, times=2)
    page.get_by_role("button", name="Answer again").click()
    expect(page.get_by_role("group", name="Allow Bash?")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Stopped before it was complete.")).to_be_visible()


def test_a_message_is_changed_on_a_branch_of_its_own(page: Page, model: FakeAnthropic) -> None:
    page.get_by_role("article", name="Your message").hover()
    page.get_by_role("button", name="Edit message").click()
    field = page.get_by_label("Message", exact=True)
    expect(field).to_have_value("question one")
    model.script(Answer(Says("Another answer.")))
    field.fill("question two")
    page.keyboard.press("Enter")
    expect(answers(page)).to_contain_text("Another answer.")
    expect(page.locator(".bubble")).to_have_text(["question two"])
    page.get_by_role("button", name="Earlier version").click()
    expect(page.locator(".bubble")).to_have_text(["question one"])
    expect(answers(page)).to_contain_text("The first answer.")


def test_a_changed_message_and_the_draft_beside_it_outlive_a_reload(
    page: Page, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    field = page.get_by_label("Message", exact=True)
    field.fill("half a thought")
    page.get_by_role("article", name="Your message").hover()
    page.get_by_role("button", name="Edit message").click()
    field.fill("question two, so far")
    bar = page.get_by_text("Editing an earlier message.")
    for _ in range(2):
        expect(field).to_have_value("question two, so far")
        expect(bar).to_be_visible()
        page.reload()
    page.get_by_role("button", name="Stop editing").click()
    for _ in range(2):
        expect(field).to_have_value("half a thought")
        expect(bar).to_be_hidden()
        page.reload()
    page.get_by_role("article", name="Your message").hover()
    page.get_by_role("button", name="Edit message").click()
    expect(field).to_have_value("question one")
    page.reload()
    expect(bar).to_be_visible()
    model.script(Answer(Says("Another answer.")))
    field.fill("question two")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble")).to_have_text(["question two"])
    expect(answers(page)).to_contain_text("Another answer.")
    for _ in range(2):
        expect(field).to_have_value("half a thought")
        expect(bar).to_be_hidden()
        page.reload()


def test_what_went_along_with_a_message_goes_along_with_its_other_version(
    page: Page, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    files = page.locator("input[type=file]")
    files.set_input_files([FilePayload(name="list.txt", mimeType="text/plain", buffer=b"apples")])
    attached = page.get_by_role("list", name="Attachments")
    expect(attached.get_by_text("list.txt")).to_be_visible()
    expect(attached.locator(".spin")).to_have_count(0)
    model.script(Answer(Says("Apples.")))
    send(page, "what is in it?")
    expect(answers(page).last).to_contain_text("Apples.")
    message = page.get_by_role("article", name="Your message").last
    expect(message.get_by_role("link", name="list.txt")).to_be_visible()
    message.hover()
    message.get_by_role("button", name="Edit message").click()
    expect(attached.get_by_text("list.txt")).to_be_visible()
    model.script(Answer(Says("Still apples.")))
    send(page, "what is in the list?")
    expect(answers(page).last).to_contain_text("Still apples.")
    conversation = page.url.rpartition("/")[2]
    said = [one for one in connected.client.messages(conversation) if one["role"] == "user"]
    assert len(said[-1]["metadata"]["attachments"]) == 1


def test_a_conversation_goes_on_in_a_copy(page: Page, connected: DaemonProcess) -> None:
    original = page.url
    answers(page).get_by_role("button", name="More for this answer").click()
    page.get_by_role("menuitem", name="Fork from here").click()
    page.wait_for_url(lambda url: url != original)
    expect(answers(page)).to_contain_text("The first answer.")


def test_a_copy_ends_with_the_message_from_which_it_was_made(page: Page, connected: DaemonProcess) -> None:
    original = page.url
    page.get_by_role("article", name="Your message").hover()
    page.get_by_role("button", name="More for this message").click()
    page.get_by_role("menuitem", name="Fork from here").click()
    page.wait_for_url(lambda url: url != original)
    expect(page.locator(".bubble")).to_have_text(["question one"])
    expect(answers(page)).to_have_count(0)
    copy = connected.client.messages(page.url.rpartition("/")[2])
    assert [row["content"] for row in copy] == ["question one"]


def test_a_failure_says_what_happened_and_is_tried_again(page: Page, model: FakeAnthropic) -> None:
    model.script(Refuses(401))
    send(page, "and then?")
    notice = page.get_by_role("alert").filter(has_text="refused the credential")
    expect(notice).to_be_visible()
    model.script(Answer(Says("Here it is.")))
    notice.get_by_role("button", name="Try again").click()
    expect(answers(page).last).to_contain_text("Here it is.")
    expect(notice).to_have_count(0)


def test_what_there_is_of_a_failed_answer_is_kept_and_goes_on(page: Page, model: FakeAnthropic) -> None:
    model.script(Answer(Says("This much "), CutsOff()))
    send(page, "and then?")
    notice = page.get_by_role("alert").filter(has_text="What arrived is kept")
    expect(notice).to_be_visible()
    expect(answers(page).last).to_contain_text("This much")
    model.script(Answer(Says("The rest.")))
    notice.get_by_role("button", name="Continue").click()
    expect(answers(page).last).to_contain_text("The rest.")
    expect(answers(page)).to_have_count(3)


def test_a_stopped_answer_goes_on(page: Page, model: FakeAnthropic, tmp_path: Path) -> None:
    model.script(Answer(Says("I'll wait."), Calls("Bash", {"command": "sleep 60"})))
    send(page, "wait")
    expect(page.get_by_role("group", name="Allow Bash?")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    model.script(Answer(Says("Going on.")))
    page.get_by_role("button", name="Continue").click()
    expect(answers(page).last).to_contain_text("Going on.")


def test_what_is_typed_outlives_the_daemon(open_page: OpenPage, start_daemon, tmp_path: Path) -> None:
    daemon = start_daemon(tmp_path / "again")
    port = daemon.url.rpartition(":")[2]
    conversation = daemon.client.new(title="Kept")
    page = open_page(daemon, f"/conversations/{conversation}")
    page.get_by_label("Message", exact=True).fill("half a thought")
    daemon.stop()
    banner = page.get_by_role("status").filter(has_text="The daemon cannot be reached.")
    expect(banner).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("what you typed is kept")
    expect(page.get_by_label("Message", exact=True)).to_have_value("half a thought")
    again: Api = start_daemon(tmp_path / "again", ("--port", port)).client
    expect(banner).to_be_hidden()
    page.get_by_label("Message", exact=True).fill("help")
    page.keyboard.press("Enter")
    expect(answers(page)).to_contain_text("Offline tools")
    assert again.messages(conversation)[0]["content"] == "help"
