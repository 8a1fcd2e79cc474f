"""The token that opens the API, and the one-time links and cookies that stand for it in a browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import time
from pathlib import Path

from storage.paths import DataDir

LINK_LIFETIME_S = 120.0
SESSION_LIFETIME_S = 30 * 24 * 3600
MAX_LINKS = 100


class TokenError(Exception):
    """The token file cannot be used; the message says why."""


def load_token(data_dir: DataDir) -> str:
    """The token of the data folder; made, readable by its owner alone, where there is none.

    Raises:
        TokenError: the file cannot be read or written.
    """
    path = data_dir.token
    try:
        token = path.read_text().strip()
        if token:
            _close_to_others(path)
            return token
        path.unlink()
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        raise TokenError(
            f"The token file {path} cannot be read: {error}. Remove it to get a new one."
        ) from error
    token = secrets.token_urlsafe(32)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(token + "\n")
    except FileExistsError:  # another process was faster
        return load_token(data_dir)
    except OSError as error:
        raise TokenError(f"The token file {path} cannot be written: {error}.") from error
    return token


def read_token(data_dir: DataDir) -> str | None:
    """The token of the data folder, or None."""
    try:
        return data_dir.token.read_text().strip() or None
    except (OSError, UnicodeDecodeError):
        return None


class Gatekeeper:
    """Knows which credentials are valid. Used on the event loop alone.

    A session cookie is signed with a key that is made from the token, so it outlives a restart and dies with
    the token; nothing about it needs to be stored.

    Args:
        token: the token of the data folder.
    """

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._key = hmac.digest(self._token, b"stagent session cookie", hashlib.sha256)
        self._links: dict[bytes, float] = {}

    def accepts_token(self, given: str) -> bool:
        """Whether this is the token, compared in constant time."""
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._token)

    def new_link_code(self) -> str:
        """A code that can be exchanged for a session once, within two minutes."""
        now = time.monotonic()
        self._links = {code: until for code, until in self._links.items() if until > now}
        while len(self._links) >= MAX_LINKS:
            del self._links[next(iter(self._links))]
        code = secrets.token_urlsafe(32)
        self._links[_digest(code)] = now + LINK_LIFETIME_S
        return code

    def take_link_code(self, code: str) -> bool:
        """Whether the code is valid; it is not any more afterwards."""
        until = self._links.pop(_digest(code), None)
        return until is not None and until > time.monotonic()

    def new_session(self) -> str:
        """The value of a session cookie."""
        until = int(time.time() + SESSION_LIFETIME_S)
        payload = f"{until}.{secrets.token_urlsafe(16)}"
        return f"{payload}.{self._sign(payload)}"

    def accepts_session(self, value: str) -> bool:
        """Whether a session cookie is one of ours and not too old."""
        payload, _, signature = value.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(payload).encode()):
            return False
        until = payload.partition(".")[0]
        return until.isdigit() and int(until) > time.time()

    def _sign(self, payload: str) -> str:
        digest = hmac.digest(self._key, payload.encode("utf-8", "surrogateescape"), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _digest(code: str) -> bytes:
    """What is compared instead of the code: its own comparison would tell how much of it is right."""
    return hashlib.sha256(code.encode("utf-8", "surrogateescape")).digest()


def _close_to_others(path: Path) -> None:
    if hasattr(os, "getuid") and path.stat().st_mode & 0o077:
        path.chmod(0o600)
