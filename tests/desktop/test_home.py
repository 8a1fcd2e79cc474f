"""Where a chat begins: prompts to start with, and what connects a model."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.desktop.test_accessibility import violations
from tests.fakes.ollama_api import FakeOllama
from tests.sessions import write_claude_session, write_codex_session

ENDLESS = 2**36
"""How many bytes of nothing keep the reader of a file busy until it is cut."""


def test_prompts_are_chosen_by_keyboard_and_can_be_changed_before_they_are_sent(
    open_page: OpenPage, shared_daemon: DaemonProcess
) -> None:
    page = open_page(shared_daemon)
    tabs = page.get_by_role("tab")
    expect(page.locator("[role=tab] .icon")).to_have_count(5)
    assert [tab.locator(".icon").count() for tab in tabs.all()] == [1] * 5
    page.get_by_role("tab", name="Explore").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", selected=True)).to_have_text("Create")
    expect(page.get_by_role("tab", name="Create")).to_be_focused()
    page.get_by_role("tab", name="Debug").click()
    expect(page.get_by_role("tab", name="Debug")).to_be_focused()
    page.get_by_role("tab", name="Create").click()
    prompts = page.get_by_role("tabpanel", name="Create").get_by_role("button")
    expect(prompts.nth(2)).to_be_visible()
    whole = prompts.first.get_attribute("title")
    prompts.first.click()
    field = page.get_by_label("Message", exact=True)
    expect(field).to_have_value(whole or "nothing")
    expect(field).to_be_focused()


def test_a_first_start_shows_all_prompts_in_a_usual_window(
    open_page: OpenPage, daemon: DaemonProcess
) -> None:
    home = Path(daemon.environment["HOME"])
    write_claude_session(home, "one", "Mend the till", "It is mended.")
    write_codex_session(home, "one", "Count the stock", "There are nine.")
    page = open_page(daemon)
    agents = page.get_by_role("list", name="Other agents on this machine").get_by_role("listitem")
    expect(agents).to_have_count(2)
    prompts = page.get_by_role("tabpanel").get_by_role("button")
    expect(prompts).to_have_count(3)
    expect(prompts.last).to_be_in_viewport(ratio=1)
    last, composer = prompts.last.bounding_box(), page.locator(".composer").bounding_box()
    assert last is not None
    assert composer is not None
    assert last["y"] + last["height"] <= composer["y"]


def test_folders_below_home_are_named_from_there(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    home = Path(daemon.environment["HOME"])
    for folder in ("projects/webshop", "../homework"):
        (home / folder).mkdir(parents=True)
        api.post("/api/projects", {"name": folder, "workingDirectory": str((home / folder).resolve())})
    page = open_page(daemon, "/settings/projects")
    listed = page.get_by_role("list", name="Projects").get_by_role("listitem")
    expect(listed.filter(has_text="projects/webshop")).to_contain_text("~/projects/webshop")
    expect(listed.filter(has_text="homework")).to_contain_text(str(home.parent / "homework"))


def test_without_a_model_the_offline_tools_are_explained_and_answer(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    page = open_page(daemon)
    expect(page.get_by_role("heading", name="No model is connected yet")).to_be_visible()
    expect(page.get_by_text("Until then the offline tools answer")).to_be_visible()
    page.get_by_role("button", name="Look again for Ollama").click()
    expect(page.get_by_role("status").filter(has_text="Ollama was not found.")).to_be_visible()
    send(page, "help")
    expect(page.get_by_role("article", name="Answer")).to_contain_text("Offline tools")
    assert [one["runtimeId"] for one in api.get(CONVERSATIONS)] == ["offline"]


def test_ollama_is_found_by_itself(
    open_page: OpenPage, start_daemon: StartDaemon, ollama_api: FakeOllama
) -> None:
    daemon = start_daemon(OLLAMA_HOST=ollama_api.host)
    page = open_page(daemon)
    expect(page.get_by_role("button", name=re.compile("Model: .*llama", re.IGNORECASE))).to_be_visible()
    expect(page.get_by_role("heading", name="No model is connected yet")).to_be_hidden()
    page.goto(f"{daemon.url}/settings/providers")
    card = page.get_by_role("list", name="Providers").get_by_role("listitem").filter(has_text="Ollama")
    expect(card.locator(".chip")).to_have_text("Connected")
    expect(card).to_contain_text("llama")


def test_claude_code_and_codex_are_found_and_their_conversations_brought_along(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    home = Path(daemon.environment["HOME"])
    for number in range(3):
        write_claude_session(home, f"s{number}", f"Mend till {number}", "It is mended.")
    (home / ".claude" / ".credentials.json").write_text("not to be read")
    (home / ".claude" / ".credentials.json").chmod(0)
    write_codex_session(home, "one", "Count the stock", "There are nine.")
    page = open_page(daemon)
    found = page.get_by_role("list", name="Other agents on this machine").get_by_role("listitem")
    expect(found).to_have_count(2)
    claude = found.filter(has=page.get_by_text("Claude Code", exact=True))
    codex = found.filter(has=page.get_by_text("Codex", exact=True))
    expect(claude).to_contain_text("3 conversations to bring along.")
    expect(claude.get_by_title("~/.claude/projects")).to_be_visible()
    expect(claude).to_contain_text("Claude needs an API key")
    expect(codex).to_contain_text("OpenAI needs an API key")
    assert not violations(page)
    claude.get_by_role("button", name="Bring along the conversations of Claude Code").click()
    expect(claude).to_contain_text("Brought 3 conversations with 6 messages along.")
    expect(page.locator("#announcer")).to_contain_text("Claude Code: Brought 3 conversations")
    expect(page.get_by_role("navigation", name="Conversations").get_by_role("link")).to_have_count(3)
    expect(claude.get_by_role("button")).to_be_focused()
    claude.get_by_role("button").click()
    expect(claude).to_contain_text("Nothing is new.")
    page.get_by_role("link", name="Mend till 1").click()
    expect(page.get_by_role("article", name="Answer")).to_contain_text("It is mended.")
    page.goto(f"{daemon.url}/settings/providers")
    codex.get_by_role("button").click()
    expect(codex).to_contain_text("Brought 1 conversation with 2 messages along.")
    assert len(api.get(CONVERSATIONS)) == 4


def test_an_import_is_followed_on_after_a_reload(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    home = Path(daemon.environment["HOME"])
    for name in ("a", "b"):
        write_claude_session(home, name, "Mend the till", "It is mended.")
    [endless] = home.rglob("b.jsonl")
    os.truncate(endless, ENDLESS)
    page = open_page(daemon)
    found = page.get_by_role("list", name="Other agents on this machine").get_by_role("listitem")
    claude = found.filter(has=page.get_by_text("Claude Code", exact=True))
    claude.get_by_role("button").click()
    expect(claude).to_contain_text("Reading 1 of 2…")
    page.reload()
    expect(claude).to_contain_text("Reading 1 of 2…")
    expect(claude.get_by_role("button")).to_be_disabled()
    os.truncate(endless, 0)
    for _ in range(2):
        expect(claude).to_contain_text("Brought 2 conversations with 4 messages along.")
        expect(claude.get_by_role("button")).to_be_enabled()
        page.reload()
    assert [one["source"] for one in api.get("/api/imports")] == ["claude-code"]


def test_without_other_agents_nothing_is_said_of_them(
    open_page: OpenPage, start_daemon: StartDaemon, tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    daemon = start_daemon(PATH=str(programs))
    page = open_page(daemon)
    with page.expect_response("**/api/imports/sources") as asked:
        page.reload()
    assert asked.value.json() == []
    expect(page.get_by_role("heading", name="No model is connected yet")).to_be_visible()
    expect(page.get_by_text("Found on this machine")).to_be_hidden()
