"""Find in conversation: in all of it, also in what a person wrote, what tools did and what the model thought."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Thinks

HIGHLIGHTED = """() => [...(CSS.highlights.get("found") ?? [])].map((range) => range.toString()).join()"""


@pytest.fixture
def page(open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, work_dir: Path) -> Page:
    """A conversation in which a word stands in every kind of place."""
    (work_dir / "notes.txt").write_text("a Needle in a file\n")
    model.script(
        Answer(
            Thinks("Where is the needle?"),
            Says("A **need**le, and a needle."),
            Calls("Read", {"file_path": "notes.txt"}),
        ),
        Answer(Says("Found it.")),
    )
    conversation = connected.client.new("claude-code", workingDirectory=str(work_dir))
    connected.client.ask(conversation, "Find the NEEDLE")
    return open_page(connected, f"/conversations/{conversation}")


def marked(page: Page, text: str) -> None:
    """Waits until this is what is highlighted."""
    page.wait_for_function(f"(text) => ({HIGHLIGHTED})() === text", arg=text)


def test_every_kind_of_place_is_found_in_order(page: Page) -> None:
    expect(page.get_by_role("article").last).to_contain_text("Found it.")
    page.keyboard.press("Control+f")
    page.keyboard.type("needle")
    bar = page.get_by_role("search").filter(has=page.get_by_label("Find in this conversation"))
    # The last place is the tool's output: its card is opened.
    expect(bar.get_by_role("status")).to_have_text("4 of 4")
    marked(page, "Needle")
    expect(page.locator(".tool .output").last).to_contain_text("a Needle in a file")
    bar.get_by_role("button", name="Earlier match").click()
    expect(bar.get_by_role("status")).to_have_text("3 of 4")
    marked(page, "needle")
    expect(page.get_by_text("Where is the needle?")).to_be_hidden()
    page.get_by_label("Find in this conversation").press("Enter")
    expect(page.get_by_text("Where is the needle?")).to_be_visible()
    page.get_by_label("Find in this conversation").press("Enter")
    expect(bar.get_by_role("status")).to_have_text("1 of 4")
    marked(page, "NEEDLE")
    page.get_by_label("Find in this conversation").press("Enter")  # around the corner
    expect(bar.get_by_role("status")).to_have_text("4 of 4")
    bar.get_by_role("button", name="Later match").click()
    expect(bar.get_by_role("status")).to_have_text("1 of 4")
    page.get_by_label("Find in this conversation").fill("nowhere")
    expect(bar.get_by_role("status")).to_have_text("Nothing found")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    marked(page, "")


def test_what_comes_while_the_bar_is_open_is_found_too(page: Page, model: FakeAnthropic) -> None:
    page.keyboard.press("Control+f")
    page.keyboard.type("needle")
    status = page.get_by_role("search").get_by_role("status")
    expect(status).to_have_text("4 of 4")
    model.script(Answer(Says("One more needle.")))
    send(page, "again")
    expect(status).to_have_text("4 of 5")


def test_a_long_conversation_is_searched_without_loading_it(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    conversation = api.new()
    api.ask(conversation, "the needle is here")
    for _ in range(35):
        api.ask(conversation, "help")
    page = open_page(daemon, f"/conversations/{conversation}")
    expect(page.get_by_role("article").last).to_be_in_viewport()
    expect(page.get_by_role("article")).to_have_count(60)
    page.keyboard.press("Control+f")
    page.keyboard.type("NEEDLE is")
    expect(page.get_by_role("search").get_by_role("status").filter(has_text="1 of 1")).to_be_visible()
    expect(page.locator(".bubble", has_text="needle")).to_be_in_viewport()


OVERTAKING = """async () => {
  const { FindBar } = await import(new URL("./views/find.js", document.querySelector("script[type=module]").src));
  const row = { id: "m1", role: "user", content: "a needle" };
  const searches = [], ways = [], shown = [];
  window.fetch = () => new Promise((resolve) => searches.push(resolve));
  const answer = (search) => search(new Response(JSON.stringify([{ messageId: row.id, count: 1 }]), { headers: { "Content-Type": "application/json" } }));
  const settled = async () => { for (let turn = 0; turn < 20; turn++) await Promise.resolve(); await new Promise(requestAnimationFrame); };
  const session = { path: "/api/x", transcript: { value: { rows: [row] } }, loadUntil: () => new Promise((resolve) => ways.push(resolve)) };
  const node = document.createElement("div");
  node.textContent = row.content;
  const bar = new FindBar(session, { open: () => node, reveal: () => shown.push(row.id) });
  bar.node.hidden = false;
  bar.node.querySelector("input").value = "needle";
  bar._search();
  bar._search();
  answer(searches[0]);
  await settled();
  bar._search();
  answer(searches[1]);
  await settled();
  ways[0]?.();  // the way to the first one's match ends, when that is no longer the match
  await settled(); await settled(); await settled();
  answer(searches[2]);
  await settled();
  ways.forEach((arrive) => arrive());
  await settled(); await settled(); await settled();
  return shown;
}"""
"""A search that is asked before a match is there, answered after it: whoever reads on, the match is shown."""


def test_a_match_is_shown_also_when_searches_overtake_each_other(
    open_page: OpenPage, daemon: DaemonProcess
) -> None:
    assert open_page(daemon, "/").evaluate(OVERTAKING) == ["m1"]
