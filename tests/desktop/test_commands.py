"""The commands of the composer: each is offered, and does what it says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.api import CONVERSATIONS
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Says, Usage

LONG = " ".join(f"word{number}" for number in range(2_200))


@pytest.fixture
def conversation(connected: DaemonProcess, model: FakeAnthropic) -> str:
    """A conversation with one answer."""
    model.script(Answer(Says("It is blue."), usage=Usage(30_000, 40)))
    conversation = connected.client.new("claude-code", modelId="sonnet", title="Colours")
    connected.client.ask(conversation, f"Which colour has the sky? {LONG}")
    return conversation


@pytest.fixture
def page(open_page: OpenPage, connected: DaemonProcess, conversation: str) -> Page:
    page = open_page(connected, f"/conversations/{conversation}")
    expect(page.get_by_role("article", name="Answer")).to_contain_text("It is blue.")
    return page


def command(page: Page, name: str) -> None:
    """Types a command, and takes what is offered."""
    field = page.get_by_label("Message", exact=True)
    field.press_sequentially(f"/{name}")
    expect(page.get_by_role("option", name=f"/{name}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")


def meter(page: Page) -> Locator:
    return page.get_by_role("button", name="of the context used")


def test_model_chooses_another_one(page: Page, connected: DaemonProcess, conversation: str) -> None:
    command(page, "model")
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitemradio", name="Sonnet Balanced")).to_have_attribute(
        "aria-checked", "true"
    )
    haiku = menu.get_by_role("menuitemradio", name="Haiku Fast")
    expect(haiku).to_contain_text("Fast · $")
    expect(menu.get_by_role("menuitemradio", name="Opus Best")).to_contain_text("Best · $$$")
    expect(menu).to_contain_text("OpenAI")
    expect(menu).to_contain_text("OpenAI, not connected")
    expect(menu.get_by_role("menuitemradio", name="GPT-5.4 Mini")).to_have_attribute("aria-disabled", "true")
    expect(menu.get_by_role("menuitem", name="Connect OpenAI…")).to_contain_text("OPENAI_API_KEY")
    page.keyboard.type("haiku"[0])
    expect(haiku).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Model: Haiku")).to_be_focused()
    assert connected.client.get(f"{CONVERSATIONS}/{conversation}")["modelId"] == "haiku"
    page.goto(connected.url)
    expect(page.get_by_role("button", name="Model: Haiku")).to_be_visible()


def test_compact_summarises_and_the_meter_tells_how_full_the_window_is(
    page: Page, connected: DaemonProcess, model: FakeAnthropic, conversation: str
) -> None:
    expect(meter(page)).to_be_visible()
    meter(page).click()
    dialog = page.get_by_role("dialog", name="Context")
    expect(dialog.get_by_role("term").filter(has_text="Conversation")).to_be_visible()
    expect(dialog.get_by_role("term").filter(has_text="Identity and rules")).to_be_visible()
    used = connected.client.get(f"{CONVERSATIONS}/{conversation}/context")
    assert used["usedTokens"] > 5_000
    share = round(100 * used["usedTokens"] / used["windowTokens"])
    expect(meter(page)).to_have_attribute("aria-label", f"{share} % of the context used")
    model.script(Answer(Says("They talked about the sky.")))
    dialog.get_by_role("button", name="Close").click()
    expect(meter(page)).to_be_focused()
    model.script(Answer(Says("They talked about the sky.")))
    command(page, "compact")
    expect(page.get_by_text("Earlier messages were summarised for the model")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("Earlier messages were summarised.")


def test_the_meter_offers_to_summarise(page: Page, model: FakeAnthropic) -> None:
    model.script(Answer(Says("They talked about the sky.")))
    meter(page).click()
    page.get_by_role("dialog", name="Context").get_by_role("button", name="Summarise now").click()
    expect(page.get_by_text("Earlier messages were summarised for the model")).to_be_visible()


def test_the_meter_warns_when_the_window_is_nearly_full(
    page: Page, connected: DaemonProcess, conversation: str
) -> None:
    expect(meter(page)).to_be_visible()
    expect(page.locator(".meter.is-high")).to_have_count(0)
    used = connected.client.get(f"{CONVERSATIONS}/{conversation}/context")["usedTokens"]
    connected.client.patch("/api/settings", {"contextWindows": {"sonnet": int(used * 1.1)}})
    page.reload()
    expect(page.locator(".meter.is-high")).to_be_visible()
    connected.client.patch("/api/settings", {"contextWindows": {}})


def test_fork_goes_on_in_a_copy(page: Page, connected: DaemonProcess, conversation: str) -> None:
    before = page.url
    command(page, "fork")
    page.wait_for_url(lambda url: url != before)
    expect(page.get_by_role("article", name="Answer")).to_contain_text("It is blue.")
    copy = page.url.rpartition("/")[2]
    assert [row["role"] for row in connected.client.messages(copy)] == ["user", "assistant"]


def test_archive_moves_it_out_of_the_list(page: Page, connected: DaemonProcess, conversation: str) -> None:
    command(page, "archive")
    expect(page.get_by_role("status").filter(has_text="Archived")).to_be_visible()
    assert connected.client.get(f"{CONVERSATIONS}/{conversation}")["status"] == "archived"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Colours").first).to_be_visible()


def test_export_saves_it(page: Page) -> None:
    field = page.get_by_label("Message", exact=True)
    field.press_sequentially("/export")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    assert saved.value.suggested_filename == "Colours.md"
    assert "It is blue." in saved.value.path().read_text()


def test_an_export_says_who_answered(open_page: OpenPage, connected: DaemonProcess) -> None:
    api = connected.client
    conversation = api.new(title="Asked")
    with api.send(conversation, "run true") as stream:
        request = stream.until("permission_request")["requestId"]
        client = {"name": "Firefox on Linux"}
        api.respond(conversation, request, "deny", message="Not now.", client=client)
        stream.rest()
    with api.send(conversation, "ask Which?: one | two") as stream:
        request = stream.until("question")["requestId"]
        given = {"answers": {"Which?": "two"}}
        api.respond(conversation, request, updatedInput=given, client={"name": "the terminal"})
        stream.rest()
    page = open_page(connected, f"/conversations/{conversation}")
    expect(page.get_by_role("article", name="Answer")).to_have_count(2)
    page.get_by_label("Message", exact=True).press_sequentially("/export")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    text = saved.value.path().read_text()
    assert "> Request, Bash: true (Denied by you, in Firefox on Linux: Not now.)" in text
    assert "> Question: Which? (Answered by you, in the terminal: two)" in text


@pytest.mark.parametrize("place", ["conversation", "home"])
def test_permissions_and_help_show_theirs(page: Page, connected: DaemonProcess, place: str) -> None:
    if place == "home":
        page.goto(connected.url)
        expect(page.get_by_role("tab", name="Explore")).to_be_visible()
    command(page, "help")
    sheet = page.get_by_role("dialog", name="Keyboard")
    expect(sheet.get_by_role("term").filter(has_text="Go to or do anything")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    command(page, "permissions")
    expect(page.get_by_role("heading", name="Permissions")).to_be_visible()


def test_escape_leaves_a_command_unsaid_and_an_unknown_one_is_only_text(
    page: Page, shared_model: object
) -> None:
    del shared_model
    field = page.get_by_label("Message", exact=True)
    field.press_sequentially("/")
    expect(page.get_by_role("option")).to_have_count(7)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option", name="/help")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(field).to_have_value("/")
    field.press_sequentially("etc")
    expect(page.get_by_role("option")).to_have_count(0)
