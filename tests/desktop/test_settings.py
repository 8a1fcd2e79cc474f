"""The settings page: each section does what it says."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.api import Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Says, Usage


def test_a_key_connects_a_provider_in_place(
    open_page: OpenPage, start_daemon: StartDaemon, tmp_path: Path
) -> None:
    daemon = start_daemon(
        PYTHON_KEYRING_BACKEND="tests.fakes.file_keyring.FileKeyring",
        STAGENT_TEST_KEYRING=str(tmp_path / "keyring.json"),
    )
    page = open_page(daemon)
    providers = page.get_by_role("list", name="Providers")
    providers.get_by_role("button", name="Connect Claude").click()
    providers.get_by_label("API key for Claude").fill("sk-test-1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Claude is connected.")).to_be_visible()
    expect(page.get_by_role("heading", name="No model is connected yet")).to_be_hidden()
    expect(page.get_by_role("button", name="Model: Claude")).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    page.goto(f"{daemon.url}/settings/providers")
    card = page.get_by_role("list", name="Providers").get_by_role("listitem").filter(has_text="Claude")
    expect(card).to_contain_text("Connected")
    card.get_by_role("button", name="Use another key…").click()
    expect(card.get_by_label("API key for Claude")).to_have_value("")
    page.reload()
    card.get_by_role("button", name="Remove the key").click()
    expect(card).to_contain_text("Not connected")


def test_without_a_keyring_it_says_what_to_do(open_page: OpenPage, daemon: DaemonProcess) -> None:
    page = open_page(daemon, "/settings/providers")
    form = page.get_by_role("form", name="Connect OpenAI")
    form.get_by_role("button", name="Connect").click()
    expect(form.get_by_role("alert")).to_contain_text("Paste the key first.")
    form.get_by_label("API key for OpenAI").fill("sk-test-2")
    page.keyboard.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("environment")
    expect(form.get_by_label("API key for OpenAI")).to_have_value("sk-test-2")


def test_what_new_conversations_use_is_kept_or_set_back(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    page = open_page(daemon, "/settings/providers")
    page.get_by_label("New conversations use").select_option(label="Offline tools, not a language model")
    expect(page.locator("#announcer")).to_have_text("Saved.")
    assert api.get("/api/settings")["defaultRuntimeId"] == "offline"
    server = page.get_by_label("Server in Ollama's place")
    server.fill("no address")
    page.keyboard.press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("openaiCompatibleUrl")
    expect(server).to_have_value("")


def test_projects_are_added_changed_and_removed(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    page = open_page(daemon, "/settings/projects")
    page.get_by_role("button", name="Add a project").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("webshop")
    dialog.get_by_label("Folder").fill("/no/such/folder")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Folder").fill(str(work_dir))
    dialog.get_by_role("button", name="Add", exact=True).click()
    row = page.get_by_role("list", name="Projects").get_by_role("listitem")
    expect(row).to_contain_text(str(work_dir))
    row.get_by_role("button", name="More about webshop").click()
    page.get_by_role("menuitem", name="Edit…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("shop")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("shop")
    row.get_by_role("button", name="More about shop").click()
    page.get_by_role("menuitem", name="Archive").click()
    expect(row).to_contain_text("Archived")
    row.get_by_role("button", name="More about shop").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(row).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    assert [one["status"] for one in api.get("/api/projects")] == ["archived"]
    row.get_by_role("button", name="More about shop").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.locator(".toast").get_by_role("button", name="Dismiss").last.click()
    expect(row).to_be_hidden()
    page.reload()
    expect(page.get_by_text("A project is a folder")).to_be_visible()
    assert api.get("/api/projects") == []


def test_mcp_servers_are_added_turned_off_and_removed(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    page = open_page(daemon, "/settings/mcp")
    page.get_by_role("button", name="Add a server").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("tracker")
    dialog.get_by_label("Program", exact=True).fill("npx")
    dialog.get_by_label("Arguments").fill("-y\n@example/tracker")
    dialog.get_by_label("Environment variables").fill("TOKEN")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("NAME=value")
    dialog.get_by_label("Environment variables").fill("TOKEN=${TRACKER_TOKEN:-none}")
    dialog.get_by_role("button", name="Add", exact=True).click()
    card = page.get_by_role("list", name="MCP servers").get_by_role("listitem")
    expect(card).to_contain_text("npx -y @example/tracker")
    written = api.get("/api/settings")["mcpServers"]["tracker"]
    assert (written["args"], written["env"]) == (
        ["-y", "@example/tracker"],
        {"TOKEN": "${TRACKER_TOKEN:-none}"},
    )
    card.get_by_role("button", name="Turn off").click()
    expect(card.locator(".chip")).to_have_text("Off")
    card.get_by_role("button", name="Remove tracker").click()
    expect(card).to_be_hidden()
    assert api.get("/api/settings")["mcpServers"] == {}


def test_a_file_of_a_project_starts_servers_only_once_it_is_allowed(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    (work_dir / ".mcp.json").write_text(
        '{"mcpServers": {"tracker": {"command": "npx", "args": ["tracker"]}}}'
    )
    api.post("/api/projects", {"name": "webshop", "workingDirectory": str(work_dir)})
    page = open_page(daemon, "/settings/mcp")
    file = page.get_by_role("list", name="Files of projects").get_by_role("listitem")
    expect(file).to_contain_text("npx tracker")
    file.get_by_role("button", name="Allow", exact=True).click()
    expect(file.get_by_role("button", name="Allow no longer")).to_be_visible()
    assert [one["allowed"] for one in api.get("/api/mcp/approvals")] == [True]
    file.get_by_role("button", name="Allow no longer").click()
    expect(file.get_by_role("button", name="Allow", exact=True)).to_be_visible()
    assert [one["allowed"] for one in api.get("/api/mcp/approvals")] == [False]


def test_nothing_hides_in_a_file_that_is_to_be_allowed(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    program = {
        "command": "sh",
        "args": ["-c", "a b"],
        "env": {"NODE_OPTIONS": "-r ./x\u202e.js"},
        "cwd": "..",
    }
    address = {"url": "https://mcp.example.com", "headers": {"X-A": "${GITHUB_TOKEN}"}}
    path = work_dir / ".mcp.json"
    path.write_text(json.dumps({"mcpServers": {"program": program, "address": address}}))
    api.post("/api/projects", {"name": "webshop", "workingDirectory": str(work_dir)})
    page = open_page(daemon, "/settings/mcp")
    file = page.get_by_role("list", name="Files of projects").get_by_role("listitem")
    expect(file).to_contain_text('program: sh -c "a b" · cwd=.. · NODE_OPTIONS=-r ./x\\u{202e}.js')
    expect(file).to_contain_text("address: https://mcp.example.com · X-A: ${GITHUB_TOKEN}")
    expect(file.get_by_role("button", name="Allow", exact=True)).to_be_visible()


def test_appearance_is_kept_in_this_browser(open_page: OpenPage, daemon: DaemonProcess) -> None:
    page = open_page(daemon, "/settings/appearance", color_scheme="light")
    light = page.locator("body").evaluate("(node) => getComputedStyle(node).backgroundColor")
    page.get_by_label("Dark").check()
    page.get_by_label("Large", exact=True).check()
    row = page.get_by_role("link", name="Inbox")
    before = row.bounding_box()
    page.get_by_label("Compact").check()
    page.reload()
    expect(page.get_by_label("Dark")).to_be_checked()
    expect(page.get_by_label("Compact")).to_be_checked()
    after = row.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] < before["height"]
    assert page.locator("body").evaluate("(node) => getComputedStyle(node).backgroundColor") != light
    assert page.locator("html").evaluate("(node) => getComputedStyle(node).fontSize") == "18px"


def test_usage_is_shown_and_budgets_are_kept(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    model.script(Answer(Says("Hello"), usage=Usage(100_000, 2_000)))
    api.ask(api.new("claude-code"), "hi")
    page = open_page(connected, "/settings/usage")
    expect(page.get_by_role("region", name="Usage")).to_contain_text("claude-sonnet")
    expect(page.get_by_role("img", name="of each day from")).to_be_visible()
    page.get_by_label("By project").check()
    expect(page.get_by_role("region", name="Usage")).to_contain_text("No project")
    page.get_by_label("US dollars a day").fill("2.5")
    page.keyboard.press("Tab")
    expect(page.locator("#announcer")).to_have_text("Saved.")
    assert api.get("/api/settings")["dailyBudgetUsd"] == 2.5
    page.reload()
    expect(page.get_by_role("progressbar", name="Today's budget")).to_be_visible()
    expect(page.locator(".budget")).to_contain_text("of $2.50")
    api.patch("/api/settings", {"dailyBudgetUsd": 0.1})
    page.reload()
    expect(page.locator(".budget .chip")).to_have_text("Used up")
    expect(page.locator(".budget")).not_to_contain_text("Begins anew")
    page.get_by_label("US dollars a day").fill("-1")
    page.keyboard.press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("dailyBudgetUsd")
    expect(page.get_by_label("US dollars a day")).to_have_value("0.1")
    api.patch("/api/settings", {"dailyBudgetUsd": None})


def test_about_says_where_things_lie(open_page: OpenPage, shared_daemon: DaemonProcess) -> None:
    page = open_page(shared_daemon, "/settings/about")
    expect(page.get_by_text(str(shared_daemon.data_dir.root), exact=True)).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Notices").click()
    expect(opened.value.locator("body")).to_contain_text("Lucide")


def test_what_cannot_be_read_can_be_tried_again(open_page: OpenPage, shared_daemon: DaemonProcess) -> None:
    page = open_page(shared_daemon, "/settings/about")
    page.route("**/api/about", lambda route: route.abort(), times=1)
    page.reload()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("cannot be reached")
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_text(str(shared_daemon.data_dir.root), exact=True)).to_be_visible()
