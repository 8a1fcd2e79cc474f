"""The inbox: whatever waits for the person, from all conversations, answered in one place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.api import CONVERSATIONS, Api, EventStream
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage


@contextlib.contextmanager
def waiting(api: Api, conversation: str, content: str, kind: str) -> Iterator[EventStream]:
    """A turn that waits for a person."""
    with api.send(conversation, content) as stream:
        stream.until(kind)
        yield stream


@pytest.fixture
def project(api: Api, work_dir: Path) -> str:
    found: str = api.post("/api/projects", {"name": "webshop", "workingDirectory": str(work_dir)})["id"]
    return found


def test_requests_of_all_conversations_are_answered_here(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, project: str, work_dir: Path
) -> None:
    first, second = api.new(projectId=project, title="Release"), api.new(title="Database")
    with (
        waiting(api, first, "run touch made.txt", "permission_request") as run,
        waiting(api, second, "ask Which database?: SQLite | Postgres", "question") as asked,
    ):
        api.patch(f"{CONVERSATIONS}/{second}", {"status": "archived"})
        page = open_page(daemon, "/inbox")
        groups = page.locator(".inbox-group")
        expect(groups).to_have_count(2)
        expect(groups.nth(0).locator(".inbox-from")).to_have_text("Releasewebshop")
        expect(groups.nth(1).locator(".inbox-from")).to_have_text("Database")
        form = page.get_by_role("group", name="A question for you")
        form.get_by_label("Postgres").check()
        form.get_by_role("button", name="Answer").click(delay=450)
        assert asked.end()["type"] == "done"
        expect(groups).to_have_count(1)
        groups.get_by_role("button", name="Allow once").click(delay=450)
        assert run.end()["type"] == "done"
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert (work_dir / "made.txt").exists()


def test_a_key_that_was_meant_for_one_card_does_not_answer_the_next(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, project: str, work_dir: Path
) -> None:
    first, second = api.new(projectId=project), api.new(projectId=project)
    with (
        waiting(api, first, "run touch one.txt", "permission_request") as one,
        waiting(api, second, "run touch two.txt", "permission_request") as two,
    ):
        page = open_page(daemon, "/inbox")
        cards = page.get_by_role("group", name="Allow Bash?")
        expect(cards).to_have_count(2)
        # In the very moment in which the first card goes, an impatient person presses the key again.
        page.evaluate("""() => new MutationObserver((_, observer) => {
          if (document.querySelectorAll(".request").length !== 1) return;
          observer.disconnect();
          document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "y", bubbles: true }));
          document.querySelector(".request button").click();
          document.body.dataset.pressed = "yes";
        }).observe(document.body, { childList: true, subtree: true })""")
        cards.first.get_by_role("button", name="Allow once").click(delay=450)
        assert one.end()["type"] == "done"
        expect(page.locator("body[data-pressed]")).to_have_count(1)
        expect(cards).to_have_count(1)
        cards.get_by_role("button", name="Deny").click(delay=900)
        page.keyboard.press("Control+Enter")
        assert two.until("request_resolved")["outcome"] == "denied"
    assert [path.name for path in sorted(work_dir.glob("*.txt"))] == ["notes.txt", "one.txt"]


def test_what_is_answered_elsewhere_goes(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, project: str
) -> None:
    conversation = api.new(projectId=project)
    with waiting(api, conversation, "run touch made.txt", "permission_request") as stream:
        page = open_page(daemon, "/inbox")
        expect(page.locator(".request")).to_have_count(1)
        api.respond(conversation, stream.of("permission_request")[0]["requestId"], "deny")
        expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
        expect(page.get_by_role("link", name="Inbox", exact=True)).to_be_visible()
