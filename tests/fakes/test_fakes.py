"""What all fakes share: the script, what they remember, waiting, and the ways a connection can end."""

from __future__ import annotations

import asyncio
import json
import threading

import anthropic
import httpx2
import pytest

from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.asking import ask_claude, get_claude
from tests.fakes.blocks import split_awkwardly, split_evenly
from tests.fakes.script import (
    Answer,
    CutsOff,
    Garbles,
    HangsUp,
    Refuses,
    Says,
    SeenRequest,
    Silent,
    Streams,
    Waits,
)

pytestmark = pytest.mark.anyio


async def test_answers_come_in_order_then_the_default(anthropic_api, claude):
    anthropic_api.script(Answer(Says("one")), Answer(Says("two")))
    anthropic_api.always(Answer(Says("more")))
    assert anthropic_api.unused == 2
    assert [(await get_claude(claude)).content[0].text for _ in range(4)] == ["one", "two", "more", "more"]
    assert anthropic_api.unused == 0


async def test_an_answer_may_depend_on_the_request(anthropic_api, claude):
    def echo(seen: SeenRequest) -> Answer:
        return Answer(Says(seen.body["messages"][0]["content"].upper()))

    anthropic_api.script(echo)
    assert (await get_claude(claude)).content[0].text == "HELLO"


async def test_nothing_scripted_is_an_error_that_is_remembered_and_not_retried(anthropic_api):
    async with anthropic.AsyncAnthropic(
        base_url=anthropic_api.base_url, api_key="test", max_retries=5
    ) as client:
        with pytest.raises(anthropic.InternalServerError, match=r"\(nothing scripted\)"):
            await get_claude(client)
    (trouble,) = anthropic_api.unexpected
    assert trouble.request.path == "/v1/messages"
    assert len(anthropic_api.requests) == 1


async def test_a_script_that_fails_is_reported(anthropic_api, claude):
    anthropic_api.script(lambda seen: seen.body["nope"], Answer(Says("x"), stop_reason="content_filter"))
    with pytest.raises(anthropic.InternalServerError, match="KeyError: 'nope'"):
        await get_claude(claude)
    with pytest.raises(anthropic.InternalServerError, match="content_filter"):
        await ask_claude(claude)
    assert len(anthropic_api.unexpected) == 2


async def test_requests_are_remembered_as_they_came(anthropic_api, claude):
    anthropic_api.always(Answer(Says("ok")))
    await get_claude(claude, extra_headers={"X-Mark": "7"})
    await claude.models.list(limit=3)
    first, second = anthropic_api.requests
    assert (first.method, first.path, first.body["model"]) == ("POST", "/v1/messages", "claude-opus-5-5")
    assert first.headers["x-mark"] == "7"
    assert (second.method, second.path, second.query["limit"], second.body) == (
        "GET",
        "/v1/models",
        ("3",),
        None,
    )
    assert second.at >= first.at
    assert anthropic_api.requests_to("/v1/models") == (second,)


async def test_a_cleared_fake_has_forgotten_its_scripts_and_requests(anthropic_api, claude):
    anthropic_api.script(Answer(Says("one")), Answer(Says("two")))
    anthropic_api.always(Refuses(503), path="/v1/models")
    await get_claude(claude)
    anthropic_api.clear()
    assert (anthropic_api.requests, anthropic_api.unused) == ((), 0)
    assert (await claude.models.list()).data
    with pytest.raises(anthropic.InternalServerError, match="nothing scripted"):
        await get_claude(claude)


async def test_waiting_for_requests(anthropic_api, claude):
    gate = threading.Event()
    anthropic_api.script(Silent(gate, then=Answer(Says("late"))))
    task = asyncio.create_task(get_claude(claude))
    (seen,) = await asyncio.to_thread(anthropic_api.wait_for_requests, 1, path="/v1/messages")
    assert seen.body["max_tokens"] == 500
    assert not task.done()
    gate.set()
    assert (await task).content[0].text == "late"
    with pytest.raises(TimeoutError, match=r"2 requests to any path; seen: POST /v1/messages"):
        anthropic_api.wait_for_requests(2, timeout_s=0.01)


async def test_other_paths_have_queues_of_their_own(anthropic_api, claude):
    anthropic_api.script(Refuses(503), path="/v1/models")
    anthropic_api.script(Answer(Says("still here")))
    with pytest.raises(anthropic.APIStatusError):
        await claude.models.list()
    assert (await claude.models.list()).data
    assert (await get_claude(claude)).content[0].text == "still here"


async def test_an_answer_of_the_model_does_not_fit_a_list(anthropic_api, claude):
    anthropic_api.script(Answer(Says("hm")), path="/v1/models")
    with pytest.raises(anthropic.InternalServerError, match="cannot give a model's answer"):
        await claude.models.list()


async def test_a_gate_holds_the_stream_in_mid_text(anthropic_api, claude):
    gate = threading.Event()
    anthropic_api.script(Answer(Says("before ", chunks=1), Waits(gate), Says("after", chunks=1)))
    texts = []
    async with claude.messages.stream(
        model="claude-opus-5-5", max_tokens=9, messages=[{"role": "user", "content": "x"}]
    ) as stream:
        async for text in stream.text_stream:
            texts.append(text)
            if not gate.is_set():
                assert texts == ["before "]
                gate.set()
        assert (await stream.get_final_message()).content[0].text == "before after"
    assert texts == ["before ", "after"]


async def test_a_gate_that_stays_closed_breaks_the_stream_off(anthropic_api, claude):
    anthropic_api.script(Answer(Says("x"), Waits(deadline_s=0.05), Says("never")), Silent(deadline_s=0.05))
    with pytest.raises(httpx2.RemoteProtocolError, match="peer closed"):
        await ask_claude(claude)
    with pytest.raises(anthropic.APIConnectionError):
        await ask_claude(claude)
    assert anthropic_api.disconnects == 0


