"""Whether the fakes say all that the SDKs' types promise: the SDKs themselves do not look."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from anthropic.types import ModelCapabilities, ModelInfo
from anthropic.types.message_count_tokens_params import MessageCountTokensParams
from anthropic.types.message_create_params import MessageCreateParamsBase
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from openai.types.responses.response_create_params import ResponseCreateParamsBase

from tests.fakes import anthropic_rules, chat_rules, responses_rules
from tests.fakes.anthropic_models import CLAUDE_MODELS
from tests.fakes.asking import ask_chat, ask_claude, ask_gpt, get_chat, get_claude, get_gpt
from tests.fakes.script import Answer, Breaks, Calls, Redacts, Says, Thinks, Usage

pytestmark = pytest.mark.anyio

ANSWERS = (
    Answer(Thinks("hm"), Redacts(), Says("x"), Calls("Read", {"a": 1}), usage=Usage(1, 2, 3, 4, 1)),
    Answer(Says("x"), stop_reason="max_tokens"),
    Answer(Says("x"), stop_reason="refusal"),
    Answer(),
)
SUMMARIZED = {"type": "adaptive", "display": "summarized"}


def check(*values: Any) -> None:
    """Fails where a field is missing or has the wrong type; the SDKs build their values unchecked."""
    assert values
    for value in values:
        type(value).model_validate(value.to_dict())


@pytest.mark.parametrize("answer", ANSWERS)
async def test_messages(anthropic_api, claude, answer):
    anthropic_api.always(answer)
    check(*await ask_claude(claude, thinking=SUMMARIZED), await get_claude(claude, thinking=SUMMARIZED))


@pytest.mark.parametrize("answer", ANSWERS)
async def test_responses(openai_api, gpt, answer):
    openai_api.always(answer)
    more = {"reasoning": {"summary": "auto"}, "instructions": "Be brief."}
    check(*await ask_gpt(gpt, **more), await get_gpt(gpt, **more))


@pytest.mark.parametrize("shape", ["failed", "event"])
async def test_failures_of_responses(openai_api, gpt, shape):
    openai_api.always(Answer(Says("x"), Breaks("server_error", "Sorry.", shape=shape)))
    check(*await ask_gpt(gpt))


@pytest.mark.parametrize("answer", ANSWERS)
async def test_chat_completions(openai_api, gpt, answer):
    openai_api.always(answer)
    check(*await ask_chat(gpt, stream_options={"include_usage": True}), await get_chat(gpt))


async def test_chat_completions_of_ollama(ollama_api, llama):
    ollama_api.always(ANSWERS[0])
    more = {"model": "qwen3:32b"}
    check(
        *await ask_chat(llama, stream_options={"include_usage": True}, **more), await get_chat(llama, **more)
    )


async def test_models(anthropic_api, claude, openai_api, gpt, ollama_api, llama):
    for client in (claude, gpt, llama):
        check(*[model async for model in client.models.list()])
    for model in CLAUDE_MODELS:
        assert model.info().keys() == ModelInfo.model_fields.keys()
        assert model.info()["capabilities"].keys() == ModelCapabilities.model_fields.keys()


def test_the_parameters_are_those_of_the_sdks():
    headers = {"user_profile_id", "workspace_id"}
    assert {*MessageCreateParamsBase.__annotations__, "stream"} - headers == anthropic_rules.KNOWN
    assert {*MessageCountTokensParams.__annotations__} - headers == anthropic_rules.COUNTED
    assert {*ResponseCreateParamsBase.__annotations__, "stream"} == responses_rules.KNOWN
    assert {*CompletionCreateParamsBase.__annotations__, "stream"} == chat_rules.KNOWN
    assert not set(chain(anthropic_rules.KNOWN, anthropic_rules.COUNTED)) & anthropic_rules.SAMPLING
