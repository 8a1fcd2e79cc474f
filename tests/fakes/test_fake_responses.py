"""The Responses API, proven with the real SDK."""

from __future__ import annotations

import json

import openai
import pytest

from tests.fakes.asking import ask_gpt, get_gpt
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
    Streams,
    Thinks,
    Usage,
)

pytestmark = pytest.mark.anyio

SUMMARY = {"effort": "low", "summary": "auto"}
AWKWARD = {"path": 'a\n"é"\\ 😀', "lines": [1, {"deep": None}], "empty": ""}


async def final(client, **more):
    async with client.responses.stream(model="gpt-6.1-terra", input="Hello", **more) as stream:
        return await stream.get_final_response()


async def test_text_in_several_deltas(openai_api, gpt):
    openai_api.script(Answer(Says("Hello, wörld", chunks=("Hel", "lo, wö", "rld"))))
    events = await ask_gpt(gpt)
    assert [event.type for event in events] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.delta for event in events[4:7]] == ["Hel", "lo, wö", "rld"]
    assert [event.sequence_number for event in events] == list(range(11))
    assert events[0].response.status == "in_progress"
    assert events[0].response.output == []
    item = events[-2].item
    assert {event.item_id for event in events[3:9]} == {item.id}
    assert (item.status, item.content[0].text, item.phase) == ("completed", "Hello, wörld", "final_answer")
    assert events[-1].response.output_text == "Hello, wörld"


async def test_reasoning_with_a_summary_and_its_encrypted_content(openai_api, gpt):
    openai_api.script(Answer(Thinks("First I think.", signature="gAAAproof"), Says("Done.")))
    events = await ask_gpt(gpt, reasoning=SUMMARY)
    assert [event.type for event in events[2:10]] == [
        "response.output_item.added",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.done",
        "response.reasoning_summary_part.done",
        "response.output_item.done",
    ]
    assert "".join(event.delta for event in events[4:7]) == "First I think."
    assert events[2].item.encrypted_content not in {None, "gAAAproof"}
    reasoning, message = events[-1].response.output
    assert reasoning == events[9].item
    assert reasoning.encrypted_content == "gAAAproof"
    assert [part.text for part in reasoning.summary] == ["First I think."]
    assert message.content[0].text == "Done."


async def test_a_summary_only_on_request(openai_api, gpt):
    openai_api.script(*[Answer(Thinks("secret"), Redacts("gAAAd"), Says("x"))] * 2)
    events = await ask_gpt(gpt)
    assert not any("summary" in event.type for event in events)
    for response in (events[-1].response, await get_gpt(gpt)):
        thought, redacted, _ = response.output
        assert (thought.summary, redacted.summary, redacted.encrypted_content) == ([], [], "gAAAd")
        assert thought.encrypted_content


async def test_several_calls_cut_at_awkward_places(openai_api, gpt):
    openai_api.script(
        Answer(Says("I look."), Calls("Read", AWKWARD, id="call_1"), Calls("List"), Calls("Grep", {"q": "x"}))
    )
    events = await ask_gpt(gpt)
    message, read, list_, grep = events[-1].response.output
    assert message.phase == "commentary"
    assert (read.call_id, read.name, json.loads(read.arguments)) == ("call_1", "Read", AWKWARD)
    assert read.id != read.call_id
    assert (list_.arguments, json.loads(grep.arguments)) == ("{}", {"q": "x"})
    deltas = [event for event in events if event.type == "response.function_call_arguments.delta"]
    for index, call in ((1, read), (2, list_), (3, grep)):
        parts = [event.delta for event in deltas if event.output_index == index]
        assert len(parts) > 1
        assert "".join(parts) == call.arguments
    assert any(event.delta.endswith("\\") for event in deltas)
    assert (
        await_done := [event for event in events if event.type == "response.function_call_arguments.done"]
    )
    assert [event.arguments for event in await_done] == [read.arguments, "{}", grep.arguments]


