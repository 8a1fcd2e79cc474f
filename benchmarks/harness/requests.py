"""Plain requests over one kept connection, with as little work as possible on this side."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

RECEIVED_AT_ONCE = 1 << 18


class Requests:
    """One connection that stays open.

    Args:
        url: where the server is.
        token: the credential, if it needs one.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        address = urlsplit(url)
        assert address.hostname is not None
        assert address.port is not None
        self._socket = socket.create_connection((address.hostname, address.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        credential = f"Authorization: Bearer {token}\r\n" if token else ""
        self._rest = f" HTTP/1.1\r\nHost: {address.netloc}\r\n{credential}\r\n".encode()

    def get(self, path: str) -> bytes:
        """The body of a 200. Raises AssertionError for any other answer."""
        self.ask(path)
        return self.answer()

    def ask(self, path: str) -> None:
        """Sends a GET."""
        self._socket.sendall(b"GET " + path.encode() + self._rest)

    def answer(self) -> bytes:
        """The body of the 200 to what was asked. Raises AssertionError for any other answer."""
        head, _, body = self._read_head()
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._socket.recv(RECEIVED_AT_ONCE)
        return bytes(body)

    def close(self) -> None:
        """Closes it."""
        self._socket.close()

    def _read_head(self) -> tuple[bytes, bytes, bytearray]:
        data = bytearray()
        while b"\r\n\r\n" not in data:
            more = self._socket.recv(RECEIVED_AT_ONCE)
            assert more, "the server closed the connection"
            data += more
        head, separator, body = data.partition(b"\r\n\r\n")
        return bytes(head), bytes(separator), body
