"""The Messages API, proven with the real SDK."""

from __future__ import annotations

import json
from dataclasses import replace

import anthropic
import httpx2
import pytest

from tests.fakes.anthropic_models import CLAUDE_MODELS
from tests.fakes.asking import HELLO, ask_claude, get_claude
from tests.fakes.script import (
    Answer,
    Breaks,
    Calls,
    CutsOff,
    Garbles,
    HangsUp,
    Pings,
    Redacts,
    Refuses,
    Says,
    Thinks,
    Usage,
)

pytestmark = pytest.mark.anyio

SUMMARIZED = {"type": "adaptive", "display": "summarized"}
AWKWARD = {"path": 'a\n"é"\\ 😀', "lines": [1, {"deep": None}], "empty": ""}


async def final(client, **more):
    request = {"model": "claude-opus-5-5", "max_tokens": 500, "messages": [HELLO], "thinking": SUMMARIZED}
    async with client.messages.stream(**{**request, **more}) as stream:
        return await stream.get_final_message()


async def test_text_in_several_deltas(anthropic_api, claude):
    anthropic_api.script(Answer(Says("Hel"), Says("lo, wörld", chunks=("lo, ", "wör", "ld"))))
    events = await ask_claude(claude)
    assert [event.type for event in events] == [
        "message_start",
        "content_block_start",
        *["content_block_delta"] * 6,
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert [event.delta.text for event in events[2:8]] == ["H", "e", "l", "lo, ", "wör", "ld"]
    assert events[0].message.content == []
    assert events[0].message.stop_reason is None
    assert events[-2].delta.stop_reason == "end_turn"


async def test_thinking_with_its_signature_then_text(anthropic_api, claude):
    anthropic_api.script(Answer(Thinks("First I think."), Redacts("opaque"), Says("Done.")))
    thinking, redacted, text = (await final(claude)).content
    assert thinking.thinking == "First I think."
    assert len(thinking.signature) > 20
    assert (redacted.type, redacted.data) == ("redacted_thinking", "opaque")
    assert text.text == "Done."


async def test_the_signature_comes_last_in_its_block(anthropic_api, claude):
    anthropic_api.script(Answer(Thinks("ab", signature="proof", chunks=2), Says("x")))
    events = await ask_claude(claude, thinking=SUMMARIZED)
    deltas = [event.delta for event in events if event.type == "content_block_delta" and event.index == 0]
    assert [delta.type for delta in deltas] == ["thinking_delta", "thinking_delta", "signature_delta"]
    assert deltas[-1].signature == "proof"


@pytest.mark.parametrize(
    ("model", "thinking", "expected"),
    [
        ("claude-opus-5-5", SUMMARIZED, ["deep", "x"]),
        ("claude-opus-5-5", {"type": "adaptive"}, ["", "x"]),
        ("claude-opus-5-5", None, ["", "x"]),
        ("claude-opus-5-5", {"type": "disabled"}, ["x"]),
        ("claude-haiku-4-5", {"type": "enabled", "budget_tokens": 1024}, ["deep", "x"]),
        ("claude-haiku-4-5", None, ["x"]),
    ],
)
async def test_thinking_is_shown_as_the_request_and_the_model_have_it(
    anthropic_api, claude, model, thinking, expected
):
    anthropic_api.script(*[Answer(Thinks("deep", signature="s"), Says("x"))] * 2)
    more = {"thinking": thinking} if thinking else {}
    whole = await get_claude(claude, model=model, max_tokens=2000, **more)
    assert [
        getattr(block, "thinking", None) or getattr(block, "text", "") for block in whole.content
    ] == expected
    events = await ask_claude(claude, model=model, max_tokens=2000, **more)
    assert sum(event.type == "content_block_start" for event in events) == len(expected)
    shown = "".join(
        getattr(event.delta, "thinking", "") for event in events if event.type == "content_block_delta"
    )
    assert shown == ("deep" if expected[0] == "deep" else "")


async def test_several_tool_calls_cut_at_awkward_places(anthropic_api, claude):
    anthropic_api.script(
        Answer(
            Says("I look."), Calls("Read", AWKWARD, id="toolu_1"), Calls("List"), Calls("Grep", {"q": "x"})
        )
    )
    message = await final(claude)
    assert message.stop_reason == "tool_use"
    _, read, list_, grep = message.content
    assert (read.id, read.name, read.input) == ("toolu_1", "Read", AWKWARD)
    assert list_.input == {}
    assert grep.input == {"q": "x"}
    assert len({read.id, list_.id, grep.id}) == 3


async def test_argument_deltas_start_empty_and_break_within_escapes(anthropic_api, claude):
    anthropic_api.script(Answer(Calls("Read", {"a": "x\ny"}), Calls("List")))
    events = await ask_claude(claude)
    parts = [event.delta.partial_json for event in events if event.type == "content_block_delta"]
    assert parts[0] == ""
    assert parts[-1] == ""
    assert any(part.endswith("\\") for part in parts)
    assert json.loads("".join(parts)) == {"a": "x\ny"}
    starts = [event.content_block for event in events if event.type == "content_block_start"]
    assert [(start.type, start.input) for start in starts] == [("tool_use", {}), ("tool_use", {})]


async def test_unfinished_arguments(anthropic_api, claude):
    anthropic_api.script(Answer(Calls("Read", '{"path": "/t'), stop_reason="max_tokens"))
    events = await ask_claude(claude)
    parts = [event.delta.partial_json for event in events if event.type == "content_block_delta"]
    assert "".join(parts) == '{"path": "/t'
    assert events[-2].delta.stop_reason == "max_tokens"


@pytest.mark.parametrize(
    "reason", ["max_tokens", "stop_sequence", "pause_turn", "refusal", "model_context_window_exceeded"]
)
async def test_stop_reasons(anthropic_api, claude, reason):
    anthropic_api.script(*[Answer(Says("x"), stop_reason=reason)] * 2)
    streamed = await final(claude, stop_sequences=["END"])
    whole = await get_claude(claude, stop_sequences=["END"])
    for message in (streamed, whole):
        assert message.stop_reason == reason
        assert message.stop_sequence == ("END" if reason == "stop_sequence" else None)
        assert (message.stop_details is not None) == (reason == "refusal")


async def test_usage_with_the_cache(anthropic_api, claude):
    usage = Usage(
        input_tokens=3, output_tokens=50, cache_read_tokens=700, cache_write_tokens=20, reasoning_tokens=9
    )
    anthropic_api.script(*[Answer(Says("x"), usage=usage)] * 2)
    events = await ask_claude(claude)
    assert events[0].message.usage.output_tokens == 1
    for got in (events[-2].usage, (await get_claude(claude)).usage):
        assert got.input_tokens == 3
        assert got.cache_read_input_tokens == 700
        assert got.cache_creation_input_tokens == 20
        assert got.output_tokens == 50
        assert got.output_tokens_details.thinking_tokens == 9
    assert events[0].message.usage.cache_creation.ephemeral_5m_input_tokens == 20


async def test_a_whole_message_has_what_the_stream_has(anthropic_api, claude):
    blocks = (
        Thinks("hm", signature="s"),
        Says("a"),
        Pings(),
        Says("b"),
        Calls("Read", AWKWARD, id="toolu_1"),
    )
    anthropic_api.script(*[Answer(*blocks)] * 2)
    streamed = await final(claude)
    whole = await get_claude(claude, thinking=SUMMARIZED)
    assert [block.to_dict(exclude_none=True) for block in whole.content] == [
        block.to_dict(exclude_none=True) for block in streamed.content
    ]


async def test_an_answer_may_be_empty(anthropic_api, claude):
    anthropic_api.script(Answer())
    message = await final(claude)
    assert (message.content, message.stop_reason) == ([], "end_turn")


async def test_pings_are_on_the_wire(anthropic_api, claude):
    anthropic_api.script(Answer(Pings(), Says("x")))
    raw = await claude.messages.with_raw_response.create(
        model="claude-opus-5-5", max_tokens=5, messages=[HELLO], stream=True
    )
    events = [event.event async for event in anthropic.AsyncStream.raw_events(raw.http_response)]
    assert events[:3] == ["message_start", "ping", "content_block_start"]


async def test_an_error_in_mid_stream(anthropic_api, claude):
    anthropic_api.script(*[Answer(Says("so far"), Breaks("overloaded_error", "Overloaded"))] * 2)
    with pytest.raises(anthropic.APIStatusError) as caught:
        await ask_claude(claude)
    assert caught.value.type == "overloaded_error"
    assert caught.value.api_message == "Overloaded"
    with pytest.raises(anthropic.OverloadedError):
        await get_claude(claude)


@pytest.mark.parametrize(
    ("mishap", "error"),
    [
        (Answer(Says("x"), CutsOff()), httpx2.RemoteProtocolError),
        (Answer(Says("x"), Garbles(), Says("y")), json.JSONDecodeError),
        (HangsUp(), anthropic.APIConnectionError),
    ],
)
async def test_a_broken_stream(anthropic_api, claude, mishap, error):
    anthropic_api.script(mishap)
    with pytest.raises(error):
        await ask_claude(claude)


@pytest.mark.parametrize(
    ("status", "error", "type_"),
    [
        (400, anthropic.BadRequestError, "invalid_request_error"),
        (401, anthropic.AuthenticationError, "authentication_error"),
        (404, anthropic.NotFoundError, "not_found_error"),
        (413, anthropic.RequestTooLargeError, "request_too_large"),
        (429, anthropic.RateLimitError, "rate_limit_error"),
        (500, anthropic.InternalServerError, "api_error"),
        (529, anthropic.OverloadedError, "overloaded_error"),
    ],
)
async def test_refusals(anthropic_api, claude, status, error, type_):
    anthropic_api.script(Refuses(status, message="Because.", code="why", headers={"retry-after": "7"}))
    with pytest.raises(error) as caught:
        await ask_claude(claude)
    assert caught.value.type == type_
    assert caught.value.api_message == "Because."
    assert caught.value.error_code == "why"
    assert caught.value.request_id
    assert caught.value.response.headers["retry-after"] == "7"


async def test_a_wrong_key(anthropic_api, claude):
    anthropic_api.require_key("right")
    anthropic_api.always(Answer(Says("in")))
    for call in (get_claude(claude), claude.models.list()):
        with pytest.raises(anthropic.AuthenticationError) as caught:
            await call
        assert (caught.value.type, caught.value.api_message) == (
            "authentication_error",
            "Invalid bearer token",
        )
    with pytest.raises(anthropic.AuthenticationError, match="invalid x-api-key"):
        await get_claude(claude, extra_headers={"x-api-key": "wrong", "authorization": "Bearer right"})
    assert (await get_claude(claude, extra_headers={"x-api-key": "right"})).content[0].text == "in"
    assert (await get_claude(claude.with_options(api_key="right"))).content[0].text == "in"


async def test_models_come_in_pages(anthropic_api, claude):
    listed = [model async for model in claude.models.list(limit=2)]
    assert [model.id for model in listed] == [
        model.id for model in CLAUDE_MODELS if model.lifecycle != "retired"
    ]
    assert len(anthropic_api.requests_to("/v1/models")) == 3
    opus = listed[0]
    assert (opus.max_input_tokens, opus.max_tokens, opus.lifecycle, opus.line) == (
        1_000_000,
        128_000,
        "active",
        "opus",
    )
    assert opus.capabilities.thinking.types.adaptive.supported
    assert not opus.capabilities.thinking.types.enabled.supported
    assert opus.capabilities.effort.max.supported
    back = await claude.models.list(before_id=listed[-1].id, limit=2)
    assert [model.id for model in back.data] == [model.id for model in listed[-3:-1]]
    assert back.has_more


async def test_retired_models_only_on_request(anthropic_api, claude):
    anthropic_api.models = (replace(CLAUDE_MODELS[0], id="claude-x", lifecycle="retired"), CLAUDE_MODELS[1])
    assert [model.id async for model in claude.models.list()] == [CLAUDE_MODELS[1].id]
    assert [model.id async for model in claude.models.list(lifecycle=["retired"])] == ["claude-x"]
    assert (await claude.models.retrieve("claude-x")).lifecycle == "retired"
    with pytest.raises(anthropic.NotFoundError, match="model: claude"):
        await claude.models.retrieve("claude")


async def test_counting_tokens_grows_with_the_text(anthropic_api, claude):
    async def count(text):
        counted = await claude.messages.count_tokens(
            model="claude-opus-5-5", messages=[{"role": "user", "content": text}]
        )
        return counted.input_tokens

    assert await count("x" * 4000) - await count("x" * 400) == 900
