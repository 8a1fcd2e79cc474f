"""Answers as HTML while they are written: over HTTP with a real daemon, and slow readers without one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from actors.event_encoding import frame, run_head, with_text
from daemon.rendering.live import LiveAnswer
from daemon.rendering.markdown import render
from daemon.rendering.renderer import Renderer
from daemon.rendering.views import BlockView
from daemon.rendering.wire import Block
from tests.api import EventStream
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says, Waits

DEADLINE_S = 20.0
TEXT = "# Head\n\nOne *two*.\n\n```python\nx = 1\n```\n\n- a\n- b\n"


def shown(events: Sequence[dict[str, Any]]) -> dict[tuple[int, int], str]:
    """The last state of each block: by the offset of its stretch, and its number."""
    found: dict[tuple[int, int], str] = {}
    for event in events:
        if event["type"] == "rendered":
            assert "seq" not in event
            assert event["turnId"]
            found[event["offset"], event["block"]] = event["html"]
    return dict(sorted(found.items()))


def html(stream: EventStream) -> str:
    return "".join(shown(stream.seen).values())


@pytest.mark.parametrize("chunks", [1, 7, len(TEXT)])
def test_a_turn_is_rendered_while_it_runs(
    connected: DaemonProcess, model: FakeAnthropic, chunks: int
) -> None:
    model.script(Answer(Says(TEXT, chunks=chunks)))
    conversation = connected.client.new("claude-code")
    with connected.client.send(conversation, "go", render="html") as stream:
        stream.rest()
    assert html(stream) == render(TEXT, "m")
    assert not stream.of("rendered")[-1]["open"]
    assert stream.text == TEXT
    (kept,) = connected.client.messages(conversation, render="html")[1]["rendered"]
    assert kept["html"] == html(stream)


def test_each_stretch_has_its_offset(connected: DaemonProcess, model: FakeAnthropic, work_dir: Path) -> None:
    model.script(
        Answer(Says("😀 Reading."), Calls("Read", {"file_path": "notes.txt"})),
        Answer(Calls("Read", {"file_path": "notes.txt"})),
        Answer(Says("**Done.**")),
    )
    api = connected.client
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    with api.send(conversation, "go", render="html") as stream:
        stream.rest()
    answer = api.messages(conversation, render="html")[1]
    offsets = [call["offset"] for call in answer["metadata"]["toolCalls"]]
    assert offsets == [len("😀 Reading.")] * 2
    live = {offset: text for (offset, _), text in shown(stream.seen).items()}
    assert live == {part["offset"]: part["html"] for part in answer["rendered"]}
    assert live == {0: "<p>😀 Reading.</p>\n", offsets[0]: "<p><strong>Done.</strong></p>\n"}


def test_whoever_comes_in_mid_turn_gets_all_blocks_so_far(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    gate = threading.Event()
    model.script(Answer(Says("One\n\nTwo\n\nThr"), Waits(gate), Says("ee")))
    api = connected.client
    conversation = api.new("claude-code")
    with api.send(conversation, "go") as sender:
        last = sender.until("delta")["seq"]
        for after in (None, last):
            with api.follow(conversation, after, render="html") as stream:
                assert stream.until("rendered", block=2)["html"] == "<p>Thr</p>\n"
                assert html(stream) == "<p>One</p>\n<p>Two</p>\n<p>Thr</p>\n"
                assert [event["open"] for event in stream.of("rendered")] == [False, False, True]
        with api.follow(conversation, render="html") as stream:
            gate.set()
            stream.until("rendered", html="<p>Three</p>\n")
        sender.rest()
    assert not sender.of("rendered")


def test_a_turn_that_is_over_is_rendered_for_who_sends_its_message_again(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    model.script(Answer(Says("*one*")))
    api = connected.client
    conversation = api.new("claude-code")
    api.ask(conversation, "go", clientMessageId="1")
    with api.send(conversation, "go", clientMessageId="1", render="html") as stream:
        stream.rest()
    assert html(stream) == "<p><em>one</em></p>\n"


def test_nobody_gets_html_unasked(connected: DaemonProcess, model: FakeAnthropic) -> None:
    model.script(Answer(Says("*one*")))
    api = connected.client
    conversation = api.new("claude-code")
    assert not api.ask(conversation, "go").of("rendered")
    response = api.request("GET", f"/api/chat/conversations/{conversation}/stream", params={"render": "x"})
    assert response.status_code == 400


class InstantRenderer(Renderer):
    """Renders nothing, at once."""

    async def blocks(self, text: str, *, is_ended: bool) -> tuple[Block, ...]:
        return (Block(text, len(text), is_closed=is_ended),)

    async def warm_up(self) -> None:
        pass


class SlowConnection:
    """Takes what is sent only when it is told to."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self._news = asyncio.Event()
        self._written: asyncio.Future[None] | None = None

    def send(self, data: bytes) -> asyncio.Future[None]:
        self.sent.append(data)
        self._news.set()
        self._written = asyncio.get_running_loop().create_future()
        return self._written

    async def take(self) -> None:
        """Takes what is sent now, or next."""
        await self._news.wait()
        self._news.clear()
        assert self._written is not None
        self._written.set_result(None)


def test_a_slow_reader_gets_only_the_newest_state() -> None:
    async def use() -> None:
        live = LiveAnswer(InstantRenderer())
        slow, quick = SlowConnection(), SlowConnection()
        closed: list[str] = []
        views = [BlockView(live, one, lambda: closed.append("closed")) for one in (slow, quick)]
        live.write(frame(1, b'{"type":"message","turnId":"t","messageId":"u"}'))
        for number in range(2, 8):
            live.write(frame(number, with_text(run_head("delta", "t", "m"), str(number))))
            await quick.take()
        live.write(frame(8, b'{"type":"done","turnId":"t","messageId":"m"}'))
        await live.settled()
        await quick.take()
        assert len(slow.sent) == 1
        await slow.take()
        await slow.take()
        await asyncio.gather(*(view.finish() for view in views))
        assert [b'"html":"2"' in slow.sent[0], b'"html":"234567"' in slow.sent[1]] == [True, True]
        assert len(slow.sent) == 2
        for view in views:
            view.close()
        assert closed == ["closed", "closed"]
        await live.close()

    asyncio.run(asyncio.wait_for(use(), DEADLINE_S))
