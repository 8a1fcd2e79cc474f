"""The `claude-code` runtime where the provider refuses, breaks off, or cannot do what was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actors.runtimes.claude_code import answer_row, ask, sent
from tests.api import Api
from tests.conftest import StartDaemon
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import (
    Answer,
    Breaks,
    CutsOff,
    Garbles,
    HangsUp,
    Refuses,
    Says,
)

pytestmark = pytest.mark.usefixtures("all_is_used")


def test_a_refusal_without_a_word_is_an_error(api: Api, model: FakeAnthropic) -> None:
    model.script(Answer(stop_reason="refusal"))
    assert ask(api)[1].seen[-1]["code"] == "refused"


def test_a_busy_provider_is_asked_again_after_its_own_delay(api: Api, model: FakeAnthropic) -> None:
    model.script(
        Refuses(429, headers={"retry-after-ms": "20"}),
        Refuses(529, headers={"retry-after": "0"}),
        HangsUp(),
        Answer(Says("Here I am.")),
    )
    _, stream = ask(api)
    waits = [event for event in stream.of("status") if event["phase"] == "waiting"]
    assert [event["message"].rpartition(" in ")[0] for event in waits] == [
        "Anthropic limits the rate of requests; trying again",
        "Anthropic is overloaded; trying again",
        "Anthropic cannot be reached; trying again",
    ]
    assert all(event["retryAt"] for event in waits)
    assert {event["retryAt"] for event in stream.of("status") if event["phase"] == "thinking"} == {None}
    assert stream.text == "Here I am."


@pytest.mark.parametrize(
    ("refusal", "code", "says"),
    [
        (Refuses(401), "provider_unauthorized", "ANTHROPIC_API_KEY"),
        (Refuses(400, message="messages: too clever"), "provider_refused", "too clever"),
        (Refuses(404), "model_not_found", "model"),
        (Refuses(413), "request_too_large", "too large"),
    ],
)
def test_a_refusal_ends_the_turn_with_words_to_act_on(
    api: Api, model: FakeAnthropic, refusal: Refuses, code: str, says: str
) -> None:
    model.script(refusal)
    conversation, stream = ask(api)
    last = stream.seen[-1]
    assert (last["type"], last["code"]) == ("error", code)
    assert says in last["message"]
    row = answer_row(api, conversation)
    assert (row["status"], row["metadata"]["errorCode"]) == ("error", code)
    assert [event["type"] for event in stream.seen].count("error") == 1


def test_who_stays_busy_says_for_how_long(start_daemon: StartDaemon, model: FakeAnthropic) -> None:
    impatient = start_daemon(
        ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=model.base_url, STAGENT_MAX_RETRIES="0"
    )
    for refusal, words in (
        (
            Refuses(429, headers={"retry-after": "30"}),
            "limits the rate of requests. Try again in 30 s. It says:",
        ),
        (
            Refuses(529, headers={"retry-after": "900"}),
            "is overloaded. Try again in 15 min. It says: Overloaded.",
        ),
        (Refuses(500, message=""), "cannot answer now (status 500). Try again later."),
    ):
        model.script(refusal)
        assert words in ask(impatient.client)[1].seen[-1]["message"]


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (CutsOff(), "stream_cut"),
        (Garbles(), "provider_garbled"),
        (Breaks("overloaded_error", "too many people"), "provider_unavailable"),
        (Breaks("api_error", "sorry"), "provider_unavailable"),
    ],
)
def test_a_stream_that_breaks_keeps_what_arrived(
    api: Api, model: FakeAnthropic, broken: Any, code: str
) -> None:
    model.script(Answer(Says("This much "), broken, Says("never")))
    conversation, stream = ask(api)
    assert (stream.seen[-1]["type"], stream.seen[-1]["code"]) == ("error", code)
    row = answer_row(api, conversation)
    assert (row["status"], row["content"]) == ("error", "This much ")
    model.script(Answer(Says("All of it.")))
    assert api.ask(conversation, "again").text == "All of it."


def test_a_model_that_cannot_think_like_this_is_asked_otherwise(api: Api, model: FakeAnthropic) -> None:
    model.script(Answer(Says("Thought.")), Answer(Says("Still.")))
    conversation, stream = ask(api, modelId="claude-haiku-4-5")
    assert stream.text == "Thought."
    asked = [request.body["thinking"]["type"] for request in model.requests_to("/v1/messages")]
    assert asked == ["adaptive", "enabled"]
    api.ask(conversation, "again")
    assert sent(model)["thinking"]["type"] == "enabled"
    assert len(model.refused) == 1
    model.clear()


def test_a_model_that_cannot_think_at_all_is_asked_without(api: Api, model: FakeAnthropic) -> None:
    model.script(Refuses(400, message="thinking is not supported here"), Answer(Says("Unthinking.")))
    _, stream = ask(api, modelId="claude-haiku-4-5-20251001")
    assert stream.text == "Unthinking."
    assert "thinking" not in sent(model)
    model.clear()
