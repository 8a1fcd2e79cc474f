"""Whatever a model, a tool, a file or a person writes: on the page it is text. Nothing runs, nothing is loaded."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.daemon.rendering.xss_payloads import ELEMENTS, PAYLOADS
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Thinks, Waits

TEXTS = [text for text in PAYLOADS if "\0" not in text]
STRANGERS = """() => {
  const found = [];
  for (const node of document.querySelectorAll("*")) {
    const name = node.localName;
    if (["iframe", "object", "embed", "base", "applet", "style", "marquee", "video", "audio", "isindex"].includes(name)) found.push(name);
    if (name === "script" && !new URL(node.src).pathname.startsWith("/web/")) found.push(node.outerHTML);
    for (const { name: attribute, value } of node.attributes) {
      if (attribute.startsWith("on") || attribute === "srcdoc" || attribute === "formaction") found.push(attribute);
      if (["href", "src", "action", "xlink:href"].includes(attribute)) {
        const url = new URL(value, location.href);
        const isLink = name === "a" && ["https:", "mailto:", "http:"].includes(url.protocol);
        if (!isLink && url.origin !== location.origin) found.push(`${name} ${attribute}=${value}`);
      }
    }
  }
  return found;
}"""


def check(page: Page) -> None:
    """Nothing of what was shown became an element. That nothing ran or was refused, `open_page` checks."""
    assert page.evaluate(STRANGERS) == []


def test_there_are_enough() -> None:
    assert len(TEXTS) >= 300


@pytest.mark.parametrize("part", range(4))
def test_an_answer(open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, part: int) -> None:
    text = "\n\nend of one\n\n".join(TEXTS[part::4])
    gate = threading.Event()
    model.script(Answer(Thinks(text[:20_000]), Waits(gate), Says(text, chunks=40)))
    conversation = connected.client.new("claude-code")
    page = open_page(connected, f"/conversations/{conversation}")
    send(page, "go")
    page.get_by_role("button", name="Thinking").click()
    check(page)
    gate.set()
    expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
    check(page)
    page.reload()
    expect(page.get_by_role("article", name="Answer")).to_contain_text("end of one")
    check(page)


def test_messages_titles_and_the_list(open_page: OpenPage, daemon: DaemonProcess) -> None:
    api = daemon.client
    for text in ELEMENTS:
        conversation = api.new(title=text.replace("\x0c", " ")[:200])
    api.ask(conversation, "\n\n".join(TEXTS))
    page = open_page(daemon, f"/conversations/{conversation}")
    expect(page.locator(".bubble")).to_contain_text("<script>alert(1)</script>")
    expect(page.get_by_role("navigation", name="Conversations").get_by_role("link").nth(20)).to_be_visible()
    check(page)
    page.get_by_label("Search conversations").fill("onerror")
    expect(page.get_by_text("In messages")).to_be_visible()
    check(page)


def test_tools_diffs_files_and_questions(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, tmp_path: Path
) -> None:
    for text in ELEMENTS:
        name = text.replace("/", "∕").encode()[:200].decode(errors="ignore")
        (tmp_path / name).write_text("x")
    (tmp_path / "payloads.txt").write_text("\n".join(TEXTS))
    question = {
        "question": ELEMENTS[0],
        "header": "<b>h</b>",
        "options": [{"label": one, "description": one} for one in ELEMENTS[:4]],
    }
    model.script(
        Answer(
            Calls("Read", {"file_path": "payloads.txt"}),
            Calls("Glob", {"pattern": "*"}),
            Calls("Read", {"file_path": ELEMENTS[3]}),
        ),
        Answer(
            Calls(
                "Edit",
                {"file_path": "payloads.txt", "old_string": TEXTS[0], "new_string": "\n".join(ELEMENTS)},
            )
        ),
        Answer(Calls("AskUserQuestion", {"questions": [question]})),
        Answer(Says("done")),
    )
    conversation = connected.client.new("claude-code", workingDirectory=str(tmp_path))
    page = open_page(connected, f"/conversations/{conversation}")
    send(page, "go")
    card = page.get_by_role("group", name="Allow Edit?")
    expect(card).to_contain_text("<img src=x onerror=alert(1)>")
    for line in page.locator(".tool-line").all():
        line.click()
    check(page)
    page.goto(f"{connected.url}/inbox")
    expect(card).to_contain_text("<img src=x onerror=alert(1)>")
    check(page)
    page.go_back()
    card.get_by_role("button", name="Allow once").click(delay=450)
    expect(page.locator(".request form")).to_contain_text(ELEMENTS[0])
    check(page)
    page.get_by_label("Message", exact=True).press_sequentially("@img")
    expect(page.get_by_role("option").first).to_contain_text("img")
    check(page)


def test_what_cannot_be_seen_is_shown_in_a_permission_card(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, tmp_path: Path
) -> None:
    model.script(
        Answer(Calls("Bash", {"command": "echo safe\u202e; rm -rf ~\u2066\u200b \x1b[2K \u00a0# ok"})),
        Answer(Says("done")),
    )
    conversation = connected.client.new("claude-code", workingDirectory=str(tmp_path))
    page = open_page(connected, f"/conversations/{conversation}")
    send(page, "go")
    command = page.get_by_role("group", name="Allow Bash?").locator(".command")
    expect(command).to_have_text(r"echo safe\u{202e}; rm -rf ~\u{2066}\u{200b} \x1b[2K \xa0# ok")
    expect(command.locator(".escaped")).to_have_count(5)
