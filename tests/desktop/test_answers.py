"""What an answer shows besides its text: thoughts, tool calls with live output and pictures, cost, code."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Thinks, Usage, Waits
from tests.sample_files import image

ORDER = """(answer) => [...answer.querySelectorAll(":scope > .parts > *")].map((node) =>
  node.classList.contains("thinking") ? "thought" : node.classList.contains("tool") ? "tool" : node.textContent.trim())"""
"""The parts of an answer, as they stand one below the other."""


def begin(open_page: OpenPage, connected: DaemonProcess, folder: Path, text: str = "go") -> Page:
    """A page on which a message was just sent."""
    conversation = connected.client.new("claude-code", workingDirectory=str(folder))
    page = open_page(connected, f"/conversations/{conversation}")
    send(page, text)
    return page


def test_thoughts_are_folded_in_their_places_and_outlive_a_reload(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    gate = threading.Event()
    model.script(
        Answer(
            Thinks("The file first."), Waits(gate), Says("I look."), Calls("Read", {"file_path": "notes.txt"})
        ),
        Answer(Thinks("Three lines."), Says("It has **three** lines.")),
    )
    page = begin(open_page, connected, work_dir)
    answer = page.get_by_role("article", name="Answer")
    expect(answer.get_by_role("button", name="Thinking", exact=True)).to_have_attribute(
        "aria-expanded", "false"
    )
    expect(answer.get_by_text("The file first.")).to_be_hidden()
    gate.set()
    expect(answer.locator("strong")).to_have_text("three")
    expected = ["thought", "I look.", "tool", "thought", "It has three lines."]
    expect(answer.get_by_role("button", name="Copy answer")).to_be_visible()
    assert answer.evaluate(ORDER) == expected
    page.reload()
    expect(answer.locator("strong")).to_have_text("three")
    assert answer.evaluate(ORDER) == expected
    thoughts = answer.get_by_role("button", name="Thought", exact=True)
    expect(answer.get_by_text("Three lines.", exact=True)).to_be_hidden()
    thoughts.nth(1).click()
    expect(answer.get_by_text("Three lines.", exact=True)).to_be_visible()


def test_a_picture_stands_under_its_tool_at_once_and_opens_large(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    (work_dir / "wide.png").write_bytes(image(size=(640, 320)))
    gate = threading.Event()
    model.script(Answer(Calls("Read", {"file_path": "wide.png"})), Answer(Waits(gate), Says("A picture.")))
    page = begin(open_page, connected, work_dir)
    picture = page.locator(".tool", has_text="wide.png").get_by_role("link", name="Picture from a tool")
    expect(picture).to_be_visible()  # the answer is not over
    box = picture.locator("img").bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (160, 80)
    gate.set()
    expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
    page.reload()
    picture.click()
    large = page.get_by_role("dialog", name="Picture from a tool")
    shown = large.get_by_role("img")
    expect(shown).to_be_visible()
    page.wait_for_function("() => document.querySelector('dialog img').naturalWidth === 640")
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    expect(picture).to_be_focused()


def test_the_output_of_a_tool_is_seen_while_it_runs(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    connected.client.post("/api/permissions", {"pattern": "Bash"})
    waits = "echo started; until [ -e go ]; do sleep 0.05; done; echo ended"
    model.script(Answer(Calls("Bash", {"command": waits})), Answer(Says("Done.")))
    page = begin(open_page, connected, work_dir)
    tool = page.locator(".tool", has_text="Bash")
    tool.locator(".tool-line").click()
    output = tool.locator(".output").last
    expect(output).to_have_text("started\n")
    expect(tool).to_contain_text("running")
    (work_dir / "go").touch()
    expect(output).to_contain_text("ended")
    expect(tool.locator(".outcome")).to_have_text(re.compile(r"2 lines · [\d.]+ m?s"))


def test_a_tool_that_fails_says_so(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    model.script(Answer(Calls("Read", {"file_path": "none.txt"})), Answer(Says("It is not there.")))
    page = begin(open_page, connected, work_dir)
    tool = page.locator(".tool.is-error", has_text="none.txt")
    expect(tool.locator(".outcome")).to_contain_text("failed")
    tool.get_by_role("button").press("Enter")
    expect(tool.get_by_text("What went wrong")).to_be_visible()
    expect(tool.locator(".output").last).to_contain_text("none.txt")


def test_an_answer_tells_what_it_used(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    model.script(Answer(Says("Cheap."), usage=Usage(input_tokens=100_000, output_tokens=2_000)))
    page = begin(open_page, connected, work_dir)
    facts = page.get_by_role("article", name="Answer").locator(".item-actions .facts")
    expect(facts).to_contain_text("102k tokens")
    expect(facts).to_contain_text("$")
    expect(facts.get_by_title("100,000 in, 2,000 out")).to_be_visible()


def test_code_is_copied_and_wrapped(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    code = "print('" + "long " * 60 + "')\n"
    model.script(Answer(Says(f"Like this:\n\n```python\n{code}```\n")))
    page = begin(open_page, connected, work_dir)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    figure = page.locator("figure.code")
    expect(figure.locator(".language")).to_have_text("Python")
    expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
    pre = figure.locator("pre")
    assert pre.evaluate("(node) => node.scrollWidth > node.clientWidth")
    figure.get_by_role("button", name="Wrap lines").click()
    assert pre.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    figure.get_by_role("button", name="Copy code").click()
    page.wait_for_function("(code) => navigator.clipboard.readText().then((text) => text === code)", arg=code)
    page.get_by_role("button", name="Copy answer").click()
    page.wait_for_function(
        "() => navigator.clipboard.readText().then((text) => text.startsWith('Like this'))"
    )
    page.get_by_role("article", name="Your message").hover()
    page.get_by_role("button", name="Copy message").click()
    page.wait_for_function("() => navigator.clipboard.readText().then((text) => text === 'go')")


def test_an_edit_that_a_rule_allows_shows_its_diff(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    connected.client.post("/api/permissions", {"pattern": "Edit(/second.txt)"})
    (work_dir / "second.txt").write_text("first\nsecond\n")
    gate = threading.Event()
    model.script(
        Answer(Calls("Edit", {"file_path": "second.txt", "old_string": "second", "new_string": "2nd"})),
        Answer(Waits(gate), Says("Done.")),
    )
    page = begin(open_page, connected, work_dir)
    for reload in (False, True):
        if reload:
            gate.set()
            expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
            page.reload()
        page.locator(".tool-line", has_text="second.txt").click()
        expect(page.locator(".tool .diff tr.added")).to_contain_text("2nd")
        expect(page.locator(".tool .diff tr.removed")).to_contain_text("second")


def test_an_allowed_edit_shows_its_diff_later_too(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    model.script(
        Answer(Calls("Edit", {"file_path": "notes.txt", "old_string": "second", "new_string": "2nd"})),
        Answer(Says("Done.")),
    )
    page = begin(open_page, connected, work_dir)
    page.get_by_role("group", name="Allow Edit?").get_by_role("button", name="Allow once").click(delay=450)
    expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
    for reload in (False, True):
        if reload:
            page.reload()
        page.locator(".tool-line", has_text="Edit").click()
        expect(page.locator(".tool .diff tr.added")).to_contain_text("2nd line")