async def test_the_stream_helper_builds_the_same_response(openai_api, gpt):
    blocks = (Thinks("hm", signature="s"), Says("a"), Pings(), Says("b"), Calls("Read", AWKWARD, id="call_1"))
    openai_api.script(*[Answer(*blocks)] * 2)
    streamed = await final(gpt, reasoning=SUMMARY)
    whole = await get_gpt(gpt, reasoning=SUMMARY)
    assert [_comparable(item) for item in whole.output] == [_comparable(item) for item in streamed.output]
    assert whole.output_text == streamed.output_text == "ab"


def _comparable(item):
    fields = item.to_dict(exclude_none=True)
    for name in ("id", "parsed_arguments"):
        fields.pop(name, None)
    for part in fields.get("content", ()):
        part.pop("parsed", None)
    return fields


@pytest.mark.parametrize(
    ("reason", "status", "incomplete"),
    [
        ("end_turn", "completed", None),
        ("stop_sequence", "completed", None),
        ("max_tokens", "incomplete", "max_output_tokens"),
        ("content_filter", "incomplete", "content_filter"),
    ],
)
async def test_how_an_answer_ends(openai_api, gpt, reason, status, incomplete):
    openai_api.script(*[Answer(Says("x"), stop_reason=reason)] * 2)
    events = await ask_gpt(gpt)
    assert events[-1].type == f"response.{status}"
    for response in (events[-1].response, await get_gpt(gpt)):
        assert response.status == status
        assert response.output[-1].status == status
        assert (response.incomplete_details and response.incomplete_details.reason) == incomplete


async def test_a_refusal_is_a_part_of_its_own(openai_api, gpt):
    openai_api.script(*[Answer(Says("I will not."), stop_reason="refusal")] * 2)
    events = await ask_gpt(gpt)
    assert "".join(event.delta for event in events if event.type == "response.refusal.delta") == "I will not."
    for response in (events[-1].response, await get_gpt(gpt)):
        (part,) = response.output[0].content
        assert (part.type, part.refusal) == ("refusal", "I will not.")


async def test_what_openai_cannot_say(openai_api, gpt):
    openai_api.script(Answer(Says("x"), stop_reason="pause_turn"))
    with pytest.raises(openai.InternalServerError, match="cannot say that an answer ended by pause_turn"):
        await ask_gpt(gpt)
    assert len(openai_api.unexpected) == 1


async def test_usage_with_the_cache(openai_api, gpt):
    usage = Usage(
        input_tokens=3, output_tokens=50, cache_read_tokens=700, cache_write_tokens=20, reasoning_tokens=9
    )
    openai_api.script(*[Answer(Says("x"), usage=usage)] * 2)
    events = await ask_gpt(gpt)
    assert events[0].response.usage is None
    for got in (events[-1].response.usage, (await get_gpt(gpt)).usage):
        assert (got.input_tokens, got.output_tokens, got.total_tokens) == (723, 50, 773)
        assert (got.input_tokens_details.cached_tokens, got.input_tokens_details.cache_write_tokens) == (
            700,
            20,
        )
        assert got.output_tokens_details.reasoning_tokens == 9


async def test_very_many_deltas_keep_their_numbers(openai_api, gpt):
    block = Streams(count=1000)
    openai_api.script(Answer(Says("<", chunks=1), block, Says(">", chunks=1)))
    events = await ask_gpt(gpt)
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[-1].response.output_text == f"<{block.text}>"
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert deltas == ["<", *block.deltas, ">"]


async def test_signs_of_life(openai_api, gpt):
    openai_api.script(Answer(Pings(), Says("x")))
    events = await ask_gpt(gpt)
    assert (events[2].type, events[2].sequence_number) == ("keepalive", 2)


