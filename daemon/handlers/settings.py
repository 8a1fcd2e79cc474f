"""The settings."""

from __future__ import annotations

from typing import Any

import msgspec

from daemon import settings
from daemon.errors import invalid
from daemon.handlers.base import ApiHandler
from daemon.operations import operation, read_body
from daemon.settings import Settings, SettingsError

# Each setting alone, so that a request may hold some of them.
Changes = msgspec.defstruct(
    "SettingsChanges",
    [
        (field.name, field.type | msgspec.UnsetType, msgspec.UNSET)
        for field in msgspec.structs.fields(Settings)
    ],
    frozen=True,
    kw_only=True,
    rename="camel",
)


class SettingsHandler(ApiHandler):
    """`/api/settings`."""

    @operation("Get the settings", answers={200: Settings})
    async def get(self) -> None:
        """All settings in force."""
        self.answer(self.services.settings.current)

    @operation("Change settings", body=Changes, answers={200: Settings}, errors=(400, 413))
    async def patch(self, body: msgspec.Struct) -> None:
        """Changes the given settings, keeps them, and hands them on; they apply from the next turn."""
        del body  # validated; the file keeps what was given as it was given
        changes: dict[str, Any] = read_body(self.checked_body(), dict)
        known = {name: value for name, value in changes.items() if name in settings.FIELDS}
        services = self.services
        try:
            changed = settings.change(services.data_dir, services.settings.current, known)
        except SettingsError as error:
            raise invalid(str(error), "invalid_setting") from error
        await services.apply(changed)
        self.answer(changed)
