"""The question form: one choice, several, words of one's own, a secret; with the keyboard alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says

OPTIONS = [{"label": "SQLite", "description": "one file"}, {"label": "Postgres", "description": "a server"}]


def ask(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, *questions: dict[str, Any]
) -> Page:
    """A page on which a form with these questions has been open for 400 ms."""
    model.script(
        Answer(Calls("AskUserQuestion", {"questions": [{"header": "Choice", **one} for one in questions]})),
        Answer(Says("Thank you.")),
    )
    conversation = connected.client.new("claude-code")
    page = open_page(connected, f"/conversations/{conversation}")
    send(page, "go")
    expect(page.locator(".request form")).to_be_visible()
    page.evaluate("() => { document.body.dataset.at = performance.now() + 450; }")
    page.wait_for_function("() => performance.now() > Number(document.body.dataset.at)")
    return page


def answers(api: Api, page: Page) -> dict[str, str]:
    """What the agent was told."""
    expect(page.get_by_role("article", name="Answer")).to_contain_text("Thank you.")
    conversation = page.url.rpartition("/")[2]
    [row] = [row for row in api.messages(conversation) if row["role"] == "system"]
    found: dict[str, str] = row["metadata"]["answers"]
    return found


def test_one_choice_with_the_keyboard_alone(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    page = ask(open_page, connected, model, {"question": "Which database?", "options": OPTIONS})
    form = page.get_by_role("group", name="A question for you")
    expect(form).to_be_focused()
    expect(form.get_by_text("a server")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(form.get_by_label("SQLite")).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(form.get_by_label("Postgres")).to_be_checked()
    page.keyboard.press("Enter")
    assert answers(connected.client, page) == {"Which database?": "Postgres"}
    expect(page.locator(".notice", has_text="Which database?")).to_contain_text("Postgres")


def test_several_choices_and_words_of_ones_own(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    page = ask(
        open_page, connected, model,
        {"question": "Which ones?", "options": OPTIONS, "multiSelect": True},
        {"question": "Which colour?", "options": [{"label": "Red", "description": ""}, {"label": "Blue", "description": ""}]},
    )  # fmt: skip
    form = page.get_by_role("group", name="2 questions for you")
    for label in ("SQLite", "Postgres"):
        form.get_by_role("checkbox", name=label).check()
    send_button = form.get_by_role("button", name="Answer")
    expect(send_button).to_be_disabled()  # the second question is open
    own = form.get_by_label("Your own answer")
    own.nth(1).fill("Green")
    expect(form.get_by_role("radio", name=re.compile("^Other"))).to_be_checked()
    own.nth(0).fill("MariaDB")
    send_button.press("Enter")
    assert answers(connected.client, page) == {
        "Which ones?": "SQLite, Postgres, MariaDB", "Which colour?": "Green",
    }  # fmt: skip


def test_a_secret_is_typed_unseen_and_shown_nowhere(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    page = ask(open_page, connected, model, {"question": "The password?", "isSecret": True})
    field = page.get_by_label("The password?")
    expect(field).to_have_attribute("type", "password")
    expect(page.get_by_text("is not stored")).to_be_visible()
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    page.keyboard.type("hunter2hunter2")
    page.keyboard.press("Enter")
    assert answers(connected.client, page) == {"The password?": "[secret]"}
    assert "hunter2hunter2" not in page.content()


def test_keys_are_letters_and_early_ones_do_not_answer(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    model.script(
        Answer(Calls("AskUserQuestion", {"questions": [{"question": "Why?", "header": "h"}]})),
        Answer(Says("Thank you.")),
    )
    conversation = connected.client.new("claude-code")
    page = open_page(connected, f"/conversations/{conversation}")
    page.evaluate("""() => new MutationObserver((_, observer) => {
      const form = document.querySelector(".request form");
      if (!form) return;
      observer.disconnect();
      const field = form.querySelector("textarea");
      field.value = "early";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      for (const button of form.querySelectorAll("button")) button.click();
      document.body.dataset.tried = "yes";
    }).observe(document.body, { childList: true, subtree: true })""")
    send(page, "go")
    expect(page.locator("body[data-tried]")).to_have_count(1)
    field = page.get_by_label("Why?")
    field.fill("")
    field.press_sequentially("any")  # a, n and y stay letters
    expect(field).to_have_value("any")
    assert (
        len(
            [
                one
                for one in connected.client.get("/api/permissions/pending")
                if one["conversationId"] == conversation
            ]
        )
        == 1
    )
    page.get_by_role("button", name="Answer", exact=False).first.click(delay=450)
    assert answers(connected.client, page) == {"Why?": "any"}


@pytest.mark.parametrize("how", ["Skip"])
def test_it_can_be_left_unanswered(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, how: str
) -> None:
    page = ask(open_page, connected, model, {"question": "Which database?", "options": OPTIONS})
    page.get_by_role("button", name=how).click()
    expect(page.locator(".resolved")).to_have_text("Denied by you")
    expect(page.get_by_role("article", name="Answer")).to_contain_text("Thank you.")
