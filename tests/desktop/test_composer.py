"""The field in which a person writes: drafts, mentions, commands, attachments, the queue, stop."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage


@pytest.fixture
def conversation(api: Api, work_dir: Path) -> str:
    return api.new(workingDirectory=str(work_dir))


@pytest.fixture
def page(open_page: OpenPage, daemon: DaemonProcess, conversation: str) -> Page:
    return open_page(daemon, f"/conversations/{conversation}")


def field(page: Page):
    return page.get_by_label("Message", exact=True)


def test_enter_sends_and_shift_enter_breaks_the_line(page: Page) -> None:
    field(page).press_sequentially("help")
    before = field(page).bounding_box()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    after = field(page).bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] > before["height"]
    assert round(after["y"] + after["height"]) == round(before["y"] + before["height"])
    page.keyboard.press("Enter")
    expect(page.locator(".bubble")).to_contain_text("help")
    expect(field(page)).to_have_value("")


def test_nothing_jumps_while_the_field_grows(page: Page, api: Api, conversation: str) -> None:
    for _ in range(4):
        api.ask(conversation, "help")
    expect(page.get_by_role("article", name="Answer")).to_have_count(4)
    page.evaluate("""() => {
      const log = document.querySelector("[role=log]");
      const box = document.querySelector(".composer");
      window.tops = [];
      window.ends = [];
      const look = () => {
        window.tops.push(Math.round(box.getBoundingClientRect().top));
        window.ends.push(log.scrollHeight - log.clientHeight - log.scrollTop);
        requestAnimationFrame(look);
      };
      look();
    }""")
    field(page).focus()
    for line in ("one", "two", "three"):
        page.keyboard.type(line)
        page.keyboard.press("Shift+Enter")
    page.keyboard.type("four")
    expect(field(page)).to_have_value("one\ntwo\nthree\nfour")
    page.wait_for_function("() => window.ends.at(-1) < 2")
    tops = page.evaluate("window.tops")
    assert tops == sorted(tops, reverse=True), "the top edge only ever goes up"
    # Who has scrolled up, be it by a little, stays there, whatever is typed.
    page.evaluate("document.querySelector('[role=log]').scrollTop -= 40")
    before = page.evaluate("document.querySelector('[role=log]').scrollTop")
    page.keyboard.type(" and more")
    page.wait_for_function(
        "(count) => window.tops.length > count + 5", arg=page.evaluate("window.tops.length")
    )
    assert page.evaluate("document.querySelector('[role=log]').scrollTop") == before


def test_the_field_grows_to_a_part_of_the_window_and_then_scrolls(page: Page) -> None:
    field(page).fill("\n".join(map(str, range(200))))
    box = field(page).bounding_box()
    assert box is not None
    assert box["height"] <= 0.4 * 800 + 1
    assert field(page).evaluate("(node) => node.scrollHeight > node.clientHeight")


def test_a_draft_is_kept_for_each_conversation(page: Page, api: Api, daemon: DaemonProcess) -> None:
    other = api.new()
    field(page).fill("half a thought")
    here = page.url
    page.goto(f"{daemon.url}/conversations/{other}")
    expect(field(page)).to_have_value("")
    page.goto(here)
    expect(field(page)).to_have_value("half a thought")


def test_a_draft_survives_a_reload_and_a_change_of_place_with_all_that_belongs_to_it(
    page: Page, api: Api, conversation: str
) -> None:
    api.new(title="Elsewhere")
    field(page).press_sequentially("look at @ntst")
    expect(page.get_by_role("option", name="notes.txt")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    page.locator("input[type=file]").set_input_files(
        [FilePayload(name="list.txt", mimeType="text/plain", buffer=b"apples")]
    )
    attachments = page.get_by_role("list", name="Attachments")
    expect(attachments.get_by_text("list.txt")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    page.get_by_role("link", name="Elsewhere").click()
    expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
    expect(field(page)).to_have_value("")
    expect(attachments).to_be_hidden()
    page.go_back()
    for _ in range(2):
        expect(field(page)).to_have_value("look at @notes.txt ")
        expect(attachments.get_by_text("list.txt")).to_be_visible()
        page.reload()
    expect(field(page)).to_have_value("look at @notes.txt ")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble .mention")).to_have_text("@notes.txt")
    metadata = api.messages(conversation)[0]["metadata"]
    assert [one["entityId"] for one in metadata["mentions"]] == ["notes.txt"]
    assert len(metadata["attachments"]) == 1
    page.reload()
    expect(field(page)).to_have_value("")


def test_what_the_store_knows_is_mentioned_by_keyboard_or_pointer(
    page: Page, api: Api, conversation: str
) -> None:
    project = api.post("/api/projects", {"name": "Release train"})["id"]
    api.post("/api/tasks", {"title": "Release notes"})
    field(page).press_sequentially("about (@rel")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.first).to_contain_text("task")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_have_attribute(
        "aria-activedescendant", options.nth(1).get_attribute("id") or "none"
    )
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("about (@Release train ")
    field(page).press_sequentially("and @rlsn")
    page.get_by_role("option", name="Release notes").click()
    expect(field(page)).to_have_value("about (@Release train and @Release notes ")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".bubble .mention")).to_have_text(["@Release train", "@Release notes"])
    kinds = {
        one["entityType"]: one["entityId"] for one in api.messages(conversation)[0]["metadata"]["mentions"]
    }
    assert kinds["project"] == project
    assert set(kinds) == {"project", "task"}


def test_a_description_is_shown_without_its_marks(page: Page, api: Api) -> None:
    description = (
        "# Trains\n\n- **Weekly** [notes](https://example.org), `make notes`\n- snake_case_name, 2 * 3 * 4"
    )
    api.post("/api/projects", {"name": "Release train", "description": description})
    field(page).press_sequentially("@Release")
    option = page.get_by_role("option", name="Release train")
    expect(option).to_contain_text("Trains Weekly notes, make notes snake_case_name, 2 * 3 * 4")


def test_a_message_that_was_not_taken_stays_in_the_field(page: Page, work_dir: Path) -> None:
    field(page).press_sequentially("read @note")
    expect(page.get_by_role("option", name="notes.txt")).to_be_visible()
    page.keyboard.press("Enter")
    (work_dir / "notes.txt").unlink()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("notes.txt")
    expect(field(page)).to_have_value("read @notes.txt ")
    expect(page.locator(".bubble")).to_have_count(0)


def test_a_file_is_mentioned(page: Page, api: Api, conversation: str) -> None:
    field(page).press_sequentially("read @note")
    expect(page.get_by_role("option", name="notes.txt")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("read @notes.txt ")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble .mention")).to_have_text("@notes.txt")
    row = api.messages(conversation)[0]
    assert row["metadata"]["mentions"] == [
        {"entityType": "file", "entityId": "notes.txt", "label": "notes.txt"}
    ]


def test_a_conversation_is_exported(page: Page) -> None:
    field(page).fill("read notes.txt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="Answer")).to_contain_text("second line")
    field(page).press_sequentially("/export")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    assert saved.value.suggested_filename == "read notes.txt.md"
    text = saved.value.path().read_text()
    assert "## You\n\nread notes.txt" in text
    assert "- Read notes.txt" in text


def test_a_message_waits_in_line_and_can_be_changed_and_taken_back(
    page: Page, api: Api, conversation: str
) -> None:
    field(page).fill("run sleep 60")
    page.keyboard.press("Enter")
    card = page.get_by_role("group", name="Allow Bash?")
    expect(card).to_be_visible()
    for text in ("list .", "help"):
        field(page).fill(text)
        page.keyboard.press("Enter")
        expect(page.locator(".queued", has_text=text)).to_be_visible()
    first = page.locator(".queued").first
    first.get_by_role("button", name="Edit waiting message").click()
    page.get_by_label("Waiting message", exact=True).fill("read notes.txt")
    page.keyboard.press("Enter")
    expect(page.locator(".queued", has_text="read notes.txt")).to_be_visible()
    page.locator(".queued", has_text="help").get_by_role("button", name="Remove waiting message").click()
    expect(page.locator(".queued")).to_have_count(1)
    assert [row["content"] for row in api.get(f"/api/chat/conversations/{conversation}/queue")] == [
        "read notes.txt"
    ]
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("article", name="Answer").last).to_contain_text("second line")
    expect(page.locator(".queued")).to_have_count(0)


def test_escape_stops_the_agent(page: Page) -> None:
    field(page).fill("run sleep 60")
    page.keyboard.press("Enter")
    card = page.get_by_role("group", name="Allow Bash?")
    card.get_by_role("button", name="Allow once").click(delay=450)
    expect(page.locator(".tool", has_text="Bash")).to_contain_text("running")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Stopped before it was complete.")).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_hidden()


def test_models_that_are_not_there_yet_are_shown_once_they_are(page: Page) -> None:
    held: list[Route] = []
    is_held = True

    def hold(route: Route) -> None:
        if is_held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/runtimes", hold)
    with page.expect_request("**/api/runtimes"):
        page.reload(wait_until="commit")
        page.get_by_role("button", name="Model:").click()
    expect(page.get_by_role("menu")).to_have_count(0)
    is_held = False
    for route in held:
        route.continue_()
    expect(page.get_by_role("menu")).to_contain_text("Anthropic, not connected")


def test_models_are_grouped_and_say_what_is_missing(page: Page) -> None:
    page.get_by_role("button", name="Model:").click()
    menu = page.get_by_role("menu")
    expect(menu).to_contain_text("Anthropic, not connected")
    expect(menu.get_by_role("menuitemradio", name="Sonnet")).to_have_attribute("aria-disabled", "true")
    expect(menu.get_by_role("menuitemradio", name="Sonnet")).to_contain_text("Balanced · $$")
    expect(menu.get_by_role("menuitem", name="Connect Claude…")).to_contain_text("ANTHROPIC_API_KEY")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("button", name="Model:")).to_be_focused()
    page.keyboard.press("Enter")
    menu.get_by_role("menuitem", name="Connect Claude…").click()
    expect(page.get_by_role("heading", name="Providers")).to_be_visible()
