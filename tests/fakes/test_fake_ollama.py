"""An Ollama server: its own endpoints, and chat completions in its dialect."""

from __future__ import annotations

import json

import httpx2
import openai
import pytest

from tests.fakes.asking import HELLO, ask_chat, get_chat
from tests.fakes.ollama_api import OllamaModel
from tests.fakes.script import (
    Answer,
    Breaks,
    Calls,
    CutsOff,
    HangsUp,
    Refuses,
    Says,
    Silent,
    Streams,
    Thinks,
    Usage,
)

pytestmark = pytest.mark.anyio

TOOL = {"type": "function", "function": {"name": "Read", "parameters": {"type": "object", "properties": {}}}}
QWEN = "qwen3:32b"


async def test_its_own_endpoints(ollama_api):
    async with httpx2.AsyncClient(base_url=ollama_api.host) as client:
        assert (await client.get("/api/version")).json() == {"version": ollama_api.version}
        tags = (await client.get("/api/tags")).json()["models"]
        assert [tag["name"] for tag in tags] == ["llama3.1:8b", QWEN, "gemma2:2b"]
        assert tags[1]["details"]["parameter_size"] == "32.8B"
        assert len(tags[1]["digest"]) == 64
        shown = (await client.post("/api/show", json={"model": QWEN})).json()
        assert shown["model_info"]["qwen3.context_length"] == 40_960
        assert shown["capabilities"] == ["completion", "tools", "thinking"]
        assert shown["details"]["quantization_level"] == "Q4_K_M"


async def test_its_own_errors(ollama_api):
    ollama_api.script(Refuses(500, message="out of memory"), path="/api/tags")
    async with httpx2.AsyncClient(base_url=ollama_api.host) as client:
        failed = await client.get("/api/tags")
        assert (failed.status_code, failed.json()) == (500, {"error": "out of memory"})
        unknown = await client.post("/api/show", json={"model": "nope"})
        assert (unknown.status_code, unknown.json()) == (404, {"error": "model 'nope' not found"})
        assert (await client.get("/api/show")).status_code == 405
        assert (await client.get("/api/nothing")).status_code == 404
        ollama_api.require_key("k")
        assert (await client.get("/api/version")).status_code == 401
        assert (await client.get("/api/version", headers={"Authorization": "Bearer k"})).status_code == 200


async def test_a_server_that_hangs(ollama_api):
    ollama_api.script(Silent(), HangsUp(), path="/api/tags")
    async with httpx2.AsyncClient(base_url=ollama_api.host) as client:
        with pytest.raises(httpx2.ReadTimeout):
            await client.get("/api/tags", timeout=0.1)
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.get("/api/tags")
        assert (await client.get("/api/tags")).status_code == 200


async def test_models_through_the_sdk(ollama_api, llama):
    ollama_api.models = (OllamaModel("mistral:latest"), OllamaModel("phi4:14b"))
    assert [model.id async for model in llama.models.list()] == ["mistral:latest", "phi4:14b"]
    ollama_api.script(Answer(Says("hi")))
    assert (await get_chat(llama, model="mistral")).choices[0].message.content == "hi"


async def test_reasoning_comes_in_a_field_of_its_own(ollama_api, llama):
    ollama_api.script(*[Answer(Thinks("I think.", chunks=2), Says("Hello", chunks=2))] * 2)
    chunks = await ask_chat(llama, model=QWEN)
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert [getattr(delta, "reasoning", None) for delta in deltas] == ["I th", "ink.", None, None, None]
    assert [delta.content for delta in deltas] == ["", "", "He", "llo", None]
    assert [delta.role for delta in deltas] == ["assistant", None, None, None, None]
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert {chunk.system_fingerprint for chunk in chunks} == {"fp_ollama"}
    message = (await get_chat(llama, model=QWEN)).choices[0].message
    assert (message.content, message.reasoning) == ("Hello", "I think.")


async def test_each_tool_call_comes_whole(ollama_api, llama):
    answer = Answer(Calls("Read", {"path": "a\nb"}, id="call_1"), Calls("List"))
    ollama_api.script(answer, answer)
    chunks = await ask_chat(llama, model=QWEN, tools=[TOOL])
    parts = [chunk.choices[0].delta.tool_calls for chunk in chunks[:-1]]
    assert [(part.index, part.function.name, json.loads(part.function.arguments)) for (part,) in parts] == [
        (0, "Read", {"path": "a\nb"}),
        (1, "List", {}),
    ]
    assert parts[0][0].id == "call_1"
    assert chunks[-1].choices[0].finish_reason == "tool_calls"
    message = (await get_chat(llama, model=QWEN, tools=[TOOL])).choices[0].message
    assert message.content == ""
    assert [call.function.name for call in message.tool_calls] == ["Read", "List"]


async def test_usage_without_details(ollama_api, llama):
    ollama_api.script(Answer(Says("x"), usage=Usage(7, 5)))
    chunks = await ask_chat(llama, model=QWEN, stream_options={"include_usage": True})
    assert chunks[-1].usage.to_dict() == {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
    assert not any("usage" in chunk.model_fields_set for chunk in chunks[:-1])


async def test_very_many_deltas(ollama_api, llama):
    block = Streams(count=500)
    ollama_api.script(Answer(block))
    deltas = [chunk.choices[0].delta for chunk in await ask_chat(llama, model=QWEN)]
    assert "".join(delta.content or "" for delta in deltas) == block.text
    assert deltas[0].role == "assistant"


async def test_what_the_server_refuses(ollama_api, llama):
    ollama_api.script(Answer(Says("never")))
    with pytest.raises(openai.NotFoundError, match="model 'nope' not found") as caught:
        await get_chat(llama, model="nope")
    assert caught.value.type == "not_found_error"
    with pytest.raises(openai.BadRequestError, match="gemma2:2b does not support tools"):
        await get_chat(llama, model="gemma2:2b", tools=[TOOL])
    with pytest.raises(openai.BadRequestError, match="must be a response to a preceeding message"):
        await get_chat(
            llama, model=QWEN, messages=[HELLO, {"role": "tool", "tool_call_id": "x", "content": "y"}]
        )
    assert ollama_api.unused == 1


async def test_unknown_parameters_are_ignored(ollama_api, llama):
    ollama_api.script(Answer(Says("x")))
    assert await get_chat(llama, model=QWEN, temperature=0.2, extra_body={"keep_alive": "5m"})


async def test_failures(ollama_api, llama):
    ollama_api.script(
        Answer(Says("x"), Breaks("api_error", "an error was encountered")),
        Answer(Says("x"), CutsOff()),
        Answer(Calls("Read", "{broken")),
        Answer(Says("x"), Calls("Read", "{broken")),
        Refuses(500),
    )
    with pytest.raises(openai.APIError, match="an error was encountered"):
        await ask_chat(llama, model=QWEN)
    with pytest.raises(openai.APIConnectionError):
        await ask_chat(llama, model=QWEN)
    with pytest.raises(openai.InternalServerError, match="arguments that are not JSON"):
        await ask_chat(llama, model=QWEN)
    with pytest.raises(openai.APIConnectionError):
        await ask_chat(llama, model=QWEN)
    assert len(ollama_api.unexpected) == 2
    assert "Ollama never passes on arguments that are not JSON" in ollama_api.unexpected[0].reason
    with pytest.raises(openai.InternalServerError, match="something went wrong"):
        await ask_chat(llama, model=QWEN)
