"""The API as the command line uses it: over the Unix socket where there is one, else with the token."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from daemon.client_errors import ClientError
from daemon.credential import read_token
from daemon.discovery import Discovery
from storage.paths import DataDir

TIMEOUT_S = 30.0
SILENCE_TIMEOUT_S = 60.0
"""A stream sends a comment every 15 seconds; when not even that comes, the daemon is gone."""


class Client:
    """Talks to a running daemon. Each request has a connection of its own."""

    def __init__(self, data_dir: DataDir, found: Discovery) -> None:
        self._data_dir = data_dir
        self._found = found

    def get(self, path: str) -> Any:
        """The decoded body of a GET. Raises ClientError."""
        return self.request("GET", path)

    def post(self, path: str, body: object = None) -> Any:
        """The decoded body of a POST. Raises ClientError."""
        return self.request("POST", path, body)

    def request(self, method: str, path: str, body: object = None) -> Any:
        """The decoded body of an answer, None where it is empty. Raises ClientError."""
        connection = self._connect(TIMEOUT_S)
        try:
            response = self._send(connection, method, path, body)
            raw = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise _gone(error) from error
        finally:
            connection.close()
        return _checked(response.status, raw)

    def stream(
        self, method: str, path: str, body: object = None, after: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """The events of a stream, until it ends. Raises ClientError."""
        connection = self._connect(SILENCE_TIMEOUT_S)
        try:
            headers = {} if after is None else {"Last-Event-ID": str(after)}
            response = self._send(connection, method, path, body, headers)
            if response.status != http.HTTPStatus.OK:
                _checked(response.status, response.read())
            for line in response:
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
        except (OSError, http.client.HTTPException) as error:
            raise _gone(error) from error
        finally:
            connection.close()

    def _connect(self, timeout_s: float) -> http.client.HTTPConnection:
        if self._found.socket is not None and hasattr(socket, "AF_UNIX"):
            return _UnixConnection(self._found.socket, timeout_s)
        parts = urlsplit(self._found.url)
        return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)

    def _send(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: object,
        headers: dict[str, str] | None = None,
    ) -> http.client.HTTPResponse:
        sent = {**(headers or {}), "Host": urlsplit(self._found.url).netloc}
        token = read_token(self._data_dir)
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        raw = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            raw = json.dumps(body).encode()
        connection.request(method, path, raw, sent)
        return connection.getresponse()


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        """Opens the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _checked(status: int, raw: bytes) -> Any:
    try:
        body = json.loads(raw) if raw else None
    except ValueError:
        body = None
    if status >= http.HTTPStatus.BAD_REQUEST:
        known = body if isinstance(body, dict) else {}
        raise ClientError(known.get("error", f"The daemon answered with status {status}."), known.get("code"))
    return body


def _gone(error: Exception) -> ClientError:
    return ClientError(f"The daemon does not answer ({error}). See `stagent status`.")
