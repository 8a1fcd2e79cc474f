"""How providers and servers say that a request is too long for the model."""

from __future__ import annotations

import re

from actors.errors import ContextOverflowError
from actors.runtimes.said import its_words

CODE = "context_overflow"

_CODES = frozenset(
    {"context_length_exceeded", "exceed_context_size_error", "model_max_prompt_tokens_exceeded"}
)

_SENTENCES = (
    r"prompt is too long",  # Anthropic, Ollama
    r"input length and `?max_tokens`? exceed",  # Anthropic
    r"exceeds? the context (window|length)",  # OpenAI, Ollama
    r"exceeds? (the |model's |the model's )?(available|maximum|max) context",  # llama.cpp, vLLM
    r"exceeds? context window of",  # llama-cpp-python
    r"context size has been exceeded",  # llama.cpp in mid-answer
    r"maximum context length",  # vLLM, OpenAI's older models, Mistral
    r"(longer|greater) than the (model's )?context length",  # SGLang, LM Studio
    r"when context the overflows",  # LM Studio
    r"maximum prompt length",  # xAI
    r"reduce the length of the (messages|prompt)",  # Groq, vLLM
    r"input token count .{0,40}exceeds",  # Google
    r"`inputs` tokens \+ `max_new_tokens`",  # TGI
)
_WORDS = re.compile("|".join(_SENTENCES), re.IGNORECASE)

STATUSES = frozenset({400, 413, 422, 500})


def is_overflow(said: str, code: str | None = None, status: int | None = None) -> bool:
    """Whether an error is about the length of the request.

    Args:
        said: the provider's words.
        code: its own name for the error.
        status: the HTTP status; None for an error within a stream.
    """
    if status == 413:
        return True
    if status is not None and status not in STATUSES:
        return False
    return code in _CODES or _WORDS.search(said) is not None


def overflow(provider: str, said: str, code: str = CODE) -> ContextOverflowError:
    """The error, in words for a person."""
    return ContextOverflowError(f"The conversation is too large for {provider}.{its_words(said)}", code)
