"""Chat completions as OpenAI speaks them, proven with the real SDK."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import openai
import pytest

from tests.fakes.asking import HELLO, ask_chat, get_chat, get_gpt
from tests.fakes.script import (
    Answer,
    Breaks,
    Calls,
    CutsOff,
    Garbles,
    HangsUp,
    Pings,
    Refuses,
    Says,
    Streams,
    Thinks,
    Usage,
)

pytestmark = pytest.mark.anyio

AWKWARD = {"path": 'a\n"é"\\ 😀', "lines": [1, {"deep": None}], "empty": ""}
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "Read", "parameters": {"type": "object", "properties": {}}},
}


def called(*ids: str) -> dict[str, Any]:
    function = {"name": "Read", "arguments": "{}"}
    calls = [{"id": id_, "type": "function", "function": function} for id_ in ids]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def result(id_: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": id_, "content": "ok"}


async def test_text_in_several_deltas(openai_api, gpt):
    openai_api.script(Answer(Thinks("unseen"), Says("Hello, wörld", chunks=("Hel", "lo, wö", "rld"))))
    chunks = await ask_chat(gpt)
    assert [chunk.choices[0].delta.content for chunk in chunks] == ["", "Hel", "lo, wö", "rld", None]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * 4 + ["stop"]
    assert len({chunk.id for chunk in chunks}) == 1
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}


async def test_several_calls_cut_at_awkward_places(openai_api, gpt):
    answer = Answer(Calls("Read", AWKWARD, id="call_1"), Calls("List"))
    openai_api.script(answer, answer)
    chunks = await ask_chat(gpt, tools=[TOOL])
    assert chunks[0].choices[0].delta.content is None
    assert chunks[-1].choices[0].finish_reason == "tool_calls"
    parts = [part for chunk in chunks for part in chunk.choices[0].delta.tool_calls or ()]
    assert [
        (part.index, part.id, part.type, part.function.name) for part in parts if part.id == "call_1"
    ] == [(0, "call_1", "function", "Read")]
    for index, expected in ((0, AWKWARD), (1, {})):
        texts = [part.function.arguments for part in parts if part.index == index]
        assert texts[0] == ""
        assert len(texts) > 2
        assert json.loads("".join(texts)) == expected
    whole = (await get_chat(gpt)).choices[0]
    assert whole.finish_reason == "tool_calls"
    assert whole.message.content is None
    assert [json.loads(call.function.arguments) for call in whole.message.tool_calls] == [AWKWARD, {}]


async def test_usage_in_a_chunk_of_its_own_when_asked(openai_api, gpt):
    usage = Usage(input_tokens=3, output_tokens=50, cache_read_tokens=700, reasoning_tokens=9)
    openai_api.script(*[Answer(Says("x"), usage=usage)] * 3)
    chunks = await ask_chat(gpt, stream_options={"include_usage": True})
    assert chunks[-1].choices == []
    assert [chunk.usage for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    for got in (chunks[-1].usage, (await get_chat(gpt)).usage):
        assert (got.prompt_tokens, got.completion_tokens, got.total_tokens) == (703, 50, 753)
        assert got.prompt_tokens_details.cached_tokens == 700
        assert got.completion_tokens_details.reasoning_tokens == 9
    assert all(chunk.usage is None and chunk.choices for chunk in await ask_chat(gpt))


@pytest.mark.parametrize(
    ("reason", "finish"),
    [("end_turn", "stop"), ("max_tokens", "length"), ("content_filter", "content_filter")],
)
async def test_finish_reasons(openai_api, gpt, reason, finish):
    openai_api.script(*[Answer(Says("x"), stop_reason=reason)] * 2)
    assert (await ask_chat(gpt))[-1].choices[0].finish_reason == finish
    assert (await get_chat(gpt)).choices[0].finish_reason == finish


async def test_a_refusal(openai_api, gpt):
    openai_api.script(*[Answer(Says("No."), stop_reason="refusal")] * 2)
    chunks = await ask_chat(gpt)
    assert "".join(chunk.choices[0].delta.refusal or "" for chunk in chunks) == "No."
    assert not any(chunk.choices[0].delta.content for chunk in chunks)
    message = (await get_chat(gpt)).choices[0].message
    assert (message.refusal, message.content) == ("No.", None)


async def test_both_endpoints_share_a_script_unless_it_names_one(openai_api, gpt):
    openai_api.script(Answer(Says("first")), Answer(Says("second")))
    openai_api.script(Answer(Says("chat only")), path="/v1/chat/completions")
    assert (await get_gpt(gpt)).output_text == "first"
    assert (await get_chat(gpt)).choices[0].message.content == "chat only"
    assert (await get_chat(gpt)).choices[0].message.content == "second"


async def test_very_many_deltas_and_signs_of_life(openai_api, gpt):
    block = Streams(count=1000)
    openai_api.script(Answer(Pings(), block, Pings()))
    texts = [chunk.choices[0].delta.content for chunk in await ask_chat(gpt)]
    assert texts == ["", *block.deltas, None]


@pytest.mark.parametrize(
    ("answer", "last"),
    [(Answer(Says("x")), "[DONE]"), (Answer(Breaks("server_error", "Sorry.")), '{"error":')],
)
async def test_only_a_stream_that_went_well_says_done(openai_api, answer, last):
    openai_api.script(answer)
    request = {"model": "gpt-5.4", "messages": [HELLO], "stream": True}
    async with httpx2.AsyncClient(base_url=openai_api.base_url) as client:
        response = await client.post("/chat/completions", json=request)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.endswith("\n\n")
    assert response.text.split("\n\n")[-2].startswith(f"data: {last}")


async def test_a_stream_that_breaks_is_an_error(openai_api, gpt):
    openai_api.script(Answer(Says("x"), Breaks("server_error", "Sorry.")))
    with pytest.raises(openai.APIError, match="Sorry") as caught:
        await ask_chat(gpt)
    assert (caught.value.type, caught.value.code) == ("server_error", "server_error")


@pytest.mark.parametrize(
    ("mishap", "error"),
    [
        (Answer(Says("x"), CutsOff()), openai.APIConnectionError),
        (Answer(Says("x"), Garbles(), Says("y")), json.JSONDecodeError),
        (HangsUp(), openai.APIConnectionError),
        (Refuses(429), openai.RateLimitError),
    ],
)
async def test_other_failures(openai_api, gpt, mishap, error):
    openai_api.script(mishap)
    with pytest.raises(error):
        await ask_chat(gpt)


UNANSWERED = "The following tool_call_ids did not have response messages: "
BROKEN = {
    "unknown parameter": ({"extra_body": {"input": "x"}}, "Unknown parameter: 'input'."),
    "no messages": ({"messages": []}, "Invalid 'messages': empty array."),
    "unknown role": ({"messages": [{"role": "model", "content": "x"}]}, "Invalid value: 'model'"),
    "effort": ({"reasoning_effort": "huge"}, "Invalid value: 'huge'"),
    "temperature": ({"temperature": 0.2}, "'temperature' is not supported"),
    "no content": ({"messages": [{"role": "user", "content": None}]}, "expected a string, got null"),
    "flat tool": ({"tools": [{"type": "function", "name": "Read"}]}, "'tools[0].function'"),
    "tool name": ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "does not match pattern"),
    "call unanswered": ({"messages": [HELLO, called("a", "b"), result("a"), HELLO]}, f"{UNANSWERED}b"),
    "call at the end": ({"messages": [HELLO, called("a")]}, f"{UNANSWERED}a"),
    "result of no call": ({"messages": [HELLO, result("a")]}, "must be a response to a preceeding message"),
    "result twice": ({"messages": [HELLO, called("a"), result("a"), result("a")]}, "preceeding message"),
    "result without id": (
        {"messages": [HELLO, called("a"), {"role": "tool", "content": "x"}]},
        "'messages[2].tool_call_id'",
    ),
    "call without function": (
        {"messages": [HELLO, {"role": "assistant", "tool_calls": [{"id": "a", "type": "function"}]}]},
        "'messages[1].tool_calls[0].function'",
    ),
    "arguments as an object": (
        {
            "messages": [
                HELLO,
                {
                    "role": "assistant",
                    "tool_calls": [
                        {"id": "a", "type": "function", "function": {"name": "R", "arguments": {}}}
                    ],
                },
            ]
        },
        "'messages[1].tool_calls[0].function.arguments'",
    ),
}


@pytest.mark.parametrize(("request_", "message"), BROKEN.values(), ids=BROKEN)
async def test_broken_requests_are_refused(openai_api, gpt, request_, message):
    openai_api.script(Answer(Says("never")))
    with pytest.raises(openai.BadRequestError) as caught:
        await get_chat(gpt, **request_)
    assert message in caught.value.message
    assert openai_api.unused == 1


async def test_a_sound_history_passes(openai_api, gpt):
    openai_api.script(Answer(Says("fine")))
    history = [
        {"role": "system", "content": "x"},
        HELLO,
        called("a", "b"),
        result("b"),
        result("a"),
        called("c"),
    ]
    whole = await get_chat(gpt, messages=[*history, result("c"), HELLO], tools=[TOOL], reasoning_effort="low")
    assert whole.choices[0].message.content == "fine"
    assert openai_api.refused == ()


async def test_what_a_request_must_have(openai_api, gpt):
    with pytest.raises(openai.BadRequestError, match="'messages'"):
        await gpt.post("/chat/completions", body={"model": "m"}, cast_to=object)
