"""What goes wrong with providers, in words for the person whose turn it is."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from actors.agent import AgentTurn
from actors.errors import TurnError
from actors.runtimes.overflow import CODE, is_overflow, overflow
from actors.runtimes.said import its_words
from storage.times import now_ms, to_iso

T = TypeVar("T")

BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Status codes after which it is worth asking again."""

LONGEST_DELAY_S = 60.0
CUT_MESSAGE = "The answer of {provider} broke off in the middle. What arrived is kept; try again."
SILENT_MESSAGE = "{provider} has said nothing for {seconds:.0f} s. What arrived is kept; try again."
GARBLED_MESSAGE = "{provider} sent something that is not valid. What arrived is kept; try again."


class BusyError(Exception):
    """The provider could not answer now.

    Args:
        failure: what to tell the person if it stays so.
        what: the same in a few words, to be said while it is waited for.
        delay_s: how long the provider asks to wait, if it says so.
    """

    def __init__(self, failure: TurnError, what: str, delay_s: float | None = None) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.what = what
        self.delay_s = delay_s


def from_status(
    status: int,
    message: str,
    headers: Mapping[str, str],
    provider: str,
    remedy: str,
    code: str | None = None,
) -> TurnError | BusyError:
    """The error for an HTTP status.

    Args:
        status: the HTTP status code.
        message: the provider's own words.
        headers: the response's headers.
        provider: the provider's name for people.
        remedy: how to give the provider a valid credential.
        code: the provider's own name for the error, if it gives one.
    """
    said = its_words(message)
    asked_s = _delay(headers)
    later = f"in {_long(asked_s)}" if asked_s else "later"
    if status in {401, 403}:
        return TurnError(f"{provider} refused the credential. {remedy}{said}", "provider_unauthorized")
    if status == 404:
        return TurnError(f"{provider} does not know this model. Choose another one.{said}", "model_not_found")
    if is_overflow(message, code, status):
        return overflow(provider, message, "request_too_large" if status == 413 else CODE)
    if 300 <= status < 400:
        target = headers.get("location") or "another address"
        return TurnError(
            f"{provider} sends its requests on to {target[:300]}, which is not followed. "
            "If that is where they belong, set it as the provider's address.",
            "provider_redirects",
        )
    if status == 429:
        what = f"{provider} limits the rate of requests"
        return BusyError(TurnError(f"{what}. Try again {later}.{said}", "rate_limited"), what, asked_s)
    if status in BUSY or status >= 500:
        what = f"{provider} {'is overloaded' if status == 529 else f'cannot answer now (status {status})'}"
        return BusyError(
            TurnError(f"{what}. Try again {later}.{said}", "provider_unavailable"), what, asked_s
        )
    return TurnError(f"{provider} refused the request (status {status}).{said}", "provider_refused")


def unreachable(provider: str, url: str, detail: str) -> BusyError:
    """The error where no connection could be made."""
    failure = TurnError(
        f"{provider} cannot be reached at {url} ({detail}). Check the network or the server, then try again.",
        "provider_unreachable",
    )
    return BusyError(failure, f"{provider} cannot be reached")


async def with_retries(turn: AgentTurn, attempt: Callable[[], Awaitable[T]]) -> T:
    """Asks a busy provider again, after the delay that it asks for, and says so while it waits.

    Raises:
        TurnError: it stayed busy.
    """
    import tenacity  # noqa: PLC0415  (only a turn needs it)

    async def once() -> T:
        return await attempt()

    def why(state: tenacity.RetryCallState) -> BusyError:
        error = state.outcome.exception() if state.outcome else None
        assert isinstance(error, BusyError)  # nothing else is asked again
        return error

    def delay_of(state: tenacity.RetryCallState) -> float:
        asked_s = why(state).delay_s
        return min(asked_s if asked_s is not None else 0.5 * 2**state.attempt_number, LONGEST_DELAY_S)

    def announce(state: tenacity.RetryCallState) -> None:
        delay_s = state.next_action.sleep if state.next_action else 0.0
        retry_at = to_iso(now_ms() + round(delay_s * 1000))
        turn.status("waiting", f"{why(state).what}; trying again in {delay_s:.0f} s", retry_at)
        turn.flush()

    retrying = tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception_type(BusyError),
        stop=tenacity.stop_after_attempt(turn.request.options.max_retries + 1),
        wait=delay_of,
        before_sleep=announce,
        reraise=True,
    )
    try:
        return await retrying(once)
    except BusyError as error:
        raise error.failure from error


def _long(seconds: float) -> str:
    """A time to wait, for people."""
    if seconds < 90:
        return f"{max(1, math.ceil(seconds))} s"
    return f"{math.ceil(seconds / 60)} min"


def _delay(headers: Mapping[str, str]) -> float | None:
    """How long the server asks to wait, in seconds, from the headers that the SDKs know too."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers.get(name, "")) * unit_s)
        except ValueError:
            continue
    return None
