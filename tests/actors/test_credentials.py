"""Keys: the environment first, then the keyring, never shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import keyring
import keyring.backend
import keyring.errors
import pytest

from actors.credentials import Credential, Credentials, read_keyring, write_keyring


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise keyring.errors.KeyringLocked("locked")
        return self.keys.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_locked:
            raise keyring.errors.KeyringLocked("locked")
        self.keys[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.keys[service, username]


@pytest.fixture
def memory() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def get(environment: dict[str, str]) -> Credential | None:
    return asyncio.run(Credentials(environment).get("anthropic"))


def test_the_environment_comes_first(memory: MemoryKeyring) -> None:
    write_keyring("anthropic", "from keyring")
    assert get({"ANTHROPIC_API_KEY": "from environment"}) == Credential("from environment", None)
    assert get({}) == Credential("from keyring", None)
    assert get({"ANTHROPIC_API_KEY": "", "ANTHROPIC_BASE_URL": "http://x"}) == Credential(
        "from keyring", "http://x"
    )
    write_keyring("anthropic", None)
    write_keyring("anthropic", None)
    assert get({}) is None
    assert memory.keys == {}


def test_a_locked_keyring_is_none(memory: MemoryKeyring) -> None:
    memory.is_locked = True
    assert read_keyring("openai") is None
    with pytest.raises(OSError, match="OPENAI_API_KEY"):
        write_keyring("openai", "key")


def test_a_key_shows_in_no_representation() -> None:
    assert "s3cr3t" not in repr(Credential("s3cr3t", "http://x"))


def test_the_answer_is_asked_for_again_after_forgetting(memory: MemoryKeyring) -> None:
    credentials = Credentials({})

    async def run() -> list[Credential | None]:
        before = await credentials.get("openai")
        write_keyring("openai", "key")
        remembered = await credentials.get("openai")
        credentials.forget()
        return [before, remembered, await credentials.get("openai")]

    assert asyncio.run(run()) == [None, None, Credential("key", None)]
    assert memory.keys