async def test_the_ways_in_which_a_stream_fails(openai_api, gpt):
    broken = [Breaks("server_error", "Sorry.", shape=shape) for shape in ("failed", "event", "envelope")]
    openai_api.script(*(Answer(Says("so far"), Calls("Read"), each) for each in broken))
    failed = (await ask_gpt(gpt))[-1]
    assert (failed.type, failed.response.status) == ("response.failed", "failed")
    assert (failed.response.error.code, failed.response.error.message) == ("server_error", "Sorry.")
    assert [item.type for item in failed.response.output] == ["message"]
    event = (await ask_gpt(gpt))[-1]
    assert (event.type, event.code, event.message) == ("error", "server_error", "Sorry.")
    with pytest.raises(openai.APIError, match="Sorry") as caught:
        await ask_gpt(gpt)
    assert caught.value.code == "server_error"


@pytest.mark.parametrize(
    ("mishap", "error"),
    [
        (Answer(Says("x"), CutsOff()), openai.APIConnectionError),
        (Answer(Says("x"), Garbles(), Says("y")), json.JSONDecodeError),
        (HangsUp(), openai.APIConnectionError),
    ],
)
async def test_a_broken_stream(openai_api, gpt, mishap, error):
    openai_api.script(mishap)
    with pytest.raises(error):
        await ask_gpt(gpt)


async def test_whole_answers_fail_by_status(openai_api, gpt):
    openai_api.script(Answer(Breaks("rate_limit_exceeded", "Slow down.")))
    with pytest.raises(openai.RateLimitError, match="Slow down"):
        await get_gpt(gpt)


@pytest.mark.parametrize(
    ("status", "error", "type_", "code"),
    [
        (400, openai.BadRequestError, "invalid_request_error", None),
        (401, openai.AuthenticationError, "invalid_request_error", "invalid_api_key"),
        (404, openai.NotFoundError, "invalid_request_error", "model_not_found"),
        (413, openai.APIStatusError, "invalid_request_error", None),
        (429, openai.RateLimitError, "tokens", "rate_limit_exceeded"),
        (500, openai.InternalServerError, "server_error", None),
        (529, openai.InternalServerError, "server_error", None),
    ],
)
async def test_refusals(openai_api, gpt, status, error, type_, code):
    openai_api.script(
        Refuses(status, headers={"retry-after-ms": "5"}),
        Refuses(status, "insufficient_quota", "Pay.", code="insufficient_quota", param="x"),
    )
    with pytest.raises(error) as caught:
        await ask_gpt(gpt)
    assert (caught.value.type, caught.value.code) == (type_, code)
    assert caught.value.request_id
    assert caught.value.response.headers["retry-after-ms"] == "5"
    with pytest.raises(error, match=r"Pay\.") as caught:
        await get_gpt(gpt)
    assert (caught.value.type, caught.value.code, caught.value.param) == ("insufficient_quota",) * 2 + ("x",)


async def test_a_wrong_key(openai_api, gpt):
    openai_api.require_key("sk-right")
    openai_api.always(Answer(Says("in")))
    wrong = gpt.with_options(api_key="sk-wrong-wrong-9876")
    with pytest.raises(openai.AuthenticationError, match=r"provided: sk-wrong\*+9876\.") as caught:
        await get_gpt(wrong)
    assert caught.value.code == "invalid_api_key"
    with pytest.raises(openai.AuthenticationError, match="didn't provide an API key"):
        await get_gpt(gpt, extra_headers={"Authorization": openai.Omit()})
    assert (await get_gpt(gpt.with_options(api_key="sk-right"))).output_text == "in"


async def test_models(openai_api, gpt):
    listed = [model async for model in gpt.models.list()]
    assert [model.id for model in listed] == [model.id for model in openai_api.models]
    assert (await gpt.models.retrieve("gpt-5.4")).created == 1_772_668_800
    with pytest.raises(openai.NotFoundError, match="The model 'nope' does not exist"):
        await gpt.models.retrieve("nope")
