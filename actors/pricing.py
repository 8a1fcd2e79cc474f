"""What a model costs: a table with its date and sources. What is not in it has no known price, never a guess."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

import msgspec

from actors.notices import Usage
from actors.options import Options

PRICES_AS_OF = "2026-11-22"
MILLION = 1_000_000


class Price(msgspec.Struct, frozen=True):
    """US dollars for a million tokens.

    Attributes:
        cache_read: for input that came from the provider's cache.
        cache_write: for input that was written to it, to be kept for five minutes.
        from_tokens: holds for prompts of at least so many tokens.
    """

    input: float
    output: float
    cache_read: float
    cache_write: float
    from_tokens: int = 0


def _anthropic(input_price: float, output_price: float, cache_share: float, from_tokens: int = 0) -> Price:
    """Anthropic's prices: writing to the cache costs 1.25 times the input."""
    return Price(input_price, output_price, input_price * cache_share, input_price * 1.25, from_tokens)


def _openai(input_price: float, cached: float, output_price: float) -> Price:
    """OpenAI's prices: writing to the cache costs as much as any input."""
    return Price(input_price, output_price, cached, input_price)


# Anthropic: https://platform.claude.com/docs/en/about-claude/pricing
# OpenAI: https://developers.openai.com/api/docs/pricing
PRICES: dict[str, tuple[Price, ...]] = {
    "claude-opus-5-5": (_anthropic(4, 20, 0.05),),
    "claude-sonnet-5-5": (_anthropic(2, 10, 0.05),),
    "claude-haiku-5-5": (_anthropic(0.1, 0.5, 0.1), _anthropic(0.5, 2.5, 0.1, 100_001)),
    "claude-opus-5": (_anthropic(5, 25, 0.1),),
    "claude-sonnet-5": (_anthropic(2, 10, 0.1),),
    "claude-opus-4-8": (_anthropic(5, 25, 0.1),),
    "claude-opus-4-7": (_anthropic(5, 25, 0.1),),
    "claude-opus-4-6": (_anthropic(5, 25, 0.1),),
    "claude-opus-4-5": (_anthropic(5, 25, 0.1),),
    "claude-sonnet-4-6": (_anthropic(3, 15, 0.1),),
    "claude-sonnet-4-5": (_anthropic(3, 15, 0.1),),
    "claude-haiku-4-5": (_anthropic(1, 5, 0.1),),
    "gpt-5.4": (_openai(2.5, 0.25, 15),),
    "gpt-5.4-mini": (_openai(0.75, 0.075, 4.5),),
    "gpt-5.4-nano": (_openai(0.2, 0.02, 1.25),),
    "gpt-5.3-codex": (_openai(1.75, 0.175, 14),),
    "gpt-5.2": (_openai(1.75, 0.175, 14),),
    "gpt-5.1": (_openai(1.25, 0.125, 10),),
    "gpt-5": (_openai(1.25, 0.125, 10),),
    "gpt-5-mini": (_openai(0.25, 0.025, 2),),
}

_DATE = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")


def is_free(runtime_id: str, options: Options) -> bool:
    """Whether a runtime's models cost nothing: they run on this machine, or in the person's own network."""
    url = options.openai_compatible_url
    return runtime_id == "offline" or (runtime_id == "ollama" and (url is None or _is_near(url)))


def cost_usd(runtime_id: str, model_id: str | None, usage: Usage, options: Options) -> float | None:
    """What one answer of a model cost, in US dollars; None where the price is not known.

    Args:
        runtime_id: local runtimes cost nothing.
        model_id: the model that answered, with or without the date of its version.
        usage: the tokens of this one answer.
        options: the settings, whose prices come before the table.
    """
    if is_free(runtime_id, options) or usage == Usage():
        return 0.0
    price = options.prices.get(model_id or "") or _price(model_id, usage.input_tokens)
    if price is None:
        return None
    plain = usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens
    return (
        plain * price.input
        + usage.cache_read_tokens * price.cache_read
        + usage.cache_write_tokens * price.cache_write
        + usage.output_tokens * price.output
    ) / MILLION


def _is_near(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local"))


def _price(model_id: str | None, input_tokens: int) -> Price | None:
    if model_id is None:
        return None
    prices = PRICES.get(model_id) or PRICES.get(_DATE.sub("", model_id), ())
    fitting = [price for price in prices if price.from_tokens <= input_tokens]
    return fitting[-1] if fitting else None
