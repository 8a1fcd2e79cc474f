"""What providers say when a request is too long, and what sounds like it and is not."""

from __future__ import annotations

import pytest

from actors.errors import ContextOverflowError
from actors.runtimes.failures import from_status
from actors.runtimes.overflow import is_overflow


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (400, None, "prompt is too long: 208310 tokens > 200000 maximum"),
        (400, None, "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000"),
        (413, None, "Request exceeds the maximum size"),
        (413, None, ""),
        (400, "context_length_exceeded", "Something new."),
        (None, "context_length_exceeded", "Your input exceeds the context window of this model."),
        (
            400,
            None,
            "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
        ),
        (
            400,
            None,
            "request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it",
        ),
        (500, None, "Context size has been exceeded."),
        (500, None, "the request exceeds the available context size. try increasing the context size"),
        (400, None, "the input length exceeds the context length"),
        (
            400,
            None,
            "The number of tokens to keep from the initial prompt is greater than the context length.",
        ),
        (400, None, "Please reduce the length of the messages or completion."),
        (
            400,
            None,
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        ),
        (400, None, "The input (9000 tokens) is longer than the model's context length (8192 tokens)."),
        (400, None, "Requested tokens (2285) exceed context window of 2048"),
        (422, None, "`inputs` tokens + `max_new_tokens` must be <= 4096"),
    ],
)
def test_it_is_known_in_every_providers_words(status: int | None, code: str | None, said: str) -> None:
    assert is_overflow(said, code, status)


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (400, None, "max_tokens: 200000 > 64000, which is the maximum allowed number of output tokens"),
        (400, "invalid_request_error", "Unknown parameter: 'context_length'."),
        (429, "rate_limit_exceeded", "Rate limit reached: prompt is too long for your tokens per minute"),
        (401, None, "prompt is too long"),
        (500, "server_error", "The server had an error while processing your request."),
        (None, None, "overloaded"),
    ],
)
def test_other_failures_are_not_taken_for_it(status: int | None, code: str | None, said: str) -> None:
    assert not is_overflow(said, code, status)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "context_overflow"), (413, "request_too_large"), (500, "context_overflow")]
)
def test_the_error_names_the_provider_and_keeps_its_words(status: int, code: str) -> None:
    error = from_status(status, "prompt is too long", {}, "Anthropic", "")
    assert isinstance(error, ContextOverflowError)
    assert error.code == code
    assert "too large for Anthropic" in str(error)
    assert "prompt is too long" in str(error)
