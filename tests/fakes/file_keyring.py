"""A keyring in a file, for daemons in processes of their own: `PYTHON_KEYRING_BACKEND` names it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import keyring.backend


class FileKeyring(keyring.backend.KeyringBackend):
    """Keeps passwords in the file that `STAGENT_TEST_KEYRING` names."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        found: str | None = self._read().get(f"{service}/{username}")
        return found

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._read(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        self._write({name: value for name, value in self._read().items() if name != f"{service}/{username}"})

    @property
    def _path(self) -> Path:
        return Path(os.environ["STAGENT_TEST_KEYRING"])

    def _read(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self._path.read_text()) if self._path.exists() else {}
        return found

    def _write(self, passwords: dict[str, str]) -> None:
        self._path.write_text(json.dumps(passwords))
