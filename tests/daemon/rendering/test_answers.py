from __future__ import annotations

import asyncio
import json

import pytest
from msgspec.structs import replace

from actors.writes import Write
from daemon.rendering import answers
from daemon.rendering.answers import RenderedAnswers, stretches
from daemon.rendering.renderer import Renderer
from storage import conversations, messages
from storage.database import Database
from storage.errors import StorageFullError
from storage.records import Message
from tests.api import CONVERSATIONS, Api
from tests.storage.conftest import a_conversation


def row(content: str, *offsets: int) -> Message:
    metadata = json.dumps({"toolCalls": [{"offset": offset} for offset in offsets]})
    return Message("m", "c", None, "assistant", content, "complete", metadata, 0, 0)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (row("abc"), [(0, "abc")]),
        (row("abc", 1), [(0, "a"), (1, "bc")]),
        (row("😀é\n\nc", 2, 2), [(0, "😀é"), (2, "c")]),
        (row("abc", 0), [(0, "abc")]),
        (row("abc", 3), [(0, "abc")]),
        (row("abc", 99), [(0, "abc")]),
        (row("  \n"), []),
        (row("", 0), []),
    ],
)
def test_an_answer_is_cut_at_its_tool_calls(message: Message, expected: list[tuple[int, str]]) -> None:
    assert list(stretches(message)) == expected


def test_messages_come_with_their_html_where_it_is_wanted(shared: Api) -> None:
    conversation = shared.new()
    shared.ask(conversation, "help")
    question, answer = shared.messages(conversation, render="html")
    assert question["rendered"] is None
    (first,) = answer["rendered"]
    assert first["offset"] == 0
    assert first["html"].startswith("<p>")
    assert [row["rendered"] for row in shared.messages(conversation)] == [None, None]
    address = f"{CONVERSATIONS}/{conversation}/messages/{answer['id']}"
    assert shared.get(address, render="html")["rendered"] == answer["rendered"]
    assert shared.get(address)["rendered"] is None
    assert shared.request("GET", address, params={"render": "pdf"}).status_code == 400


def test_text_between_tool_calls_is_rendered_apart(shared: Api, work_dir) -> None:
    conversation = shared.new(workingDirectory=str(work_dir))
    shared.ask(conversation, "read notes.txt")
    answer = shared.messages(conversation, render="html")[1]
    offsets = {0, *(call["offset"] for call in answer["metadata"]["toolCalls"])}
    assert answer["rendered"]
    assert {part["offset"] for part in answer["rendered"]} <= offsets


class CountingRenderer(Renderer):
    """Counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def html(self, text: str, document: str) -> str:
        self.asked.append(document)
        return f"<p>{text}</p>"


def test_a_message_is_rendered_once_and_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    database.write(conversations.insert(a_conversation(id="c")), messages.insert(row("ab", 1)))
    renderer = CountingRenderer()

    async def write(write: Write) -> None:
        database.write(*write.statements)

    def of(message: Message) -> list[tuple[int, str]]:
        found = asyncio.run(RenderedAnswers(database, renderer, write).of([message]))
        return [(part.offset, part.html) for part in found[message.id]]

    assert of(row("ab", 1)) == of(row("ab", 1)) == [(0, "<p>a</p>"), (1, "<p>b</p>")]
    assert renderer.asked == ["m-0", "m-1"]
    monkeypatch.setattr(answers, "VERSION", answers.VERSION + 1)
    of(row("ab", 1))
    assert renderer.asked == ["m-0", "m-1"] * 2


def test_what_cannot_be_kept_is_shown_all_the_same(database: Database) -> None:
    async def write(_: Write) -> None:
        raise StorageFullError("The disk is full.")

    found = asyncio.run(RenderedAnswers(database, CountingRenderer(), write).of([row("a")]))
    assert [part.html for part in found["m"]] == ["<p>a</p>"]


def test_only_answers_that_have_ended_and_summaries_are_rendered(database: Database) -> None:
    async def write(_: Write) -> None:
        raise AssertionError("there is nothing to keep")

    shown = RenderedAnswers(database, CountingRenderer(), write)
    for message in (
        replace(row("a"), role="user"),
        replace(row("a"), status="streaming"),
        replace(row("a"), role="system", metadata='{"type":"permission_request"}'),
    ):
        assert asyncio.run(shown.of([message])) == {}


def test_a_summary_is_rendered(database: Database) -> None:
    async def write(_: Write) -> None:
        pass

    summary = replace(row("a"), role="system", metadata='{"type":"compaction"}')
    assert asyncio.run(RenderedAnswers(database, CountingRenderer(), write).of([summary]))
