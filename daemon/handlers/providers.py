"""The keys that open providers: they go into the system's keyring, and never come out again."""

from __future__ import annotations

import asyncio

from actors.credentials import LABELS, read_keyring, write_keyring
from daemon import schemas
from daemon.errors import ApiError
from daemon.handlers.base import ApiHandler
from daemon.operations import operation


class ProviderKeyHandler(ApiHandler):
    """`/api/providers/{provider}/key`."""

    @operation(
        "Save a provider's API key",
        body=schemas.ProviderKey,
        answers={204: None},
        errors=(400, 404, 409, 413),
    )
    async def put(self, provider: str, body: schemas.ProviderKey) -> None:
        """Keeps it in the system's keyring; a key in the daemon's environment comes before it."""
        await self._keep(provider, body.key.strip())

    @operation("Remove a provider's API key", answers={204: None}, errors=(404, 409))
    async def delete(self, provider: str) -> None:
        """Takes it out of the system's keyring."""
        await self._keep(provider, None)

    async def _keep(self, provider: str, key: str | None) -> None:
        if provider not in LABELS:
            raise ApiError(404, "provider_not_found", f"Keys are kept for {' and '.join(LABELS)}.")
        try:
            await asyncio.to_thread(_write, provider, key)
        except OSError as error:
            raise ApiError(409, "keyring_unavailable", str(error)) from error
        models = self.services.actors.models
        await self.services.actors.on_agents(models.forget())
        self.answer_nothing()


def _write(provider: str, key: str | None) -> None:
    """Writes, and looks whether it was kept: some systems have a keyring that forgets. Raises OSError."""
    write_keyring(provider, key)
    if read_keyring(provider) != key:
        raise OSError("This system has no keyring that keeps keys. Set the key in the environment instead.")