async def test_a_client_that_leaves_is_counted(anthropic_api, claude):
    anthropic_api.script(Answer(Says("x"), Waits()), Silent(), Answer(Streams(count=200_000)))
    async with claude.messages.stream(
        model="claude-opus-5-5", max_tokens=9, messages=[{"role": "user", "content": "x"}]
    ) as stream:
        await anext(aiter(stream))
    await asyncio.to_thread(anthropic_api.wait_for_disconnect)
    silent = asyncio.create_task(get_claude(claude))
    await asyncio.to_thread(anthropic_api.wait_for_requests, 2)
    silent.cancel()
    await asyncio.to_thread(anthropic_api.wait_for_disconnect, count=2)
    flood = await claude.messages.create(
        model="claude-opus-5-5", max_tokens=9, messages=[{"role": "user", "content": "x"}], stream=True
    )
    await anext(flood)
    await flood.close()
    await asyncio.to_thread(anthropic_api.wait_for_disconnect, count=3)
    assert anthropic_api.disconnects == 3
    assert anthropic_api.unexpected == ()


async def test_a_reader_to_the_end_is_not_counted(anthropic_api, claude):
    anthropic_api.script(Answer(Says("x")), Answer(Says("y"), CutsOff()), HangsUp(), Refuses(500))
    await ask_claude(claude)
    for error in (httpx2.RemoteProtocolError, anthropic.APIConnectionError, anthropic.InternalServerError):
        with pytest.raises(error):
            await ask_claude(claude)
    assert anthropic_api.disconnects == 0
    with pytest.raises(TimeoutError, match="clients to go away"):
        anthropic_api.wait_for_disconnect(timeout_s=0.01)


async def test_whole_answers_can_go_wrong_too(anthropic_api, claude):
    gate = threading.Event()
    gate.set()
    anthropic_api.script(Answer(Waits(gate), Says("x"), CutsOff()), Answer(Says("x"), Garbles()))
    with pytest.raises(anthropic.APIConnectionError):
        await get_claude(claude)
    with pytest.raises(json.JSONDecodeError):
        await get_claude(claude)


async def test_errors_may_come_from_a_proxy(anthropic_api, claude):
    anthropic_api.script(Refuses(502, body=b"<html>Bad gateway</html>"))
    with pytest.raises(anthropic.InternalServerError) as caught:
        await get_claude(claude)
    assert caught.value.response.text == "<html>Bad gateway</html>"
    assert caught.value.status_code == 502


async def test_the_sdk_waits_as_long_as_retry_after_says(anthropic_api):
    # Longer than the SDK would wait of its own accord before a first retry.
    anthropic_api.script(Refuses(429, headers={"retry-after-ms": "600"}), Answer(Says("at last")))
    async with anthropic.AsyncAnthropic(
        base_url=anthropic_api.base_url, api_key="test", max_retries=1
    ) as client:
        assert (await get_claude(client)).content[0].text == "at last"
    first, second = anthropic_api.requests
    assert second.at - first.at >= 0.6


async def test_very_many_deltas(anthropic_api, claude):
    block = Streams(count=3000, size=4)
    anthropic_api.script(Answer(block), Answer(Streams(count=20, size=2, per_second=200)))
    events = await ask_claude(claude)
    texts = [event.delta.text for event in events if event.type == "content_block_delta"]
    assert texts == list(block.deltas)
    assert "".join(texts) == block.text
    loop = asyncio.get_running_loop()
    started_at = loop.time()
    paced = await ask_claude(claude)
    assert sum(event.type == "content_block_delta" for event in paced) == 20
    assert loop.time() - started_at >= 19 / 200


async def test_a_stopped_fake_leaves_nothing_behind():
    fake = FakeAnthropic().start()
    fake.script(Answer(Says("x"), Waits()))
    async with anthropic.AsyncAnthropic(base_url=fake.base_url, api_key="test", max_retries=0) as client:
        task = asyncio.create_task(ask_claude(client))
        await asyncio.to_thread(fake.wait_for_requests, 1)
        await asyncio.to_thread(fake.stop)
        with pytest.raises(httpx2.RemoteProtocolError):
            await task
        with pytest.raises(anthropic.APIConnectionError):
            await ask_claude(client)
    assert not {thread.name for thread in threading.enumerate()} & {"FakeAnthropic", "fake-gate"}
    fake.stop()


async def test_answers_run_side_by_side(anthropic_api, claude):
    gates = [threading.Event() for _ in range(8)]
    anthropic_api.script(*(Answer(Says(str(n)), Waits(gate)) for n, gate in enumerate(gates)))
    tasks = [asyncio.create_task(get_claude(claude)) for _ in gates]
    await asyncio.to_thread(anthropic_api.wait_for_requests, len(gates))
    for gate in reversed(gates):
        gate.set()
    assert {(await task).content[0].text for task in tasks} == {str(n) for n in range(8)}


def test_text_is_cut_into_as_many_pieces_as_it_has_room_for():
    assert split_evenly("abcdefg", 3) == ("ab", "cd", "efg")
    assert split_evenly("ab", 5) == ("a", "b")
    assert split_evenly("", 3) == ()
    assert Says("abc", chunks=("a", "", "bc")).deltas == ("a", "", "bc")
    with pytest.raises(ValueError, match="do not add up"):
        _ = Says("abc", chunks=("a", "c")).deltas


def test_json_is_cut_within_keys_and_escapes():
    pieces = split_awkwardly('{"path": "a\\n\\u00e9"}')
    assert pieces == ("{", '"p', 'ath": ', '"a\\', "n\\", 'u00e9"', "}")
