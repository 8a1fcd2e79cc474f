"""What goes wrong with providers, in words for the person whose turn it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from actors.agent import AgentTurn
from actors.errors import TurnError
from actors.runtimes.overflow import CODE, is_overflow, overflow

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
        delay_s: how long the provider asks to wait, if it says so.
    """

    def __init__(self, failure: TurnError, delay_s: float | None = None) -> None:
        super().__init__(str(failure))
        self.failure = failure
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
    said = f" It says: {message}" if message else ""
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
        failure = TurnError(f"{provider} limits the rate of requests. Try again later.{said}", "rate_limited")
        return BusyError(failure, _delay(headers))
    if status in BUSY or status >= 500:
        failure = TurnError(
            f"{provider} cannot answer now (status {status}). Try again later.{said}", "provider_unavailable"
        )
        return BusyError(failure, _delay(headers))
    return TurnError(f"{provider} refused the request (status {status}).{said}", "provider_refused")


def unreachable(provider: str, url: str, detail: str) -> BusyError:
    """The error where no connection could be made."""
    failure = TurnError(
        f"{provider} cannot be reached at {url} ({detail}). Check the network or the server, then try again.",
        "provider_unreachable",
    )
    return BusyError(failure)


async def with_retries(turn: AgentTurn, provider: str, attempt: Callable[[], Awaitable[T]]) -> T:
    """Asks a busy provider again, after the delay that it asks for, and says so while it waits.

    Raises:
        TurnError: it stayed busy.
    """
    import tenacity  # noqa: PLC0415  (only a turn needs it)

    async def once() -> T:
        return await attempt()

    def delay_of(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.delay_s if isinstance(error, BusyError) else None
        return min(asked if asked is not None else 0.5 * 2**state.attempt_number, LONGEST_DELAY_S)

    def announce(state: tenacity.RetryCallState) -> None:
        delay_s = state.next_action.sleep if state.next_action else 0.0
        turn.status("waiting", f"{provider} is busy; trying again in {delay_s:.0f} s")
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


def _delay(headers: Mapping[str, str]) -> float | None:
    """How long the server asks to wait, in seconds, from the headers that the SDKs know too."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers.get(name, "")) * unit_s)
        except ValueError:
            continue
    return None
