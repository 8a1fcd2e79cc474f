"""What the Messages API refuses, and what it must not."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest

from tests.fakes.asking import HELLO, ask_claude, get_claude
from tests.fakes.script import Answer, Calls, Redacts, Says, Thinks

pytestmark = pytest.mark.anyio

TOOL: dict[str, Any] = {"name": "Read", "input_schema": {"type": "object", "properties": {}}}
MARK = {"type": "ephemeral"}


def user(*content: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(content)}


def assistant(*content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(content)}


def text(words: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def use(id_: str = "toolu_1", **more: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": id_, "name": "Read", "input": {}, **more}


def result(id_: str = "toolu_1", **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": id_, "content": "ok", **more}


MISSING = "`tool_use` ids were found without `tool_result` blocks immediately after: "
BROKEN = {
    "assistant first": ({"messages": [assistant(text()), HELLO]}, 'first message must use the "user" role'),
    "no messages": ({"messages": []}, "at least one message is required"),
    "max_tokens as text": ({"max_tokens": "many"}, "max_tokens: Input should be"),
    "too many tokens": ({"max_tokens": 128_001}, "128001 > 128000"),
    "unknown parameter": ({"extra_body": {"max_output_tokens": 5}}, "max_output_tokens: Extra inputs"),
    "temperature": ({"extra_body": {"temperature": 1.0}}, "temperature: Extra inputs are not permitted"),
    "field of a message": ({"messages": [{**HELLO, "id": "m1"}]}, "messages.0.id: Extra inputs"),
    "beta without saying so": (
        {"extra_body": {"context_management": {}}},
        "context_management: Extra inputs",
    ),
    "unknown role": ({"messages": [HELLO, {"role": "tool", "content": "x"}]}, "messages.1.role"),
    "empty text": ({"messages": [user(text(""))]}, "text content blocks must be non-empty"),
    "blank text": ({"messages": [user(text(" \n"))]}, "must contain non-whitespace text"),
    "empty string": ({"messages": [{"role": "user", "content": ""}]}, "must have non-empty content"),
    "empty assistant": ({"messages": [HELLO, assistant(), HELLO]}, "messages.1: all messages must have"),
    "empty text in result": (
        {"messages": [HELLO, assistant(use()), user(result(content=[text("")]))]},
        "text content blocks must be non-empty",
    ),
    "empty system": ({"system": [text("")]}, "system: text content blocks must be non-empty"),
    "field of the SDK": (
        {"messages": [HELLO, assistant(text(parsed_output=None)), HELLO]},
        "messages.1.content.0.text.parsed_output: Extra inputs",
    ),
    "wrong block": ({"messages": [user(use())]}, "Input tag 'tool_use' found using 'type' does not match"),
    "document of the assistant": (
        {"messages": [HELLO, assistant({"type": "document", "source": {}}), HELLO]},
        "Input tag 'document'",
    ),
    "citations of the user": ({"messages": [user(text(citations=[{"type": "x"}]))]}, "text.citations"),
    "call without result": ({"messages": [HELLO, assistant(use()), HELLO]}, f"messages.1: {MISSING}toolu_1"),
    "call at the end": ({"messages": [HELLO, assistant(use())]}, f"messages.1: {MISSING}toolu_1"),
    "one result of two": (
        {"messages": [HELLO, assistant(use("a"), use("b")), user(result("a"))]},
        f"messages.1: {MISSING}b.",
    ),
    "result one message late": (
        {"messages": [HELLO, assistant(use()), HELLO, user(result())]},
        f"messages.1: {MISSING}toolu_1",
    ),
    "text before the result": (
        {"messages": [HELLO, assistant(use()), user(text(), result())]},
        f"messages.1: {MISSING}toolu_1",
    ),
    "orphan result": (
        {"messages": [user(result())]},
        "unexpected `tool_use_id` found in `tool_result` blocks",
    ),
    "result twice": (
        {"messages": [HELLO, assistant(use()), user(result(), result())]},
        "each tool_use must have a single result",
    ),
    "id twice": (
        {"messages": [HELLO, assistant(use()), user(result()), assistant(use()), user(result())]},
        "`tool_use` ids must be unique",
    ),
    "bad id": (
        {"messages": [HELLO, assistant(use("a b")), user(result("a b"))]},
        "tool_use.id: String should",
    ),
    "input as text": (
        {"messages": [HELLO, assistant(use(input="{}")), user(result())]},
        "tool_use.input: Input should be a valid dictionary",
    ),
    "tool name": ({"tools": [{**TOOL, "name": "a.b"}]}, "tools.0.custom.name: String should match pattern"),
    "long tool name": ({"tools": [{**TOOL, "name": "a" * 129}]}, "tools.0.custom.name"),
    "tool twice": ({"tools": [TOOL, TOOL]}, "Tool names must be unique"),
    "schema without type": ({"tools": [{**TOOL, "input_schema": {}}]}, "input_schema.type: Field required"),
    "schema of a list": ({"tools": [{**TOOL, "input_schema": {"type": "array"}}]}, "should be 'object'"),
    "schema with anyOf": ({"tools": [{**TOOL, "input_schema": {"type": "object", "anyOf": []}}]}, "anyOf"),
    "choice without tools": (
        {"tool_choice": {"type": "auto"}},
        "may only be specified while providing tools",
    ),
    "choice of no tool": (
        {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "X"}},
        "Tool 'X' not found",
    ),
    "five breakpoints": (
        {
            "cache_control": MARK,
            "system": [text(cache_control=MARK)],
            "tools": [{**TOOL, "cache_control": MARK}],
            "messages": [
                user(text(cache_control=MARK)),
                assistant(use()),
                user(result(content=[text(cache_control=MARK)])),
            ],
        },
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
    "breakpoint in thoughts": (
        {"messages": [HELLO, assistant({"type": "thinking", "thinking": "", "cache_control": MARK}), HELLO]},
        "thinking.cache_control: Extra inputs",
    ),
    "odd breakpoint": (
        {"system": [text(cache_control={"type": "ephemeral", "ttl": "1d"})]},
        "ttl '5m' or '1h'",
    ),
    "budget for a new model": (
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
        "thinking.type.adaptive",
    ),
    "small budget": (
        {"model": "claude-haiku-4-5", "thinking": {"type": "enabled", "budget_tokens": 100}},
        "greater than or equal to 1024",
    ),
    "budget over max_tokens": (
        {"model": "claude-haiku-4-5", "thinking": {"type": "enabled", "budget_tokens": 2000}},
        "`max_tokens` must be greater than",
    ),
    "adaptive for an old model": (
        {"model": "claude-haiku-4-5", "thinking": {"type": "adaptive"}},
        '"thinking.type.adaptive" is not supported',
    ),
    "forced tool while thinking": (
        {"tools": [TOOL], "tool_choice": {"type": "any"}, "thinking": {"type": "adaptive"}},
        "Thinking may not be enabled when tool_choice forces tool use",
    ),
    "prefill": ({"messages": [HELLO, assistant(text())]}, "does not support assistant message prefill"),
}


@pytest.mark.parametrize(("request_", "message"), BROKEN.values(), ids=BROKEN)
async def test_broken_requests_are_refused(anthropic_api, claude, request_, message):
    anthropic_api.script(Answer(Says("never")))
    with pytest.raises(anthropic.BadRequestError) as caught:
        await ask_claude(claude, **request_)
    assert message in str(caught.value.api_message)
    (trouble,) = anthropic_api.refused
    assert message in trouble.reason
    assert anthropic_api.unused == 1


SOUND: dict[str, dict[str, Any]] = {
    "two calls, two results, and text behind them": {
        "messages": [HELLO, assistant(text(), use("a"), use("b")), user(result("b"), result("a"), text())]
    },
    "a failed call without content": {
        "messages": [
            HELLO,
            assistant(use()),
            user({"type": "tool_result", "tool_use_id": "toolu_1", "is_error": True}),
        ]
    },
    "two user messages in a row": {"messages": [HELLO, HELLO, assistant(text()), HELLO]},
    "four breakpoints, and more in the arguments of a call": {
        "system": [text(cache_control=MARK), text(cache_control=MARK)],
        "tools": [{**TOOL, "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
        "messages": [HELLO, assistant(use(input={"cache_control": "x"})), user(result(cache_control=MARK))],
    },
    "a tool of the server": {"tools": [{"type": "web_search_20260209", "name": "web_search"}]},
    "thoughts of another server": {
        "messages": [
            HELLO,
            assistant({"type": "thinking", "thinking": "hm", "signature": "s"}, text()),
            HELLO,
        ]
    },
    "prefill of an old model": {"model": "claude-haiku-4-5", "messages": [HELLO, assistant(text())]},
    "an empty last assistant message": {"messages": [HELLO, assistant()]},
    "beta": {
        "extra_body": {"context_management": {}},
        "extra_headers": {"anthropic-beta": "context-management"},
    },
    "temperature in the old version": {
        "extra_body": {"temperature": 0.5},
        "extra_headers": {"anthropic-version": "2023-06-01"},
    },
}


@pytest.mark.parametrize("request_", SOUND.values(), ids=SOUND)
async def test_sound_requests_pass(anthropic_api, claude, request_):
    anthropic_api.script(Answer(Says("fine")))
    assert (await get_claude(claude, **request_)).content[0].text == "fine"
    assert anthropic_api.refused == ()


async def test_required_fields_and_the_version(anthropic_api, claude):
    with pytest.raises(anthropic.BadRequestError, match="max_tokens: Field required"):
        await claude.post("/v1/messages", body={"model": "m", "messages": [HELLO]}, cast_to=object)
    with pytest.raises(anthropic.BadRequestError, match="could not parse the JSON body"):
        await claude.post("/v1/messages", content=b"{", cast_to=object)
    with pytest.raises(anthropic.BadRequestError, match="anthropic-version: header is required"):
        await get_claude(claude, extra_headers={"anthropic-version": anthropic.Omit()})
    with pytest.raises(anthropic.NotFoundError):
        await claude.post("/v1/nothing", body={}, cast_to=object)


async def test_counting_knows_the_rules_too(anthropic_api, claude):
    with pytest.raises(anthropic.BadRequestError, match="must be non-empty"):
        await claude.messages.count_tokens(model="claude-opus-5-5", messages=[user(text(""))])


async def test_thoughts_must_come_back_as_they_were(anthropic_api, claude):
    anthropic_api.script(Answer(Thinks("I read."), Redacts(), Calls("Read")))
    anthropic_api.always(Answer(Says("ok")))
    first = await get_claude(claude, thinking={"type": "adaptive", "display": "summarized"})
    thought, redacted, call = (block.to_dict(exclude_none=True) for block in first.content)

    async def send(*blocks: Any) -> None:
        await get_claude(claude, messages=[HELLO, assistant(*blocks), user(result(call["id"]))])

    await send(thought, redacted, call)
    await send(call)
    for blocks, message in (
        ([{**thought, "signature": "other"}, call], "Invalid `signature` in `thinking` block"),
        ([{**thought, "thinking": "I wrote."}, call], "cannot be modified"),
        ([{**redacted, "data": "other"}, call], "Invalid `data` in `redacted_thinking` block"),
    ):
        with pytest.raises(anthropic.BadRequestError, match=message):
            await send(*blocks)


async def test_omitted_thoughts_come_back_omitted(anthropic_api, claude):
    anthropic_api.script(Answer(Thinks("Hidden."), Says("Hi")), Answer(Says("ok")))
    first = await get_claude(claude)
    thought = first.content[0].to_dict()
    assert thought["thinking"] == ""
    with pytest.raises(anthropic.BadRequestError, match="cannot be modified"):
        await get_claude(
            claude, messages=[HELLO, assistant({**thought, "thinking": "Hidden."}, text()), HELLO]
        )
    await get_claude(claude, messages=[HELLO, assistant(thought, text("Hi")), HELLO])
