"""The settings page: each section does what it says."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.api import Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send


def test_a_key_connects_a_provider_in_place(
    open_page: OpenPage, start_daemon: StartDaemon, tmp_path: Path
) -> None:
    daemon = start_daemon(
        PYTHON_KEYRING_BACKEND="tests.fakes.file_keyring.FileKeyring",
        STAGENT_TEST_KEYRING=str(tmp_path / "keyring.json"),
    )
    page = open_page(daemon)
    page.get_by_role("link", name="Connect a provider").click()
    card = page.locator(".card", has_text="Claude")
    card.get_by_label("API key").fill("sk-test-1")
    card.get_by_role("button", name="Save").click()
    expect(card.get_by_text("Connected", exact=True)).to_be_visible()
    expect(card.get_by_label("Another API key")).to_have_value("")
    card.get_by_role("button", name="Remove").click()
    expect(card.get_by_text("Not connected")).to_be_visible()


def test_without_a_keyring_it_says_what_to_do(open_page: OpenPage, daemon: DaemonProcess) -> None:
    page = open_page(daemon, "/settings/providers")
    card = page.locator(".card", has_text="OpenAI")
    card.get_by_label("API key").fill("sk-test-2")
    page.keyboard.press("Enter")
    expect(card.get_by_role("alert")).to_contain_text("environment")


def test_rules_are_added_tried_and_removed(open_page: OpenPage, daemon: DaemonProcess, api: Api) -> None:
    page = open_page(daemon, "/settings/permissions")
    expect(page.get_by_role("heading", name="No rules yet")).to_be_visible()
    page.get_by_label("Pattern").fill("Bash(git diff *")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Pattern").fill("Bash(git diff *)")
    page.get_by_role("button", name="Add").click()
    rule = page.get_by_role("list", name="Rules").get_by_role("listitem")
    expect(rule).to_contain_text("Bash(git diff *)")
    expect(rule).to_contain_text("never used")
    verdict = page.locator(".verdict")
    for command, expected in (("git diff HEAD", "Allow"), ("git diff HEAD; rm -rf /", "Ask")):
        page.get_by_label("Command, path or address").fill(command)
        page.get_by_role("button", name="Test").click()
        expect(verdict).to_contain_text(expected)
    rule.get_by_role("button", name="Remove").click()
    page.locator(".toast").get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("heading", name="No rules yet")).to_be_visible()
    assert api.get("/api/permissions") == []


def test_always_allow_saves_the_pattern_that_is_shown(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    conversation = api.new(workingDirectory=str(work_dir))
    page = open_page(daemon, f"/conversations/{conversation}")
    send(page, "run echo one")
    card = page.get_by_role("group", name="Allow Bash?")
    card.get_by_role("button", name="Always").click(delay=450)
    pattern = card.get_by_label("Pattern")
    expect(pattern).to_be_focused()
    pattern.fill("Bash(echo *)")
    card.get_by_role("button", name="Always allow").click()
    expect(page.get_by_role("article", name="Answer")).to_contain_text("one")
    send(page, "run echo two")
    expect(page.locator(".tool", has_text="echo two")).to_contain_text("line")
    expect(page.locator(".request")).to_have_count(0)
    assert [(rule["pattern"], rule["uses"]) for rule in api.get("/api/permissions")] == [("Bash(echo *)", 1)]


def test_a_denial_tells_the_agent_why_and_an_edit_changes_the_call(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    conversation = api.new(workingDirectory=str(work_dir))
    page = open_page(daemon, f"/conversations/{conversation}")
    send(page, "run echo one")
    page.get_by_role("button", name="Deny").click(delay=450)
    page.get_by_label("Message to the agent").fill("use printf instead")
    page.get_by_role("group", name="Allow Bash?").get_by_role("button", name="Deny", exact=True).click()
    expect(page.get_by_role("article", name="Answer")).to_contain_text("use printf instead")
    send(page, "run echo three")
    page.get_by_role("button", name="Edit", exact=True).click(delay=450)
    page.get_by_label("command").fill("echo four")
    page.get_by_role("button", name="Allow with changes").click()
    expect(page.get_by_role("article", name="Answer").last).to_contain_text("four")


def test_a_card_ignores_hands_for_a_moment(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    conversation = api.new(workingDirectory=str(work_dir))
    page = open_page(daemon, f"/conversations/{conversation}")
    # Whatever is pressed and clicked in the very moment in which a card appears.
    page.evaluate("""() => new MutationObserver((_, observer) => {
      const card = document.querySelector(".request");
      if (!card) return;
      observer.disconnect();
      window.clickedAt = performance.now();
      card.querySelector("button").click();
      card.dispatchEvent(new KeyboardEvent("keydown", { key: "y", bubbles: true }));
    }).observe(document.body, { childList: true, subtree: true })""")
    send(page, "run touch made.txt")
    card = page.get_by_role("group", name="Allow Bash?")
    expect(card).to_be_focused()
    assert page.evaluate("window.clickedAt") > 0
    expect(card.get_by_role("button", name="Allow once")).to_be_enabled()
    assert not (work_dir / "made.txt").exists()
    page.get_by_role("button", name="Allow once").click(delay=900)
    expect(card).to_be_hidden()
    expect(page.get_by_role("article", name="Answer")).to_contain_text("touch made.txt")
    assert (work_dir / "made.txt").exists()


def test_projects_are_added_and_removed(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    page = open_page(daemon, "/settings/projects")
    page.get_by_label("Name").fill("webshop")
    page.get_by_label("Folder").fill("/no/such/folder")
    page.get_by_role("button", name="Add project").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Folder").fill(str(work_dir))
    page.get_by_role("button", name="Add project").click()
    expect(page.get_by_role("heading", name="webshop")).to_be_visible()
    page.get_by_role("button", name="Delete webshop").click()
    page.get_by_role("button", name="Delete project").click()
    expect(page.get_by_role("heading", name="No projects yet")).to_be_visible()
    assert api.get("/api/projects") == []


def test_appearance_is_kept_in_this_browser(open_page: OpenPage, daemon: DaemonProcess) -> None:
    page = open_page(daemon, "/settings/appearance", color_scheme="light")
    light = page.locator("body").evaluate("(node) => getComputedStyle(node).backgroundColor")
    page.get_by_label("Dark").check()
    page.get_by_label("Large", exact=True).check()
    page.reload()
    expect(page.get_by_label("Dark")).to_be_checked()
    assert page.locator("body").evaluate("(node) => getComputedStyle(node).backgroundColor") != light
    assert page.locator("html").evaluate("(node) => getComputedStyle(node).fontSize") == "18px"


def test_budgets_are_saved(open_page: OpenPage, daemon: DaemonProcess, api: Api) -> None:
    page = open_page(daemon, "/settings/usage")
    page.get_by_label("Per day").fill("2.5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    assert api.get("/api/settings")["dailyBudgetUsd"] == 2.5
