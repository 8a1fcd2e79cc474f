"""What the Responses API refuses, and what it must not."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from tests.fakes.asking import HELLO, get_gpt
from tests.fakes.script import Answer, Calls, Says, Thinks

pytestmark = pytest.mark.anyio

EMPTY: dict[str, Any] = {"type": "object", "properties": {}}
READ: dict[str, Any] = {"type": "function", "name": "Read", "parameters": EMPTY, "strict": False}


def call(call_id: str = "call_1", **more: Any) -> dict[str, Any]:
    return {"type": "function_call", "call_id": call_id, "name": "Read", "arguments": "{}", **more}


def output(call_id: str = "call_1", **more: Any) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call_id, "output": "ok", **more}


def thought(id_: str = "rs_1", **more: Any) -> dict[str, Any]:
    return {"type": "reasoning", "id": id_, "summary": [], "encrypted_content": "gAAAA", **more}


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    return {"tools": [{**READ, "strict": True, "parameters": schema}]}


BROKEN = {
    "unknown parameter": ({"extra_body": {"messages": []}}, "Unknown parameter: 'messages'."),
    "no input": ({"input": openai.omit}, "Missing required parameter: 'input'."),
    "temperature": ({"temperature": 0.5}, "'temperature' is not supported with this model"),
    "effort": ({"reasoning": {"effort": "huge"}}, "Invalid value: 'huge'. Supported values are: 'none', "),
    "few tokens": ({"max_output_tokens": 5}, "Expected a value >= 16, but got 5"),
    "unknown item": (
        {"input": [{"type": "tool_result"}]},
        "Invalid value: 'tool_result'. Supported values are",
    ),
    "unknown role": ({"input": [{"role": "tool", "content": "x"}]}, "Invalid value: 'tool'"),
    "no content": ({"input": [{"role": "user"}]}, "Missing required parameter: 'input[0].content'."),
    "part of the user as the assistant's": (
        {"input": [HELLO, {"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]},
        "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
    ),
    "part of the assistant as the user's": (
        {"input": [{"role": "user", "content": [{"type": "output_text", "text": "x"}]}]},
        "Invalid value: 'output_text'. Supported values are: 'input_text', 'input_image', and 'input_file'.",
    ),
    "call without arguments": ({"input": [call(arguments=None)]}, "'input[0].arguments'"),
    "output without text": ({"input": [call(), output(output=None)]}, "'input[1].output'"),
    "odd output": ({"input": [call(), output(output=[{"type": "text"}])]}, "Invalid value: 'text'"),
    "call without output": ({"input": [HELLO, call()]}, "No tool output found for function call call_1."),
    "output without call": (
        {"input": [HELLO, output()]},
        "No tool call found for function call output with call_id call_1.",
    ),
    "output before call": ({"input": [output(), call()]}, "No tool call found"),
    "output twice": ({"input": [call(), output(), output()]}, "No tool call found"),
    "call id as id": ({"input": [call(id="call_1"), output()]}, "Expected an ID that begins with 'fc'"),
    "item twice": (
        {"input": [call(id="fc_1"), output(), call("c2", id="fc_1"), output("c2")]},
        "Duplicate item",
    ),
    "reasoning at the end": (
        {"input": [HELLO, thought()]},
        "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
    ),
    "reasoning before the user": (
        {"input": [HELLO, thought(), HELLO]},
        "without its required following item",
    ),
    "reasoning without summary": ({"input": [thought(summary=None), call(), output()]}, "'input[0].summary'"),
    "nested tool": (
        {"tools": [{"type": "function", "function": {"name": "Read", "parameters": EMPTY}}]},
        "Missing required parameter: 'tools[0].name'.",
    ),
    "tool without type": ({"tools": [{"name": "Read"}]}, "Missing required parameter: 'tools[0].type'."),
    "tool name": ({"tools": [{**READ, "name": "a.b"}]}, "string does not match pattern"),
    "long tool name": ({"tools": [{**READ, "name": "a" * 65}]}, "maximum length 64"),
    "schema of a list": ({"tools": [{**READ, "parameters": {"type": "array"}}]}, "got 'type: \"array\"'"),
    "strict, open": (strict(EMPTY), "'additionalProperties' is required to be supplied and to be false."),
    "strict, optional": (
        strict({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}),
        "Missing 'a'.",
    ),
    "strict, open within a list": (
        strict(
            {
                "type": "object",
                "properties": {"a": {"type": "array", "items": EMPTY}},
                "required": ["a"],
                "additionalProperties": False,
            }
        ),
        "In context=('properties', 'a', 'items')",
    ),
    "unknown response": ({"previous_response_id": "resp_x"}, "Previous response with id 'resp_x' not found."),
}


@pytest.mark.parametrize(("request_", "message"), BROKEN.values(), ids=BROKEN)
async def test_broken_requests_are_refused(openai_api, gpt, request_, message):
    openai_api.script(Answer(Says("never")))
    with pytest.raises(openai.BadRequestError) as caught:
        await get_gpt(gpt, **request_)
    assert message in caught.value.message
    assert caught.value.type == "invalid_request_error"
    (trouble,) = openai_api.refused
    assert message in trouble.reason
    assert openai_api.unused == 1


SOUND: dict[str, dict[str, Any]] = {
    "parallel calls, outputs in any order": {
        "input": [HELLO, thought(), call("a", id="fc_a"), call("b"), output("b"), output("a"), HELLO]
    },
    "a call as it was given, with a picture in its output": {
        "input": [call(status="completed"), output(output=[{"type": "input_image", "image_url": "data:"}])]
    },
    "an answer as it was given": {
        "input": [
            HELLO,
            thought(),
            thought("rs_2"),
            {
                "type": "message",
                "id": "msg_1",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "x"}],
            },
            HELLO,
        ]
    },
    "messages of all roles": {
        "input": [{"role": role, "content": "x"} for role in ("system", "developer", "user", "assistant")]
    },
    "sampling without reasoning": {"temperature": 0.5, "reasoning": {"effort": "none"}},
    "sampling of an old model": {"temperature": 0.5, "model": "gpt-4.1-mini"},
    "a strict tool": strict(
        {
            "type": "object",
            "properties": {"a": {"type": ["string", "null"]}},
            "required": ["a"],
            "additionalProperties": False,
        }
    ),
    "a tool of the server": {"tools": [{"type": "web_search"}]},
}


@pytest.mark.parametrize("request_", SOUND.values(), ids=SOUND)
async def test_sound_requests_pass(openai_api, gpt, request_):
    openai_api.script(Answer(Says("fine")))
    assert (await get_gpt(gpt, **request_)).output_text == "fine"
    assert openai_api.refused == ()


async def test_bodies_that_are_no_requests(openai_api, gpt):
    with pytest.raises(openai.BadRequestError, match="could not parse the JSON body"):
        await gpt.post("/responses", body=[1], cast_to=object)
    with pytest.raises(openai.BadRequestError, match="'model'"):
        await gpt.post("/responses", body={"input": "x"}, cast_to=object)
    with pytest.raises(openai.NotFoundError, match="Invalid URL"):
        await gpt.post("/nothing", body={}, cast_to=object)


async def first_answer(openai_api, gpt, **more):
    openai_api.script(Answer(Thinks("hm"), Calls("Read", id="call_1")))
    openai_api.always(Answer(Says("ok")))
    response = await get_gpt(gpt, **more)
    return response.id, *(item.to_dict(exclude_none=True) for item in response.output)


async def test_encrypted_content_must_come_back_as_it_was(openai_api, gpt):
    _, reasoning, given = await first_answer(openai_api, gpt, store=False)
    await get_gpt(gpt, store=False, input=[HELLO, reasoning, given, output()])
    with pytest.raises(openai.BadRequestError, match="could not be verified") as caught:
        await get_gpt(
            gpt, store=False, input=[HELLO, {**reasoning, "encrypted_content": "gAAAAx"}, given, output()]
        )
    assert caught.value.code == "invalid_encrypted_content"


async def test_what_is_not_stored_cannot_be_referred_to(openai_api, gpt):
    response_id, reasoning, given = await first_answer(openai_api, gpt, store=False)
    bare = {**reasoning, "encrypted_content": None}
    with pytest.raises(openai.NotFoundError, match="Items are not persisted when `store` is set to false"):
        await get_gpt(gpt, input=[HELLO, bare, given, output()])
    with pytest.raises(openai.NotFoundError, match="not found"):
        await get_gpt(gpt, input=[HELLO, {"type": "item_reference", "id": given["id"]}])
    with pytest.raises(openai.BadRequestError, match="Previous response"):
        await get_gpt(gpt, previous_response_id=response_id, input=[output()])
    await get_gpt(gpt, input=[HELLO, given, output()])


async def test_what_is_stored_can_be_referred_to(openai_api, gpt):
    response_id, reasoning, given = await first_answer(openai_api, gpt)
    await get_gpt(gpt, input=[HELLO, {**reasoning, "encrypted_content": None}, given, output()])
    await get_gpt(gpt, previous_response_id=response_id, input=[output()])
    with pytest.raises(openai.BadRequestError, match="No tool output found for function call call_1"):
        await get_gpt(gpt, previous_response_id=response_id, input=[HELLO])
    with pytest.raises(openai.BadRequestError, match="without its required 'reasoning' item"):
        await get_gpt(gpt, input=[HELLO, given, output()])
