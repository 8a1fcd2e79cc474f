"""The keys that open providers: from the environment, else from the system's keyring. Never from a file of ours."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Literal

import msgspec

KeyedProvider = Literal["anthropic", "openai"]

SERVICE = "stagent"
CACHED_S = 30.0
KEYRING_TIMEOUT_S = 5.0
"""A locked keyring asks the person in a window; a turn does not wait for ever."""

KEY_VARIABLES: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
}
URL_VARIABLES: Mapping[str, str] = {"anthropic": "ANTHROPIC_BASE_URL", "openai": "OPENAI_BASE_URL"}
LABELS: Mapping[str, str] = {"anthropic": "Anthropic", "openai": "OpenAI"}

logger = logging.getLogger(__name__)


class Credential(msgspec.Struct, frozen=True):
    """What opens a provider.

    Attributes:
        base_url: another address than the provider's own; None for that.
    """

    key: str
    base_url: str | None

    def __repr__(self) -> str:
        """Without the key."""
        return f"Credential(base_url={self.base_url!r})"


class Credentials:
    """Looks keys up, and remembers for a short while that there is one.

    Args:
        environment: the daemon's environment variables.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._cached: dict[str, tuple[float, Credential | None]] = {}

    async def get(self, provider: KeyedProvider) -> Credential | None:
        """The credential of a provider, or None."""
        key = next(
            (self._environment[name] for name in KEY_VARIABLES[provider] if self._environment.get(name)), None
        )
        base_url = self._environment.get(URL_VARIABLES[provider]) or None
        if key:
            return Credential(key, base_url)
        found = self._cached.get(provider)
        if found is not None and time.monotonic() - found[0] < CACHED_S:
            return found[1]
        key = await self._from_keyring(provider)
        credential = Credential(key, base_url) if key else None
        self._cached[provider] = (time.monotonic(), credential)
        return credential

    def forget(self) -> None:
        """Looks again at the next question."""
        self._cached.clear()

    def remedy(self, provider: KeyedProvider) -> str:
        """How a person connects a provider."""
        return (
            f"Set {KEY_VARIABLES[provider][0]} where the daemon starts, or run `stagent connect {provider}`."
        )

    async def _from_keyring(self, provider: str) -> str | None:
        try:
            return await asyncio.wait_for(asyncio.to_thread(read_keyring, provider), KEYRING_TIMEOUT_S)
        except TimeoutError:
            logger.warning("the system's keyring did not answer within %.0f s", KEYRING_TIMEOUT_S)
            return None


def read_keyring(provider: str) -> str | None:
    """The key in the system's keyring, or None. May block while the person unlocks it."""
    import keyring  # noqa: PLC0415  (150 ms, and only who has no key in the environment)
    import keyring.errors  # noqa: PLC0415

    try:
        return keyring.get_password(SERVICE, provider)
    except keyring.errors.KeyringError as error:
        logger.info("no keyring: %s", error)
        return None


def write_keyring(provider: str, key: str | None) -> None:
    """Saves a key in the system's keyring, or removes it.

    Raises:
        OSError: there is no keyring, or it refuses; the message says what to do instead.
    """
    import keyring  # noqa: PLC0415
    import keyring.errors  # noqa: PLC0415

    try:
        if key is None:
            if keyring.get_password(SERVICE, provider) is not None:
                keyring.delete_password(SERVICE, provider)
        else:
            keyring.set_password(SERVICE, provider, key)
    except keyring.errors.KeyringError as error:
        variable = KEY_VARIABLES[provider][0]
        raise OSError(
            f"The system's keyring cannot be used ({error}). Set {variable} in the environment instead."
        ) from error
