"""An answer while it is written: nothing flickers or jumps, other windows see it too, a reload changes nothing."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Says, Thinks, Waits

LONG = "".join(
    f"Paragraph {number} of a long answer, which takes some room on the screen.\n\n" for number in range(60)
)


@pytest.fixture
def conversation(connected: DaemonProcess) -> str:
    return connected.client.new("claude-code")


@pytest.fixture
def page(open_page: OpenPage, connected: DaemonProcess, conversation: str) -> Page:
    return open_page(connected, f"/conversations/{conversation}")


def answer(page: Page) -> Locator:
    return page.get_by_role("article", name="Answer")


def top(place: Locator) -> float:
    """How far down something is on the screen."""
    box = place.bounding_box()
    assert box is not None
    return box["y"]


def test_only_the_open_block_changes(page: Page, model: FakeAnthropic) -> None:
    gates = [threading.Event() for _ in range(3)]
    model.script(
        Answer(
            Says("The *first* block.\n\n"), Says("The **sec"), Waits(gates[0]), Says("ond** block"), Waits(gates[1]),
            Says(" ends.\n\n```python\nprint(1)\n"), Waits(gates[2]), Says("print(2)\n```\n"),
        )
    )  # fmt: skip
    send(page, "go")
    first = answer(page).locator(".block").first
    expect(first.locator("em")).to_have_text("first")
    page.evaluate("""() => {
      const block = document.querySelector(".answer .block");
      document.body.dataset.changes = "0";
      new MutationObserver(() => { document.body.dataset.changes = "1"; }).observe(block, { childList: true, subtree: true, characterData: true });
      block.dataset.mine = "yes";
      getSelection().selectAllChildren(block);
    }""")
    gates[0].set()
    expect(answer(page).locator("strong")).to_have_text("second")
    gates[1].set()
    expect(answer(page).locator("figure.code pre")).to_contain_text("print(1)")
    gates[2].set()
    expect(answer(page).locator("figure.code pre")).to_contain_text("print(2)")
    expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
    expect(answer(page).locator(".block").first).to_have_attribute("data-mine", "yes")
    assert page.evaluate("document.body.dataset.changes") == "0"
    assert page.evaluate("getSelection().toString().trim()") == "The first block."


def test_who_reads_further_up_is_left_in_peace(page: Page, model: FakeAnthropic) -> None:
    gate = threading.Event()
    model.script(Answer(Says(LONG), Waits(gate), Says("The last words.")))
    send(page, "go")
    expect(answer(page).get_by_text("Paragraph 59")).to_be_in_viewport()
    page.get_by_role("log").hover()
    page.mouse.wheel(0, -1200)
    expect(answer(page).get_by_text("Paragraph 59")).not_to_be_in_viewport()
    read = answer(page).get_by_text("Paragraph 35 ")
    read.scroll_into_view_if_needed()
    button = page.get_by_role("button", name="New messages")
    before = top(read)
    gate.set()
    expect(button).to_be_visible()
    expect(page.get_by_role("button", name="Copy answer")).to_be_attached()
    assert abs(top(read) - before) < 2
    button.click()
    expect(answer(page).get_by_text("The last words.")).to_be_in_viewport()
    expect(button).to_be_hidden()


def test_a_second_browser_sees_the_turn_word_by_word(
    open_page: OpenPage, connected: DaemonProcess, conversation: str, page: Page, model: FakeAnthropic
) -> None:
    gate = threading.Event()
    model.script(Answer(Thinks("Let me see."), Says("Half of"), Waits(gate), Says(" the answer.")))
    before = open_page(connected, f"/conversations/{conversation}")
    send(page, "go")
    for other in (page, before):
        expect(answer(other)).to_contain_text("Half of")
    late = open_page(connected, f"/conversations/{conversation}")
    expect(answer(late)).to_contain_text("Half of")
    expect(answer(late).get_by_role("button", name="Thought")).to_be_visible()
    expect(late.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    gate.set()
    for other in (page, before, late):
        expect(answer(other)).to_contain_text("Half of the answer.")
        expect(other.get_by_role("article")).to_have_count(2)


def test_a_reload_in_the_middle_changes_nothing(page: Page, model: FakeAnthropic) -> None:
    gate = threading.Event()
    model.script(Answer(Says("One.\n\nTwo"), Waits(gate), Says(" three.")))
    send(page, "go")
    expect(answer(page)).to_contain_text("Two")
    shown = answer(page).locator(".parts").inner_text()
    page.reload()
    expect(answer(page).locator(".parts .block")).to_have_count(2)
    assert answer(page).locator(".parts").inner_text() == shown
    gate.set()
    expect(answer(page).locator(".parts p").last).to_have_text("Two three.")
    expect(page.get_by_role("article")).to_have_count(2)


def test_each_block_has_its_own_direction(page: Page, model: FakeAnthropic) -> None:
    family = "👨‍👩‍👧‍👦"
    text = f"שלום עולם, this is Hebrew.\n\nThis is English שלום.\n\n- مرحبا\n- بالعالم\n\n```\nשלום code\n```\n\n{family} 🎉"
    model.script(Answer(Says(text, chunks=5)))
    send(page, f"مرحبا {family}")
    expect(page.get_by_role("button", name="Copy answer")).to_be_visible()
    direction = "(node) => [getComputedStyle(node).direction, getComputedStyle(node).textAlign]"
    for reload in (False, True):
        if reload:
            page.reload()
        expect(page.locator(".bubble")).to_have_text(f"مرحبا {family}")
        assert page.locator(".bubble").evaluate(direction)[0] == "rtl"
        blocks = answer(page)
        assert blocks.get_by_text("this is Hebrew").evaluate(direction) == ["rtl", "start"]
        assert blocks.get_by_text("This is English").evaluate(direction) == ["ltr", "start"]
        assert blocks.locator("ul").evaluate(direction)[0] == "rtl"  # its bullets stand at the right
        assert blocks.locator("figure.code pre").evaluate(direction)[0] == "ltr"
        expect(blocks.get_by_text(f"{family} 🎉")).to_be_visible()
