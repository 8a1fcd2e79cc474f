"""What breaks pages: long words, many requests at once, nothing at all, letters from the right, typing beside a stream."""

from __future__ import annotations

import contextlib
from pathlib import Path

from playwright.sync_api import expect

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.desktop.conftest import OpenPage
from tests.desktop.screens import send
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Refuses, Says

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
REQUESTS = 30
HEBREW = {
    "question": "איזה מסד נתונים?",
    "header": "נתונים",
    "options": [{"label": "ראשון", "description": "מהיר"}, {"label": "second", "description": "slow"}],
}


def test_an_empty_conversation_says_what_belongs_there(
    open_page: OpenPage, daemon: DaemonProcess, api: Api
) -> None:
    folder = Path(daemon.environment["HOME"]) / "projects"
    folder.mkdir()
    page = open_page(daemon, f"/conversations/{api.new(workingDirectory=str(folder.resolve()))}")
    expect(page.get_by_role("heading", name="Nothing is said here yet")).to_be_visible()
    expect(page.get_by_text("The agent works in ~/projects")).to_be_visible()
    send(page, "help")
    expect(page.get_by_role("article", name="Answer")).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing is said here yet")).to_be_hidden()


def test_long_words_and_titles_stay_within_the_window(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic, tmp_path: Path
) -> None:
    said = f"# {LONG}\n\n{LONG}\n\n- `{LONG}`\n\n| {LONG} | b |\n|---|---|\n| a | {LONG} |\n"
    model.script(
        Answer(Says(said), Calls("Read", {"file_path": LONG[:200]})),
        Answer(Calls("Bash", {"command": f"echo {LONG}"})),
    )
    api = connected.client
    long = api.new("claude-code", title=f"{LONG} title"[:300], workingDirectory=str(tmp_path))
    with api.send(long, f"{LONG} {LONG}") as stream:
        stream.until("permission_request")
        for width in (380, 1280):
            page = open_page(connected, f"/conversations/{long}", viewport={"width": width, "height": 800})
            expect(page.get_by_role("group", name="Allow Bash?")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") == width
            log = page.get_by_role("log", name="Messages")
            assert log.evaluate("(node) => node.scrollWidth <= node.clientWidth")
            expect(page.get_by_role("button", name="More for this conversation")).to_be_in_viewport()
            page.goto(f"{connected.url}/inbox")
            expect(page.get_by_role("group", name="Allow Bash?")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") == width
        api.cancel(long)
        stream.rest()


def test_a_tool_line_holds_a_long_name_of_a_client(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    conversation = api.new(workingDirectory=str(work_dir))
    with api.send(conversation, "run echo one two three") as stream:
        request = stream.until("permission_request")["requestId"]
        api.respond(conversation, request, client={"name": "W" * 60})
        stream.rest()
    page = open_page(daemon, f"/conversations/{conversation}", viewport={"width": 380, "height": 700})
    line = page.locator(".tool-line")
    expect(line.get_by_title("WWWW")).to_contain_text("allowed by you, in WWWW")
    assert line.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    box = line.locator(".object").bounding_box()
    assert box is not None
    assert box["width"] > 30


def test_many_requests_are_answered_one_after_another(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    with contextlib.ExitStack() as turns:
        for number in range(REQUESTS):
            conversation = api.new(title=f"Build {number}", workingDirectory=str(work_dir))
            stream = turns.enter_context(api.send(conversation, f"run touch made-{number}"))
            stream.until("permission_request")
        page = open_page(daemon, "/inbox")
        cards = page.get_by_role("group", name="Allow Bash?")
        expect(cards).to_have_count(REQUESTS)
        expect(page.get_by_role("link", name="Inbox")).to_contain_text(str(REQUESTS))
        for left in range(REQUESTS - 1, REQUESTS - 4, -1):
            page.evaluate("() => { document.body.dataset.at = performance.now() + 450; }")
            page.wait_for_function("() => performance.now() > Number(document.body.dataset.at)")
            page.keyboard.press("y")
            expect(cards).to_have_count(left)
        expect(cards.first.locator(".command")).to_have_text("touch made-3")
        last = cards.last
        last.get_by_role("button", name="Deny").click(delay=450)
        page.keyboard.press("Control+Enter")
        expect(cards).to_have_count(REQUESTS - 4)
        for row in api.get("/api/permissions/pending"):
            api.cancel(row["conversationId"])
    made = sorted(path.name for path in work_dir.glob("made-*"))
    assert made == ["made-0", "made-1", "made-2"]


def test_a_call_that_never_ran_is_not_called_a_failure(
    open_page: OpenPage, daemon: DaemonProcess, api: Api, work_dir: Path
) -> None:
    page = open_page(daemon, f"/conversations/{api.new(workingDirectory=str(work_dir))}")
    send(page, "run sleep 60")
    expect(page.get_by_role("group", name="Allow Bash?")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Stopped before it was complete.")).to_be_visible()
    for _ in range(2):
        expect(page.locator(".tool .outcome")).to_have_text("stopped")
        expect(page.locator(".tool.is-error")).to_have_count(0)
        page.reload()


def test_what_to_type_stands_in_a_message_as_code(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    model.script(Refuses(401))
    page = open_page(connected, f"/conversations/{connected.client.new('claude-code')}")
    send(page, "go")
    expect(page.get_by_role("alert").locator("code")).to_have_text("stagent connect anthropic")
    model.script(Answer(Calls("Bash", {"command": "make all"})))
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".request .why code")).to_have_text("make all")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".request")).to_have_count(0)


def test_questions_are_written_from_where_their_letters_begin(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    model.script(Answer(Calls("AskUserQuestion", {"questions": [HEBREW]})))
    page = open_page(connected, f"/conversations/{connected.client.new('claude-code')}")
    send(page, "go")
    form = page.get_by_role("group", name="A question for you")
    for part, direction in (("legend", "rtl"), (".choice >> nth=0", "rtl"), (".choice >> nth=1", "ltr")):
        shown = form.locator(part).evaluate("(node) => getComputedStyle(node).direction")
        assert shown == direction, part
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(form).to_have_count(0)


def test_no_letter_is_lost_while_an_answer_streams(
    open_page: OpenPage, connected: DaemonProcess, model: FakeAnthropic
) -> None:
    model.script(Answer(*[Says(f"word{number} **bold** `code` ") for number in range(400)], Says("\n\nEnd.")))
    page = open_page(connected, f"/conversations/{connected.client.new('claude-code')}")
    send(page, "go")
    text = "the quick brown fox jumps over the lazy dog " * 4
    page.keyboard.type(text)
    expect(page.get_by_label("Message", exact=True)).to_have_value(text)
    expect(page.get_by_role("article", name="Answer")).to_contain_text("End.")
    page.reload()
    expect(page.get_by_label("Message", exact=True)).to_have_value(text)
