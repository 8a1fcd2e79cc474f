"""Answers that failed: what a person is told, and what is offered to mend it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Breaks, CutsOff, Garbles, HangsUp, Refuses, Reply, Says

TRIES = 7
"""How often a provider is asked that is busy each time."""


@pytest.fixture
def page(open_page: OpenPage, connected: DaemonProcess, work_dir: Path) -> Page:
    conversation = connected.client.new("claude-code", workingDirectory=str(work_dir))
    return open_page(connected, f"/conversations/{conversation}")


def fail(page: Page, model: FakeAnthropic, *replies: Reply) -> Locator:
    """What is shown of an answer that fails."""
    model.script(*replies)
    send(page, "go")
    notice = page.locator(".notice.danger")
    expect(notice).to_be_visible()
    return notice


@pytest.mark.parametrize(
    ("replies", "says", "offers"),
    [
        ((Refuses(401),), "refused the credential", ["Open providers", "Try again", "Choose another model"]),
        ((Refuses(404),), "does not know this model", ["Choose another model", "Try again"]),
        (
            (Refuses(400, message="prompt is too long: 9 tokens > 8 maximum"),),
            "9 tokens > 8 maximum. Start a new conversation",
            ["New chat", "Try again", "Choose another model"],
        ),
        (
            (Refuses(429, headers={"retry-after": "0"}),) * TRIES,
            "limits the rate of requests. Try again later. It says: This request",
            ["Try again", "Choose another model"],
        ),
        (
            (Refuses(529, headers={"retry-after": "0"}),) * TRIES,
            "Anthropic is overloaded. Try again later.",
            ["Try again", "Choose another model"],
        ),
        (
            (Refuses(500, headers={"retry-after": "0"}),) * TRIES,
            "cannot answer now (status 500)",
            ["Try again", "Choose another model"],
        ),
    ],
    ids=["401", "404", "overflow", "429", "529", "500"],
)
def test_a_refusal_says_what_is_wrong_and_offers_what_mends_it(
    page: Page, model: FakeAnthropic, replies: tuple[Reply, ...], says: str, offers: list[str]
) -> None:
    notice = fail(page, model, *replies)
    expect(notice).to_contain_text(says)
    expect(notice.locator(".button")).to_have_text(offers)
    model.script(Answer(Says("Here it is.")))
    notice.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("article", name="Answer")).to_contain_text("Here it is.")
    expect(notice).to_have_count(0)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (CutsOff(), "broke off in the middle. What arrived is kept; try again."),
        (Garbles(), "not valid. What arrived is kept; try again."),
        (
            Breaks("overloaded_error", "Overloaded"),
            "is overloaded. Try again later. It says: Overloaded. What there is so far is kept.",
        ),
    ],
    ids=["cut", "garbled", "overloaded"],
)
def test_what_arrived_is_kept_and_that_is_said_once(
    page: Page, model: FakeAnthropic, broken: CutsOff | Garbles | Breaks, says: str
) -> None:
    notice = fail(page, model, Answer(Says("This much "), broken))
    expect(notice).to_contain_text(says)
    expect(page.get_by_role("article", name="Answer")).to_contain_text("This much")
    assert notice.inner_text().count("kept") == 1
    expect(notice.get_by_role("button", name="Continue")).to_be_visible()


def test_each_way_out_leads_there(page: Page, model: FakeAnthropic) -> None:
    notice = fail(page, model, Refuses(401))
    notice.get_by_role("button", name="Choose another model").click()
    expect(page.get_by_role("menu")).to_contain_text("Sonnet")
    page.keyboard.press("Escape")
    notice.get_by_role("link", name="Open providers").click()
    expect(page.get_by_role("heading", name="Providers")).to_be_visible()


def test_an_address_that_the_provider_names_can_be_opened(page: Page, model: FakeAnthropic) -> None:
    said = "See (https://example.com/limits?a=1). Not javascript:alert(1) or http://example.com"
    notice = fail(page, model, Refuses(400, message=said))
    expect(notice).to_contain_text(said)
    link = notice.get_by_role("link")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("href", "https://example.com/limits?a=1")
    expect(link).to_have_attribute("target", "_blank")


def test_a_failure_is_said_aloud_when_it_happens_and_not_again(page: Page, model: FakeAnthropic) -> None:
    notice = fail(page, model, Refuses(401))
    expect(notice).to_have_role("alert")
    expect(page.locator("#announcer")).to_be_empty()
    page.reload()
    expect(notice).to_have_role("note")


def test_a_wait_for_a_busy_provider_says_why_and_counts_down(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    conversation = connected.client.new("claude-code")
    page = open_page(connected, f"/conversations/{conversation}", has_clock=True)
    page.clock.install()
    model.script(Refuses(429, headers={"retry-after": "50"}))
    send(page, "go")
    status = page.locator(".status-line")
    expect(status).to_have_text(
        re.compile(r"^Anthropic limits the rate of requests; trying again in (50|4\d) s$")
    )
    page.clock.fast_forward(25_000)
    expect(status).to_have_text(re.compile(r"trying again in (2\d|1\d) s$"))
    page.keyboard.press("Escape")
    expect(page.get_by_text("Stopped before it was complete.")).to_be_visible()


def test_a_provider_that_is_not_there_is_named(page: Page, model: FakeAnthropic) -> None:
    model.script(HangsUp(), Answer(Says("Back.")))
    send(page, "go")
    expect(page.locator(".status-line")).to_contain_text("Anthropic cannot be reached; trying again")
    expect(page.get_by_role("article", name="Answer")).to_contain_text("Back.")
