"""The settings of permissions: rules by hand and from a card, and what they say about a tool call."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send


def test_rules_are_added_tried_and_removed(open_page: OpenPage, daemon: DaemonProcess, api: Api) -> None:
    project = api.post("/api/projects", {"name": "webshop"})["id"]
    page = open_page(daemon, "/settings/permissions")
    expect(page.get_by_text("There are no rules yet.")).to_be_visible()
    form = page.get_by_role("form", name="Add a rule")
    form.get_by_label("Pattern").fill("Bash(git diff *")
    form.get_by_role("button", name="Add the rule").click()
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_label("Pattern").fill("Bash(git diff *)")
    form.get_by_label("Where it holds").focus()
    form.get_by_label("Where it holds").select_option(label="webshop")
    form.get_by_role("button", name="Add the rule").click()
    rule = page.get_by_role("list", name="Rules").get_by_role("listitem")
    expect(rule).to_contain_text("Bash(git diff *)In webshop · never used")
    attempt = page.get_by_role("form", name="Try a tool call")
    attempt.get_by_label("In", exact=True).focus()
    attempt.get_by_label("In", exact=True).select_option(label="webshop")
    for command, expected in (("git diff HEAD", "Allow"), ("git diff HEAD; rm -rf /", "Ask")):
        attempt.get_by_label("Command").fill(command)
        attempt.get_by_role("button", name="Try it").click()
        expect(attempt.get_by_role("status")).to_contain_text(expected)
    rule.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("There are no rules yet.")).to_be_visible()
    assert api.get("/api/permissions") == []
    page.get_by_role("button", name="Undo").click()
    expect(rule).to_contain_text("Bash(git diff *)")
    assert [one["projectId"] for one in api.get("/api/permissions")] == [project]


def test_a_rule_says_how_often_it_decided(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    api.post("/api/permissions", {"pattern": "Bash(echo *)", "behavior": "allow"})
    api.ask(api.new(workingDirectory=str(work_dir)), "run echo one\nrun echo two")
    page = open_page(daemon, "/settings/permissions")
    expect(page.get_by_role("list", name="Rules")).to_contain_text("used 2 times")


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
