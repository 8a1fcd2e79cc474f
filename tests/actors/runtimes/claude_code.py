"""Turns with the fake of Anthropic."""

from __future__ import annotations

from typing import Any

from tests.api import Api, EventStream
from tests.fakes.anthropic_api import FakeAnthropic


def sent(model: FakeAnthropic, index: int = -1) -> dict[str, Any]:
    body: dict[str, Any] = model.requests_to("/v1/messages")[index].body
    return body


def answer_row(api: Api, conversation: str) -> dict[str, Any]:
    return [row for row in api.messages(conversation) if row["role"] == "assistant"][-1]


def ask(api: Api, *, text: str = "go", **fields: Any) -> tuple[str, EventStream]:
    conversation = api.new("claude-code", **fields)
    return conversation, api.ask(conversation, text)
