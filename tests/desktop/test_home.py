"""Where a chat begins: prompts to start with, and what connects a model."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.ollama_api import FakeOllama


def test_prompts_are_chosen_by_keyboard_and_can_be_changed_before_they_are_sent(
    open_page: OpenPage, shared_daemon: DaemonProcess
) -> None:
    page = open_page(shared_daemon)
    page.get_by_role("tab", name="Explore").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", selected=True)).to_have_text("Create")
    expect(page.get_by_role("tab", name="Create")).to_be_focused()
    prompts = page.get_by_role("tabpanel", name="Create").get_by_role("button")
    expect(prompts.nth(2)).to_be_visible()
    whole = prompts.first.get_attribute("title")
    prompts.first.click()
    field = page.get_by_label("Message", exact=True)
    expect(field).to_have_value(whole or "nothing")
    expect(field).to_be_focused()


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
