"""The permission card: what is asked, where and why; the four answers; keys and clicks that come too early."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.api import Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says

AS_IT_APPEARS = """() => new MutationObserver((_, observer) => {
  const button = document.querySelector(".request .actions button");
  if (!button) return;
  observer.disconnect();
  document.body.dataset.tried = "yes";
  button.click();
  for (const key of "yane") document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""
"""A hand that clicks, and keys that are pressed, in the moment in which a card comes."""


@pytest.fixture
def project(api: Api, work_dir: Path) -> str:
    found: str = api.post("/api/projects", {"name": "webshop", "workingDirectory": str(work_dir)})["id"]
    return found


@pytest.fixture
def conversation(api: Api, project: str) -> str:
    return api.new(projectId=project)


@pytest.fixture
def page(open_page: OpenPage, daemon: DaemonProcess, conversation: str) -> Page:
    return open_page(daemon, f"/conversations/{conversation}")


def card(page: Page, tool: str = "Bash") -> Locator:
    return page.get_by_role("group", name=f"Allow {tool}?")


def ready(page: Page) -> None:
    """Waits until a card takes keys: 400 ms after it came."""
    expect(page.locator(".request")).to_have_count(1)
    page.evaluate("() => { document.body.dataset.at = performance.now() + 450; }")
    page.wait_for_function("() => performance.now() > Number(document.body.dataset.at)")


def test_it_says_what_where_and_why(page: Page, api: Api, work_dir: Path) -> None:
    api.post("/api/permissions", {"pattern": "Bash(git *)", "behavior": "ask"})
    send(page, "run git status")
    expect(card(page).locator(".command")).to_have_text("git status")
    expect(card(page)).to_contain_text(f"In webshop · {work_dir}")
    expect(card(page)).to_contain_text("Rule Bash(git *) says to ask.")
    expect(card(page)).to_contain_text("needs you")


def test_a_field_named_command_hides_no_other(page: Page) -> None:
    request = {
        "id": "1", "conversationId": "2", "toolName": "mcp__shell__run", "summary": "command=true, then=rm -rf /",
        "toolInput": {"command": "true", "then": "rm -rf /"}, "diff": None, "suggestedPattern": None, "why": "",
        "outcome": None, "isShortened": False,
    }  # fmt: skip
    page.evaluate(
        """async (request) => {
          const module = document.querySelector('link[href$="/views/permission-card.js"]').href;
          const { PermissionCard } = await import(module);
          document.body.append(new PermissionCard(request).node);
        }""",
        request,
    )
    expect(card(page, "shell: run").locator("pre")).to_have_text("command: true\nthen: rm -rf /")


def test_keys_and_clicks_that_come_too_early_do_nothing(page: Page, api: Api, work_dir: Path) -> None:
    page.evaluate(AS_IT_APPEARS)
    send(page, "run touch made.txt")
    expect(page.locator("body[data-tried]")).to_have_count(1)
    expect(card(page).locator(".panel")).to_be_hidden()
    assert len(api.get("/api/permissions/pending")) == 1
    ready(page)
    page.keyboard.press("y")
    expect(page.locator(".tool", has_text="touch made.txt")).to_contain_text("allowed by you")
    assert (work_dir / "made.txt").exists()


def test_no_takes_a_message_to_the_agent(page: Page, api: Api, conversation: str, work_dir: Path) -> None:
    send(page, "run touch made.txt")
    ready(page)
    page.keyboard.press("n")
    message = card(page).get_by_label("Message to the agent")
    expect(message).to_be_focused()
    page.keyboard.type("Use the other folder.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".resolved")).to_have_text("Denied by you: Use the other folder.")
    expect(page.get_by_role("article", name="Answer")).to_contain_text("denied")
    [call] = api.messages(conversation)[1]["metadata"]["toolCalls"]
    assert "Use the other folder." in call["output"]
    assert not (work_dir / "made.txt").exists()


def test_the_input_can_be_changed_first(page: Page, work_dir: Path) -> None:
    send(page, "run touch made.txt")
    ready(page)
    page.keyboard.press("e")
    expect(card(page).get_by_label("command")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card(page).get_by_role("button", name="Allow once")).to_be_focused()
    page.keyboard.press("e")
    card(page).get_by_label("command").fill("touch other.txt")
    card(page).get_by_role("button", name="Allow with changes").click()
    expect(page.locator(".request")).to_have_count(0)
    expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
    assert sorted(path.name for path in work_dir.glob("*.txt")) == ["notes.txt", "other.txt"]


@pytest.mark.parametrize("scope", ["In the project webshop", "Everywhere"])
def test_always_shows_the_pattern_and_where_it_holds(page: Page, api: Api, project: str, scope: str) -> None:
    send(page, "run echo one")
    ready(page)
    page.keyboard.press("a")
    pattern = card(page).get_by_label("Pattern")
    expect(pattern).to_be_focused()
    expect(pattern).to_have_value("Bash(echo one)")
    expect(card(page).get_by_label("In the project webshop")).to_be_checked()
    pattern.fill("Bash(echo *)")
    card(page).get_by_label(scope).check()
    card(page).get_by_role("button", name="Always allow").click()
    expect(page.locator(".request")).to_have_count(0)
    expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
    [rule] = api.get("/api/permissions")
    assert (rule["pattern"], rule["projectId"]) == (
        "Bash(echo *)",
        None if scope == "Everywhere" else project,
    )


def test_a_pattern_that_makes_no_sense_is_told_and_nothing_is_lost(page: Page, api: Api) -> None:
    send(page, "run echo one")
    ready(page)
    page.keyboard.press("a")
    card(page).get_by_label("Pattern").fill("Bash(echo")
    page.keyboard.press("Enter")
    expect(card(page).get_by_role("alert")).to_contain_text("Bash(echo")
    expect(card(page).get_by_label("Pattern")).to_have_value("Bash(echo")
    assert api.get("/api/permissions") == []
    assert len(api.get("/api/permissions/pending")) == 1


def test_who_answered_is_said_the_same_live_and_after_a_reload(
    open_page: OpenPage, daemon: DaemonProcess, page: Page, conversation: str
) -> None:
    other = open_page(daemon, f"/conversations/{conversation}")
    send(page, "run echo one")
    ready(other)
    other.keyboard.press("y")
    expect(page.locator(".tool", has_text="echo one")).to_contain_text("allowed by you, in Chrome on Linux")
    expect(other.locator(".tool", has_text="echo one")).to_contain_text("allowed by you ·")
    expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
    send(page, "run echo two")
    ready(other)
    other.keyboard.press("n")
    other.keyboard.press("Control+Enter")
    for _ in ("live", "after a reload"):
        expect(page.locator(".resolved")).to_have_text("Denied by you, in Chrome on Linux")
        expect(page.locator(".tool", has_text="echo one")).to_contain_text("by you, in Chrome on Linux")
        expect(other.locator(".resolved")).to_have_text("Denied by you")
        expect(other.locator(".tool", has_text="echo one")).to_contain_text("allowed by you ·")
        page.reload()
        other.reload()


def test_an_answer_that_came_too_late_says_who_gave_it(
    open_page: OpenPage, start_daemon: StartDaemon, tmp_path: Path
) -> None:
    daemon = start_daemon(tmp_path / "hasty", STAGENT_PERMISSION_TIMEOUT_SECONDS="0.1")
    api, conversation = daemon.client, daemon.client.new()
    [request] = api.ask(conversation, "run true").of("permission_request")
    api.respond(conversation, request["requestId"], "deny", client={"name": "the terminal"})
    page = open_page(daemon, f"/conversations/{conversation}")
    expect(page.locator(".resolved")).to_have_text(
        "No answer in time, denied too late by you, in the terminal"
    )


def test_a_program_that_answers_is_named(page: Page, api: Api, conversation: str) -> None:
    send(page, "ask Which?: one | two")
    expect(page.get_by_role("radio", name="one")).to_be_visible()
    [request] = api.get("/api/permissions/pending")
    answers = {"answers": {"Which?": "two"}}
    api.respond(conversation, request["id"], updatedInput=answers, client={"name": "the terminal"})
    expect(page.get_by_role("article", name="Answer")).to_contain_text("Answered by you, in the terminal.")


def test_a_key_is_for_the_card_with_the_focus(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, project: str, work_dir: Path
) -> None:
    first, second = api.new(projectId=project), api.new(projectId=project)
    with contextlib.ExitStack() as turns:
        one = turns.enter_context(api.send(first, "run touch one.txt"))
        one.until("permission_request")
        two = turns.enter_context(api.send(second, "run touch two.txt"))
        two.until("permission_request")
        page = open_page(daemon, "/inbox")
        expect(card(page)).to_have_count(2)
        page.evaluate("() => { document.body.dataset.at = performance.now() + 450; }")
        page.wait_for_function("() => performance.now() > Number(document.body.dataset.at)")
        card(page).nth(1).get_by_role("button", name="Deny").focus()
        page.keyboard.press("y")
        two.rest()
        expect(card(page)).to_have_count(1)
        expect(card(page)).to_contain_text("touch one.txt")
        api.cancel(first)
        one.rest()
    assert sorted(path.name for path in work_dir.glob("*.txt")) == ["notes.txt", "two.txt"]


def test_a_diff_is_shown_in_one_column_or_in_two(page: Page) -> None:
    send(page, "edit notes.txt: replace second with 2nd")
    diff = card(page, "Edit").locator(".diff")
    expect(diff.get_by_role("row", name="second line")).to_have_class("removed")
    expect(diff.get_by_role("row", name="2nd line")).to_have_class("added")
    card(page, "Edit").get_by_role("button", name="Side by side").click()
    sides = diff.locator("tr", has=page.locator(".removed")).locator("td")
    expect(sides).to_have_text(["2", "second line", "2", "2nd line"])
    page.reload()  # the choice is kept
    expect(card(page, "Edit").get_by_role("button", name="Side by side")).to_have_attribute(
        "aria-pressed", "true"
    )
    card(page, "Edit").get_by_role("button", name="Side by side").click()
    expect(diff.locator("tr.removed")).to_have_count(1)


def test_nothing_hides_in_what_is_changed(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, tmp_path: Path
) -> None:
    model.script(Answer(Calls("Bash", {"command": "echo safe\u202e; true"})), Answer(Says("done")))
    conversation = connected.client.new("claude-code", workingDirectory=str(tmp_path))
    page = open_page(connected, f"/conversations/{conversation}")
    send(page, "go")
    ready(page)
    page.keyboard.press("e")
    note = card(page).locator(".field .where")
    expect(note).to_have_text(r"echo safe\u{202e}; true")
    card(page).get_by_label("command").fill("echo safe")
    expect(note).to_be_hidden()
