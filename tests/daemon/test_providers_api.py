"""A provider is connected by its key, which goes into the keyring and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api import Api
from tests.conftest import StartDaemon

KEY = "sk-test-1234567890"


@pytest.fixture
def keyring_file(tmp_path: Path) -> Path:
    return tmp_path / "keyring.json"


@pytest.fixture
def keeping(start_daemon: StartDaemon, keyring_file: Path) -> Api:
    """A daemon whose keyring keeps keys."""
    daemon = start_daemon(
        PYTHON_KEYRING_BACKEND="tests.fakes.file_keyring.FileKeyring", STAGENT_TEST_KEYRING=str(keyring_file)
    )
    return daemon.client


def claude(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in api.get("/api/runtimes") if one["id"] == "claude-code")
    return found


def test_a_key_connects_a_provider_at_once_and_is_never_given_out(
    keeping: Api, keyring_file: Path, tmp_path: Path
) -> None:
    assert not claude(keeping)["signedIn"]
    answer = keeping.request("PUT", "/api/providers/anthropic/key", json={"key": f" {KEY}\n"})
    assert answer.status_code == 204
    assert json.loads(keyring_file.read_text()) == {"stagent/anthropic": KEY}
    assert claude(keeping)["signedIn"]
    assert KEY not in json.dumps([keeping.get("/api/settings"), keeping.get("/api/runtimes")])
    kept = [
        path
        for path in (tmp_path / "data").rglob("*")
        if path.is_file() and KEY.encode() in path.read_bytes()
    ]
    assert kept == []


def test_a_removed_key_disconnects_it(keeping: Api) -> None:
    keeping.request("PUT", "/api/providers/anthropic/key", json={"key": KEY})
    keeping.delete("/api/providers/anthropic/key")
    assert not claude(keeping)["signedIn"]
    keeping.delete("/api/providers/anthropic/key")


def test_a_keyring_that_forgets_is_said(shared: Api) -> None:
    answer = shared.request("PUT", "/api/providers/anthropic/key", json={"key": KEY})
    assert (answer.status_code, answer.json()["code"]) == (409, "keyring_unavailable")
    assert "environment" in answer.json()["error"]


@pytest.mark.parametrize("key", ["", "  ", "two words", "schlüssel", "x" * 1001])
def test_what_is_no_key_is_refused(shared: Api, key: str) -> None:
    assert shared.request("PUT", "/api/providers/openai/key", json={"key": key}).status_code == 400


def test_other_providers_have_no_key(shared: Api) -> None:
    answer = shared.request("PUT", "/api/providers/ollama/key", json={"key": KEY})
    assert (answer.status_code, answer.json()["code"]) == (404, "provider_not_found")
